/**
 * The objects that an informer knows, by key and by the values of its indexes.
 *
 * Objects are shared by everyone who reads them: nobody changes one, whoever needs a changed one
 * makes a copy (structuredClone).
 */
import type { KubernetesObject } from '@drydock/api';

/** `namespace/name`, or `name` for objects of the cluster. */
export type ObjectKey = string;

export function keyOf(object: {
  readonly metadata: { readonly namespace?: string; readonly name: string };
}): ObjectKey {
  const { namespace, name } = object.metadata;
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

/** The parts of a key; no namespace for objects of the cluster. */
export function splitKey(key: ObjectKey): { namespace?: string; name: string } {
  const slash = key.indexOf('/');
  return slash === -1
    ? { name: key }
    : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The values under which an object is found; must depend on nothing but the object. */
export type Indexer<T> = (object: T) => readonly string[];

export interface ObjectReader<T> {
  get(key: ObjectKey): T | undefined;
  /** All objects, or those of one namespace, in no particular order. */
  list(namespace?: string): readonly T[];
  /** Objects under a value of an index. @throws Error for an index that was never added. */
  byIndex(index: string, value: string): readonly T[];
  readonly size: number;
}

export interface ObjectStore<T> extends ObjectReader<T> {
  set(object: T): void;
  delete(key: ObjectKey): void;
  keys(): Iterable<ObjectKey>;
  /** Existing objects are indexed at once; adding the same index again changes nothing. */
  addIndex(name: string, indexer: Indexer<T>): void;
}

interface Index<T> {
  readonly indexer: Indexer<T>;
  readonly entries: Map<string, Map<ObjectKey, T>>;
}

const namespaceIndex = 'namespace';

export function createObjectStore<T extends KubernetesObject>(): ObjectStore<T> {
  const objects = new Map<ObjectKey, T>();
  const indexes = new Map<string, Index<T>>();

  const removeFrom = (index: Index<T>, key: ObjectKey, object: T) => {
    for (const value of index.indexer(object)) {
      const entries = index.entries.get(value);
      entries?.delete(key);
      if (entries?.size === 0) index.entries.delete(value);
    }
  };
  const addTo = (index: Index<T>, key: ObjectKey, object: T) => {
    for (const value of index.indexer(object)) {
      let entries = index.entries.get(value);
      if (entries === undefined) index.entries.set(value, (entries = new Map()));
      entries.set(key, object);
    }
  };
  const byIndex = (name: string, value: string): readonly T[] => {
    const index = indexes.get(name);
    if (index === undefined) throw new Error(`the store has no index '${name}'`);
    const entries = index.entries.get(value);
    return entries === undefined ? [] : [...entries.values()];
  };

  const store: ObjectStore<T> = {
    get: (key) => objects.get(key),
    list: (namespace) =>
      namespace === undefined ? [...objects.values()] : byIndex(namespaceIndex, namespace),
    byIndex,
    get size() {
      return objects.size;
    },
    keys: () => objects.keys(),
    set: (object) => {
      const key = keyOf(object);
      const old = objects.get(key);
      objects.set(key, object);
      for (const index of indexes.values()) {
        if (old !== undefined) removeFrom(index, key, old);
        addTo(index, key, object);
      }
    },
    delete: (key) => {
      const old = objects.get(key);
      if (old === undefined) return;
      objects.delete(key);
      for (const index of indexes.values()) removeFrom(index, key, old);
    },
    addIndex: (name, indexer) => {
      if (indexes.has(name)) return;
      const index: Index<T> = { indexer, entries: new Map() };
      for (const [key, object] of objects) addTo(index, key, object);
      indexes.set(name, index);
    },
  };
  store.addIndex(namespaceIndex, (object) =>
    object.metadata.namespace === undefined ? [] : [object.metadata.namespace],
  );
  return store;
}
