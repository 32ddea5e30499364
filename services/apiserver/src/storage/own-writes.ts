/**
 * What this server is writing, so that the answer to a write and the event of it share one object.
 *
 * 1. Each write is told of twice, by its answer and by the watch, in either order. Whichever comes first
 *    makes the object, out of bytes whose meaning is known already: nobody parses them again. That is
 *    a tenth of what creating a pod costs, and half of its memory while it is young.
 * 2. An object is only shared when key, bytes and revision are the same. What finds nothing here reads
 *    the bytes, as it does for the writes of other servers.
 * 3. A write whose event does not come is forgotten when many others have followed it.
 */
import type { KubernetesObject } from '@drydock/api';
import type { ResourceKey } from './keys.ts';
import { StoredObject, attributesOf } from './stored-object.ts';

export interface OwnWrites {
  /** Before the write is sent. */
  begin(place: ResourceKey, value: Buffer, object: KubernetesObject): OwnWrite;
  /** The object of a write that the watch tells of; undefined when it is nobody's here. */
  find(key: string, value: Uint8Array, revision: number): StoredObject | undefined;
}

export interface OwnWrite {
  /** What was written, at the revision of the answer. */
  at(revision: number): StoredObject;
  /** It was not written after all. */
  forget(): void;
}

/** As many as are under way at once, and then some: each holds a few kilobytes. */
const writesMax = 512;

interface Pending {
  readonly value: Buffer;
  readonly at: (revision: number) => StoredObject;
}

export function createOwnWrites(): OwnWrites {
  const pending = new Map<string, Pending>();
  return {
    begin: (place, value, object) => {
      const attributes = attributesOf(place.kind, object);
      let made: StoredObject | undefined;
      const at = (revision: number) => {
        if (made?.revision === revision) return made;
        made = StoredObject.fromStorage(place, value, revision)!.knownBy(attributes);
        return made;
      };
      const own: Pending = { value, at };
      // The latest last: the oldest is the first to be forgotten.
      pending.delete(place.key);
      pending.set(place.key, own);
      if (pending.size > writesMax) pending.delete(pending.keys().next().value!);
      return {
        at,
        forget: () => {
          if (pending.get(place.key) === own) pending.delete(place.key);
        },
      };
    },
    find: (key, value, revision) => {
      const own = pending.get(key);
      if (own === undefined || !own.value.equals(value)) return undefined;
      pending.delete(key);
      return own.at(revision);
    },
  };
}
