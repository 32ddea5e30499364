/**
 * What a controller has done and not yet seen in its informers, so that it does not do it twice.
 *
 * 1. While a key has unmet expectations its controller must not create or delete on its behalf.
 * 2. Expectations that are not met within five minutes expire: an event may have been missed, and
 *    acting on a full store again is then the lesser evil.
 * 3. Deletions are expected by identity, because one deletion is seen several times (the timestamp,
 *    then the end) and must count once.
 */
import type { Clock, Millis } from '@drydock/ports';
import type { ObjectKey } from './store.ts';

export interface Expectations {
  /** Forgets what was expected before. Call it before the creations are sent. */
  expectCreations(key: ObjectKey, count: number): void;
  /** Forgets what was expected before. `ids` are uids, or anything else that names one object. */
  expectDeletions(key: ObjectKey, ids: readonly string[]): void;
  /** A creation was seen, or has failed and will not be. */
  creationObserved(key: ObjectKey): void;
  deletionObserved(key: ObjectKey, id: string): void;
  /** Nothing is expected any more, or for too long. */
  satisfied(key: ObjectKey): boolean;
  delete(key: ObjectKey): void;
}

interface Expected {
  creations: number;
  readonly deletions: Set<string>;
  readonly since: Millis;
}

export const expectationsExpiryMillis: Millis = 300_000;

export function createExpectations(clock: Clock): Expectations {
  const expected = new Map<ObjectKey, Expected>();
  return {
    expectCreations: (key, count) => {
      expected.set(key, { creations: count, deletions: new Set(), since: clock.now() });
    },
    expectDeletions: (key, ids) => {
      expected.set(key, { creations: 0, deletions: new Set(ids), since: clock.now() });
    },
    creationObserved: (key) => {
      const entry = expected.get(key);
      if (entry !== undefined && entry.creations > 0) entry.creations--;
    },
    deletionObserved: (key, id) => void expected.get(key)?.deletions.delete(id),
    satisfied: (key) => {
      const entry = expected.get(key);
      if (entry === undefined) return true;
      const isMet = entry.creations === 0 && entry.deletions.size === 0;
      return isMet || clock.now() - entry.since > expectationsExpiryMillis;
    },
    delete: (key) => void expected.delete(key),
  };
}
