/**
 * A queue of keys to look at, for level-driven work.
 *
 * 1. A key is worked on by one worker at a time, and waits at most once: adding a key that waits
 *    changes nothing; adding one that is worked on makes it wait again afterwards.
 * 2. A key whose work failed returns after an exponential back-off of its own; success forgets it.
 * 3. Stopping loses no key: what was delayed or cut short waits for the next run.
 * 4. Adding a key at once does not wait for its back-off: new information is worth a new attempt.
 */
import type { Clock, Logger, Millis, Timer } from '@drydock/ports';
import { isConflict } from './errors.ts';
import type { ObjectKey } from './store.ts';
import type { WorkQueueMetrics } from './metrics.ts';

/** What a worker asks for after success. */
export interface SyncResult {
  /** Looks at the key again after this long. */
  readonly requeueAfterMillis?: Millis;
}

export type Sync = (
  key: ObjectKey,
  context: { readonly signal: AbortSignal },
) => Promise<SyncResult | void>;

export interface WorkQueueOptions {
  /** Names the queue in metrics and logs. */
  readonly name: string;
  /** First back-off after a failure; upstream's 5 ms if not given. */
  readonly backOffMillis?: Millis;
  /** Longest back-off; upstream's 1,000 s if not given. */
  readonly backOffMillisMax?: Millis;
}

export interface WorkQueuePowers {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: WorkQueueMetrics | undefined;
}

export interface WorkQueue {
  add(key: ObjectKey): void;
  /** Adds the key after the delay; of several delays for one key the earliest counts. */
  addAfter(key: ObjectKey, delay: Millis): void;
  /** Keys that wait now, without those that are delayed or worked on. */
  readonly length: number;
  /** Works on keys until the signal aborts and the work under way has ended. Call it once at a time. */
  run(options: {
    readonly signal: AbortSignal;
    readonly sync: Sync;
    readonly concurrency?: number;
  }): Promise<void>;
}

export function createWorkQueue(
  { name, backOffMillis = 5, backOffMillisMax = 1_000_000 }: WorkQueueOptions,
  { clock, log: parentLog, metrics }: WorkQueuePowers,
): WorkQueue {
  const log = parentLog.child({ queue: name });
  /** Waiting keys in order, with the instant they were added. */
  const waiting = new Map<ObjectKey, Millis>();
  const working = new Set<ObjectKey>();
  /** Keys that were added while they were worked on. */
  const again = new Set<ObjectKey>();
  const failures = new Map<ObjectKey, number>();
  const delayed = new Map<ObjectKey, { readonly due: Millis; readonly timer: Timer }>();
  let wake: () => void = () => undefined;

  const add = (key: ObjectKey) => {
    if (waiting.has(key) || again.has(key)) return;
    metrics?.added(name);
    if (working.has(key)) {
      again.add(key);
      return;
    }
    waiting.set(key, clock.now());
    metrics?.depth(name, waiting.size);
    wake();
  };

  const addAfter = (key: ObjectKey, delay: Millis) => {
    if (delay <= 0) return add(key);
    const due = clock.now() + delay;
    const earlier = delayed.get(key);
    if (earlier !== undefined) {
      if (earlier.due <= due) return;
      earlier.timer.cancel();
    }
    const timer = clock.setTimer(delay, () => {
      delayed.delete(key);
      add(key);
    });
    delayed.set(key, { due, timer });
  };

  const failed = (key: ObjectKey, error: unknown) => {
    const count = failures.get(key) ?? 0;
    failures.set(key, count + 1);
    const delay = Math.min(backOffMillisMax, backOffMillis * 2 ** Math.min(count, 60));
    const facts = { err: error, key, failures: count + 1, retryMillis: delay };
    // A conflict says only that the cache was behind; that is everyday life.
    if (isConflict(error)) log.debug(facts, 'sync met a conflict');
    else log.warn(facts, 'sync failed');
    metrics?.retried(name);
    addAfter(key, delay);
  };

  const work = async (key: ObjectKey, sync: Sync, signal: AbortSignal) => {
    const begin = clock.now();
    try {
      const result = await sync(key, { signal });
      failures.delete(key);
      if (result?.requeueAfterMillis !== undefined) addAfter(key, result.requeueAfterMillis);
    } catch (error) {
      if (signal.aborted) again.add(key);
      else failed(key, error);
    } finally {
      metrics?.worked(name, clock.now() - begin);
      working.delete(key);
      if (again.delete(key)) add(key);
    }
  };

  const take = (): ObjectKey | undefined => {
    for (const [key, since] of waiting) {
      waiting.delete(key);
      metrics?.taken(name, waiting.size, clock.now() - since);
      working.add(key);
      return key;
    }
    return undefined;
  };

  return {
    add,
    addAfter,
    get length() {
      return waiting.size;
    },
    run: async ({ signal, sync, concurrency = 1 }) => {
      const underWay = new Set<Promise<void>>();
      const onAbort = () => wake();
      signal.addEventListener('abort', onAbort);
      while (!signal.aborted) {
        const key = underWay.size < concurrency ? take() : undefined;
        if (key === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
            if (signal.aborted) resolve();
          });
          continue;
        }
        const one = work(key, sync, signal).finally(() => {
          underWay.delete(one);
          wake();
        });
        underWay.add(one);
      }
      signal.removeEventListener('abort', onAbort);
      await Promise.all(underWay);
      for (const [key, { timer }] of delayed) {
        timer.cancel();
        add(key);
      }
      delayed.clear();
    },
  };
}
