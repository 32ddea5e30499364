/** What is measured of requests and of the cache. */
import { Counter, Gauge, Histogram, type Registry as MetricsRegistry } from 'prom-client';
import type { Cacher } from './cacher/cacher.ts';
import type { InFlight } from './in-flight.ts';
import type { KindDefinition } from '@drydock/api';
import { streamSubresources } from './rest/streams/subresources.ts';

export interface RequestMetrics {
  observe(request: { verb: string; resource: string; code: number; seconds: number }): void;
}

export function createRequestMetrics(register: MetricsRegistry): RequestMetrics {
  const requests = new Counter({
    name: 'apiserver_request_total',
    help: 'Requests by verb, resource and code.',
    labelNames: ['verb', 'resource', 'code'],
    registers: [register],
  });
  const durations = new Histogram({
    name: 'apiserver_request_duration_seconds',
    help: 'Cluster seconds from the head of a request to the end of its answer.',
    labelNames: ['verb', 'resource'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
    registers: [register],
  });
  return {
    observe: ({ verb, resource, code, seconds }) => {
      requests.inc({ verb, resource, code });
      if (verb !== 'watch' && verb !== 'connect') durations.observe({ verb, resource }, seconds);
    },
  };
}

export interface StreamCounts {
  /** Counts until it is disposed of. */
  count(subresource: string): Disposable;
}

/** What breaks must bring them back to zero. */
export function createStreamCounts(register: MetricsRegistry): StreamCounts {
  const open = new Gauge({
    name: 'apiserver_streams',
    help: 'Open streams into pods.',
    labelNames: ['subresource'],
    registers: [register],
  });
  for (const subresource of streamSubresources) open.set({ subresource }, 0);
  return {
    count: (subresource) => {
      open.inc({ subresource });
      return { [Symbol.dispose]: () => open.dec({ subresource }) };
    },
  };
}

export function registerGauges(
  register: MetricsRegistry,
  {
    cacher,
    inFlight,
    kinds,
  }: { cacher: Cacher; inFlight: InFlight; kinds: readonly KindDefinition[] },
): void {
  const gauge = (name: string, help: string, labelNames: string[], collect: (of: Gauge) => void) =>
    void new Gauge({
      name,
      help,
      labelNames,
      registers: [register],
      collect() {
        collect(this);
      },
    });
  gauge('apiserver_storage_objects', 'Objects in the cache.', ['resource'], (of) => {
    for (const kind of kinds) of.set({ resource: kind.resource }, cacher.of(kind).size);
  });
  gauge('apiserver_watchers', 'Open watches.', ['resource'], (of) => {
    for (const kind of kinds) of.set({ resource: kind.resource }, cacher.of(kind).watcherCount);
  });
  gauge('apiserver_cache_revision', 'The revision of etcd that the cache shows.', [], (of) =>
    of.set(cacher.revision),
  );
  gauge('apiserver_current_inflight_requests', 'Requests under way.', ['request_kind'], (of) => {
    of.set({ request_kind: 'readOnly' }, inFlight.count('read'));
    of.set({ request_kind: 'mutating' }, inFlight.count('write'));
  });
}
