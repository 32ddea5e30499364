/**
 * A controller: informers whose changes become keys, and a queue that syncs one key at a time.
 *
 * 1. `sync` starts only after every informer has synced, so an empty store means that there is nothing.
 * 2. `sync` reads stores, makes a plan and carries it out; an error returns the key to the queue, and
 *    nothing else retries.
 * 3. It listens only while it runs: every run begins with all present objects as keys, and a standby
 *    piles up nothing.
 */
import type { KubernetesObject } from '@drydock/api';
import type { Millis } from '@drydock/ports';
import type { Informer } from './informer.ts';
import type { ObjectKey } from './store.ts';
import {
  createWorkQueue,
  type Sync,
  type WorkQueueOptions,
  type WorkQueuePowers,
} from './work-queue.ts';

export interface ControllerOptions extends WorkQueueOptions {
  /** Keys worked on at the same time; default 5, as most of upstream's controllers. */
  readonly concurrency?: number;
  readonly sync: Sync;
}

export type ChangeKind = 'added' | 'updated' | 'deleted';

export interface WatchOptions<T> {
  /** Whether an update is worth a look; all are when absent. */
  readonly isRelevant?: (now: T, before: T) => boolean;
}

export interface Controller {
  readonly name: string;
  /**
   * Turns changes of a resource into keys, from the next run on. `keys` is called with the old object
   * too when it is updated, so that what it belonged to is looked at as well.
   */
  watch<T extends KubernetesObject>(
    informer: Informer<T>,
    keys: (object: T, change: ChangeKind) => Iterable<ObjectKey>,
    options?: WatchOptions<T>,
  ): void;
  enqueue(key: ObjectKey): void;
  enqueueAfter(key: ObjectKey, delay: Millis): void;
  /** Resolves when the signal has aborted and the work under way has ended. */
  run(signal: AbortSignal): Promise<void>;
}

export function createController(options: ControllerOptions, powers: WorkQueuePowers): Controller {
  const queue = createWorkQueue(options, powers);
  const informers = new Set<{ synced(signal: AbortSignal): Promise<void> }>();
  const listens: (() => Disposable)[] = [];
  const addAll = (found: Iterable<ObjectKey>) => {
    for (const key of found) queue.add(key);
  };
  return {
    name: options.name,
    watch: (informer, keys, { isRelevant = () => true } = {}) => {
      informers.add(informer);
      listens.push(() =>
        informer.addHandler({
          onAdd: (object) => addAll(keys(object, 'added')),
          onUpdate: (object, old) => {
            if (old !== object && !isRelevant(object, old)) return;
            if (old !== object) addAll(keys(old, 'updated'));
            addAll(keys(object, 'updated'));
          },
          onDelete: (object) => addAll(keys(object, 'deleted')),
        }),
      );
    },
    enqueue: (key) => queue.add(key),
    enqueueAfter: (key, delay) => queue.addAfter(key, delay),
    run: async (signal) => {
      using handlers = new DisposableStack();
      for (const listen of listens) handlers.use(listen());
      try {
        await Promise.all([...informers].map((informer) => informer.synced(signal)));
      } catch (error) {
        if (signal.aborted) return;
        throw error;
      }
      await queue.run({ signal, sync: options.sync, concurrency: options.concurrency ?? 5 });
    },
  };
}
