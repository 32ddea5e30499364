/**
 * Ownership after a write that is no apply: POST, PUT, and all other patches.
 *
 * 1. Who changes fields owns them, by name, version and subresource; its time is that of its last
 *    change. An object that nobody owned anything of stays so: ownership begins with a create or an
 *    apply.
 * 2. The entries of a request count when they can be read, and not through a subresource; one empty
 *    entry resets them, no entries leave them as they are.
 * 3. This is on the way of every write. Its cost is one walk over both objects and one over the
 *    changed fields for each manager; entries that lose nothing are neither parsed nor copied.
 *    Measured on one of two busy cores: 35 us for a change of a pod's status. (New objects have a way
 *    of their own: new-owners.ts.) It grows linearly (track-update.test.ts).
 * Source: apimachinery, util/managedfields/internal.
 */
import { deepEqual } from '../equality.ts';
import type { ManagedFieldsEntry } from '../generated/types.ts';
import type { KubernetesObject } from '../object.ts';
import { formatTime } from '../time.ts';
import { UntypedElement } from './compare.ts';
import { difference, isEmpty, noFields, sorted, union } from './field-set.ts';
import {
  capUpdateManagers,
  identifierOf,
  isReset,
  parseManagers,
  readManagers,
  writeManagers,
  type Managers,
} from './managers.ts';
import { unowned, type OwnedType } from './owned-type.ts';
import {
  changesIn,
  compareOwned,
  loseFields,
  servedManagers,
  type ChangesIn,
} from './ownership.ts';

export interface UpdateToTrack {
  /** Undefined when the object is new. */
  readonly live: KubernetesObject | undefined;
  /** As the client wants it, with defaults. */
  readonly object: KubernetesObject;
  readonly manager: string;
  /** Empty for the object as a whole. */
  readonly subresource: string;
  /** Milliseconds since the Unix epoch. */
  readonly wallTime: number;
}

type Entries = ManagedFieldsEntry[] | undefined;

/** The managedFields that the object gets. */
export function trackUpdate(owned: OwnedType, update: UpdateToTrack): Entries {
  const { live, object, subresource } = update;
  const managers = managersBefore(live, object, subresource);
  if (managers.size === 0 && live !== undefined) return undefined;
  const objects = {
    live: live === undefined ? owned.empty : withoutManagers(live),
    next: withoutManagers(object),
  };
  try {
    const comparison = compareOwned(owned, objects, subresource);
    const changes = changesIn(owned, objects, { subresource, comparison });
    return writeManagers(managersAfter(owned, update, { managers, changes }));
  } catch (error) {
    // As upstream: an object that cannot be walked keeps the owners that it has.
    if (error instanceof UntypedElement) return live?.metadata.managedFields;
    throw error;
  }
}

function managersBefore(
  live: KubernetesObject | undefined,
  object: KubernetesObject,
  subresource: string,
): Managers {
  const stored = live?.metadata.managedFields;
  const given = object.metadata.managedFields;
  if (subresource !== '' || given === undefined || deepEqual(given, stored)) {
    return readManagers(stored);
  }
  if (isReset(given)) return new Map();
  const managers = parseManagers(given);
  return managers === undefined || managers.size === 0 ? readManagers(stored) : managers;
}

/** The object as its owners see it. */
export function withoutManagers(object: KubernetesObject): Record<string, unknown> {
  const { managedFields: _managedFields, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function managersAfter(
  owned: OwnedType,
  { manager: name, subresource, wallTime }: UpdateToTrack,
  { managers, changes }: { readonly managers: Managers; readonly changes: ChangesIn },
): Managers {
  const { taken, removed } = changes(owned.apiVersion);
  if (isEmpty(taken) && isEmpty(removed)) return managers;
  const { apiVersion } = owned;
  const self = { name: name || 'unknown', operation: 'Update', apiVersion, subresource } as const;
  const identifier = identifierOf(self);
  const before = servedManagers(owned, managers);
  const after = loseFields(before, changes, identifier);
  const last = before.get(identifier);
  const own = difference(taken, unowned);
  const fields = union(difference(last?.fields ?? noFields, removed), own);
  const time = isEmpty(own) ? last?.time : formatTime(wallTime);
  if (isEmpty(fields)) after.delete(identifier);
  else after.set(identifier, { ...self, fields: sorted(fields), time });
  capUpdateManagers(after);
  return after;
}
