/**
 * Looks at a key the less often the more work a look is.
 *
 * The plan of a set of 5,000 pods reads all of them, and each pod's events ask for it; looking as often
 * as that would be quadratic. So a key rests after a look for a time that grows with its size. A small
 * one does not notice: 100 objects rest for 5 ms.
 */
import type { ObjectKey } from '@drydock/client';
import type { Clock, Millis } from '@drydock/ports';

/** Rest for each object that was read. */
const restMillisPerObject: Millis = 0.05;
/** Below this nothing rests. */
const smallMax = 50;

export interface Pacer {
  /** How long the key still rests; undefined when it may be looked at. */
  restLeft(key: ObjectKey): Millis | undefined;
  /** The key was looked at, which took reading so many objects. */
  looked(key: ObjectKey, objects: number): void;
}

export function createPacer(clock: Clock): Pacer {
  const restsUntil = new Map<ObjectKey, Millis>();
  return {
    restLeft: (key) => {
      const left = (restsUntil.get(key) ?? 0) - clock.now();
      if (left > 0) return left;
      restsUntil.delete(key);
      return undefined;
    },
    looked: (key, objects) => {
      if (objects > smallMax) restsUntil.set(key, clock.now() + objects * restMillisPerObject);
    },
  };
}
