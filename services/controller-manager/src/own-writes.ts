/**
 * One's own writes, until the cache shows them.
 *
 * A controller that reads its cache right after a write would plan from the past, and its next write
 * would be refused as a conflict. Reading through `newest` it never goes back behind itself.
 */
import type { KubernetesObject } from '@drydock/api';

/** Objects that were deleted before the cache caught up are not read again; the oldest make room. */
const keptMax = 1_000;

export interface OwnWrites<T extends KubernetesObject> {
  /** Answers with what it was given. */
  note(written: T): T;
  /** The cached object, or what was written of the same object since. */
  newest<Cached extends T | undefined>(cached: Cached): Cached;
}

export function createOwnWrites<T extends KubernetesObject>(): OwnWrites<T> {
  const written = new Map<string, T>();
  const versionOf = (object: T) => Number(object.metadata.resourceVersion);
  return {
    note: (object) => {
      const uid = object.metadata.uid ?? '';
      written.delete(uid);
      written.set(uid, object);
      const [oldest] = written.keys();
      if (written.size > keptMax && oldest !== undefined) written.delete(oldest);
      return object;
    },
    newest: (cached) => {
      if (cached === undefined) return cached;
      const uid = cached.metadata.uid ?? '';
      const own = written.get(uid);
      if (own === undefined) return cached;
      if (versionOf(own) > versionOf(cached)) return own as typeof cached;
      written.delete(uid);
      return cached;
    },
  };
}
