/**
 * Whether a cache has caught up with one's own writes to the objects of a key (upstream's
 * EndpointSlice tracker).
 *
 * 1. While it has not, a plan made from the cache could do the same work twice.
 * 2. What is not seen within a minute is forgotten: the object may be gone again already.
 */
import type { KubernetesObject } from '@drydock/api';
import type { ObjectKey } from '@drydock/client';
import type { Clock, Millis } from '@drydock/ports';

interface Write {
  /** Infinite once deleted. */
  readonly resourceVersion: number;
  readonly at: Millis;
}

const forgetMillis: Millis = 60_000;

export interface WriteTracker {
  wrote(key: ObjectKey, answer: KubernetesObject): void;
  deleted(key: ObjectKey, object: KubernetesObject): void;
  /** @param cached what the cache holds for the key */
  isBehind(key: ObjectKey, cached: readonly KubernetesObject[]): boolean;
  forget(key: ObjectKey): void;
}

export function createWriteTracker(clock: Clock): WriteTracker {
  const writes = new Map<ObjectKey, Map<string, Write>>();
  const note = (key: ObjectKey, object: KubernetesObject, resourceVersion: number) => {
    const ofKey = writes.get(key) ?? new Map<string, Write>();
    ofKey.set(object.metadata.uid ?? '', { resourceVersion, at: clock.now() });
    writes.set(key, ofKey);
  };
  return {
    wrote: (key, answer) => note(key, answer, Number(answer.metadata.resourceVersion)),
    deleted: (key, object) => note(key, object, Infinity),
    isBehind: (key, cached) => {
      const ofKey = writes.get(key);
      if (ofKey === undefined) return false;
      const versions = new Map(
        cached.map(({ metadata }) => [metadata.uid, Number(metadata.resourceVersion)]),
      );
      for (const [uid, { resourceVersion, at }] of ofKey) {
        const seen = versions.get(uid);
        const isSeen =
          resourceVersion === Infinity
            ? seen === undefined
            : seen !== undefined && seen >= resourceVersion;
        if (isSeen || clock.now() - at > forgetMillis) ofKey.delete(uid);
      }
      if (ofKey.size > 0) return true;
      writes.delete(key);
      return false;
    },
    forget: (key) => void writes.delete(key),
  };
}
