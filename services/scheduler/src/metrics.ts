/** Metrics of the scheduler, under upstream's names. Durations are in cluster seconds. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Millis } from '@drydock/ports';
import type { QueueLengths } from './queue/scheduling-queue.ts';

type AttemptResult = 'scheduled' | 'unschedulable' | 'error';

export interface SchedulerMetrics {
  attempted(result: AttemptResult): void;
  decided(took: Millis): void;
  /** From the pod's first appearance to its binding. */
  scheduled(took: Millis): void;
}

const buckets = [0.001, 0.004, 0.016, 0.064, 0.25, 1, 4, 16, 64, 256];

export function createSchedulerMetrics(
  registry: Registry,
  lengths: () => QueueLengths,
): SchedulerMetrics {
  const attempts = new Counter({
    name: 'scheduler_schedule_attempts_total',
    help: 'attempts to schedule a pod',
    labelNames: ['result'] as const,
    registers: [registry],
  });
  const algorithm = new Histogram({
    name: 'scheduler_scheduling_algorithm_duration_seconds',
    help: 'how long the choice of a node takes',
    buckets: [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03],
    registers: [registry],
  });
  const scheduling = new Histogram({
    name: 'scheduler_pod_scheduling_sli_duration_seconds',
    help: 'from the first sight of a pod to its binding',
    buckets,
    registers: [registry],
  });
  const pending = new Gauge({
    name: 'scheduler_pending_pods',
    help: 'pods that wait, by queue',
    labelNames: ['queue'] as const,
    registers: [registry],
    collect: () => {
      const { active, backOff, unschedulable } = lengths();
      pending.set({ queue: 'active' }, active);
      pending.set({ queue: 'backoff' }, backOff);
      pending.set({ queue: 'unschedulable' }, unschedulable);
    },
  });
  return {
    attempted: (result) => attempts.inc({ result }),
    decided: (took) => algorithm.observe(took / 1000),
    scheduled: (took) => scheduling.observe(took / 1000),
  };
}
