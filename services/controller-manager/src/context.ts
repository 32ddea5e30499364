/**
 * What every controller is handed, for one term of leadership.
 *
 * 1. Controllers are made anew for each term, so nothing that one remembers outlives its right to act.
 * 2. Informers outlive terms: they run in standbys too, so that a new leader starts with warm caches.
 *    The handlers that a term adds to them are removed at its end.
 */
import type { KubernetesObject } from '@drydock/api';
import type {
  ApiClient,
  EventRecorder,
  Informer,
  Resource,
  WorkQueueMetrics,
} from '@drydock/client';
import type { Clock, Logger } from '@drydock/ports';
import type { ControllerOptions } from './config.ts';

export interface Informers {
  of<T extends KubernetesObject>(resource: Resource<T>): Informer<T>;
}

export interface ControllerContext {
  readonly api: ApiClient;
  readonly informers: Informers;
  /** The recorder of events whose source is the component. */
  readonly events: (component: string) => EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: WorkQueueMetrics | undefined;
  readonly options: ControllerOptions;
}

/** A controller, ready to run until its signal aborts. */
export interface Runnable {
  run(signal: AbortSignal): Promise<void>;
}

/** Informers whose handlers go when `handlers` is disposed. */
export function termInformers(informers: Informers, handlers: DisposableStack): Informers {
  return {
    of: (resource) => {
      const informer = informers.of(resource);
      return {
        resource: informer.resource,
        store: informer.store,
        get state() {
          return informer.state;
        },
        hasSynced: () => informer.hasSynced(),
        synced: (signal) => informer.synced(signal),
        addIndex: (name, indexer) => informer.addIndex(name, indexer),
        run: (signal) => informer.run(signal),
        addHandler: (handler) => handlers.use(informer.addHandler(handler)),
      };
    },
  };
}
