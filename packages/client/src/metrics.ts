/** Metrics of queues and elections, under the names that Kubernetes' components use. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Millis } from '@drydock/ports';

export interface WorkQueueMetrics {
  added(queue: string): void;
  depth(queue: string, length: number): void;
  taken(queue: string, length: number, waited: Millis): void;
  worked(queue: string, took: Millis): void;
  retried(queue: string): void;
}

const secondsBuckets = [0.001, 0.005, 0.02, 0.1, 0.5, 2.5, 10, 60];

/** One for all queues of a process; durations are in cluster seconds. */
export function createWorkQueueMetrics(registry: Registry): WorkQueueMetrics {
  const common = { labelNames: ['name'] as const, registers: [registry] };
  const depth = new Gauge({ name: 'workqueue_depth', help: 'keys that wait', ...common });
  const adds = new Counter({ name: 'workqueue_adds_total', help: 'keys added', ...common });
  const retries = new Counter({
    name: 'workqueue_retries_total',
    help: 'keys whose work failed',
    ...common,
  });
  const waits = new Histogram({
    name: 'workqueue_queue_duration_seconds',
    help: 'how long keys wait',
    buckets: secondsBuckets,
    ...common,
  });
  const works = new Histogram({
    name: 'workqueue_work_duration_seconds',
    help: 'how long the work on a key takes',
    buckets: secondsBuckets,
    ...common,
  });
  return {
    added: (name) => adds.inc({ name }),
    depth: (name, length) => depth.set({ name }, length),
    taken: (name, length, waited) => {
      depth.set({ name }, length);
      waits.observe({ name }, waited / 1000);
    },
    worked: (name, took) => works.observe({ name }, took / 1000),
    retried: (name) => retries.inc({ name }),
  };
}

export interface LeaderElectionMetrics {
  leading(lease: string, isLeading: boolean): void;
}

export function createLeaderElectionMetrics(registry: Registry): LeaderElectionMetrics {
  const status = new Gauge({
    name: 'leader_election_master_status',
    help: '1 while this process holds the lease',
    labelNames: ['name'] as const,
    registers: [registry],
  });
  return { leading: (name, isLeading) => status.set({ name }, isLeading ? 1 : 0) };
}
