/**
 * The objects of a cluster in memory, with the semantics that clients rely on: resource versions that
 * only grow, optimistic concurrency, finalizers, a log of changes that can be compacted. For tests.
 */
import {
  alreadyExistsError,
  badRequestError,
  conflictError,
  formatTime,
  notFoundError,
  parseFieldRequirements,
  parseLabelSelector,
  tooOldResourceVersionError,
  uidPreconditionError,
  type KubernetesObject,
} from '@drydock/api';
import type { Clock } from '@drydock/ports';
import type { Reference } from '@drydock/proto/api';

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: string;
  readonly object: StoredObject;
  readonly previous: StoredObject | undefined;
  readonly revision: number;
}

export type StoredObject = KubernetesObject & {
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
};

export interface Selectors {
  readonly labelSelector: string;
  readonly fieldSelector: string;
}

export interface MemoryStore {
  readonly revision: number;
  get(reference: Reference): StoredObject;
  list(reference: Reference, selectors: Selectors): StoredObject[];
  create(reference: Reference, object: StoredObject): StoredObject;
  update(reference: Reference, object: StoredObject): StoredObject;
  /** A merge patch (RFC 7386). */
  merge(reference: Reference, patch: unknown): StoredObject;
  delete(
    reference: Reference,
    preconditions: { uid?: string; resourceVersion?: string },
  ): StoredObject;
  bind(reference: Reference, nodeName: string): void;
  /** Changes after a revision. @throws when they were compacted away */
  changesAfter(revision: number): readonly Change[];
  /** Forgets the log of changes so far. */
  compact(): void;
  /** Called after each change. */
  onChange(listener: () => void): Disposable;
  /** A test's own hand: puts the object in as it is, with a new resource version. */
  put(resource: string, object: KubernetesObject): void;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = mergePatch(result[name], value);
  }
  return result;
}

function readPath(object: unknown, path: string): string {
  let value = object;
  for (const part of path.split('.')) value = isObject(value) ? value[part] : undefined;
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

/** Whether an object is among those selected. */
export function selects(reference: Reference, selectors: Selectors, object: StoredObject): boolean {
  const { namespace } = object.metadata;
  if (reference.namespace !== '' && reference.namespace !== namespace) return false;
  if (!parseLabelSelector(selectors.labelSelector).matches(object.metadata.labels ?? {}))
    return false;
  return parseFieldRequirements(selectors.fieldSelector).every(
    ({ field, operator, value }) => (readPath(object, field) === value) === (operator !== '!='),
  );
}

export function createMemoryStore(clock: Clock): MemoryStore {
  const tables = new Map<string, Map<string, StoredObject>>();
  const listeners = new Set<() => void>();
  let changes: Change[] = [];
  let compactedTo = 0;
  let revision = 1;
  let uids = 0;

  const table = (resource: string) => {
    let found = tables.get(resource);
    if (found === undefined) tables.set(resource, (found = new Map()));
    return found;
  };
  const keyOf = ({ namespace, name }: { namespace?: string | undefined; name: string }) =>
    `${namespace ?? ''}/${name}`;
  const record = (type: Change['type'], resource: string, object: StoredObject) => {
    const key = keyOf(object.metadata);
    const previous = table(resource).get(key);
    revision++;
    const stored = structuredClone(object);
    stored.metadata.resourceVersion = String(revision);
    if (type === 'DELETED') table(resource).delete(key);
    else table(resource).set(key, stored);
    changes.push({ type, resource, object: stored, previous, revision });
    for (const listener of listeners) listener();
    return structuredClone(stored);
  };
  const find = (reference: Reference): StoredObject => {
    const found = table(reference.resource).get(keyOf(reference));
    if (found === undefined) throw notFoundError(reference, reference.name);
    return found;
  };
  const replace = (reference: Reference, object: StoredObject): StoredObject => {
    const old = find(reference);
    const { resourceVersion } = object.metadata;
    if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion) {
      throw conflictError(reference, reference.name);
    }
    const isStatus = reference.subresource === 'status';
    const next = isStatus
      ? { ...old, status: object.status ?? {} }
      : { ...object, ...(old.status === undefined ? {} : { status: old.status }) };
    const isOver =
      next.metadata.deletionTimestamp !== undefined &&
      (next.metadata.finalizers ?? []).length === 0;
    return record(isOver ? 'DELETED' : 'MODIFIED', reference.resource, next);
  };

  return {
    get revision() {
      return revision;
    },
    get: (reference) => structuredClone(find(reference)),
    list: (reference, selectors) =>
      [...table(reference.resource).values()].filter((one) => selects(reference, selectors, one)),
    create: (reference, object) => {
      // Whatever the type says: a client may leave the name to the server.
      const { generateName, name } = object.metadata as { generateName?: string; name?: string };
      const isNamed = name !== undefined && name !== '';
      if (!isNamed && generateName === undefined) throw badRequestError('name is required');
      const wanted = isNamed ? name : `${generateName}${(++uids).toString(36)}`;
      if (table(reference.resource).has(keyOf({ ...reference, name: wanted }))) {
        throw alreadyExistsError(reference, wanted);
      }
      const metadata = {
        ...object.metadata,
        name: wanted,
        ...(reference.namespace === '' ? {} : { namespace: reference.namespace }),
        uid: `uid-${++uids}`,
        creationTimestamp: formatTime(clock.wallTime()),
      };
      return record('ADDED', reference.resource, { ...object, metadata });
    },
    update: replace,
    merge: (reference, patch) =>
      replace(reference, mergePatch(find(reference), patch) as StoredObject),
    delete: (reference, { uid, resourceVersion }) => {
      const old = find(reference);
      if (uid !== undefined && uid !== old.metadata.uid) {
        throw uidPreconditionError(reference, reference.name, {
          wanted: uid,
          actual: old.metadata.uid ?? '',
        });
      }
      if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion) {
        throw conflictError(reference, reference.name);
      }
      if ((old.metadata.finalizers ?? []).length === 0) {
        return record('DELETED', reference.resource, old);
      }
      const deletionTimestamp = formatTime(clock.wallTime());
      const metadata = { ...old.metadata, deletionTimestamp };
      return record('MODIFIED', reference.resource, { ...old, metadata });
    },
    bind: (reference, nodeName) => {
      const old = find(reference);
      if (old.spec?.['nodeName'] !== undefined) {
        const why = `pod ${old.metadata.name} is already assigned to node "${readPath(old, 'spec.nodeName')}"`;
        throw conflictError({ group: '', resource: 'pods/binding' }, reference.name, why);
      }
      const conditions = [{ type: 'PodScheduled', status: 'True' }];
      record('MODIFIED', reference.resource, {
        ...old,
        spec: { ...old.spec, nodeName },
        status: { ...old.status, conditions },
      });
    },
    changesAfter: (after) => {
      if (after < compactedTo) throw tooOldResourceVersionError(`${after}`, `${compactedTo}`);
      // The log is in order, and readers are most often near its end.
      let first = changes.length;
      while (first > 0 && changes[first - 1]!.revision > after) first--;
      return changes.slice(first);
    },
    compact: () => {
      compactedTo = revision;
      changes = [];
    },
    onChange: (listener) => {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    put: (resource, object) => {
      const exists = table(resource).has(keyOf(object.metadata));
      record(exists ? 'MODIFIED' : 'ADDED', resource, object);
    },
  };
}
