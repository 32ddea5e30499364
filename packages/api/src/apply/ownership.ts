/**
 * Who owns what after a write: the rules of server-side apply.
 *
 * 1. Who changes a field by an update owns it, and others lose it. Who applies a field owns it beside
 *    others that gave it the same value; a different value is a conflict, or with force takes it.
 * 2. What an applier no longer mentions is removed, unless someone else owns it or it was not the
 *    applier's last time.
 * 3. Each manager's fields are those of the version that it wrote in: whether a write changes them is
 *    decided on the object as that version has it. Versions that are not served lose their entries.
 * Source: structured-merge-diff, merge.Updater.
 */
import { deepEqual } from '../equality.ts';
import { compare, type Comparison } from './compare.ts';
import type { Conflict } from './conflict.ts';
import {
  difference,
  intersection,
  isEmpty,
  noFields,
  pathsOf,
  recursiveDifference,
  union,
  type FieldSet,
} from './field-set.ts';
import { changeFields, type Manager, type Managers } from './managers.ts';
import { merge } from './merge.ts';
import { fieldSetOf, withNamedFields } from './owned-fields.ts';
import type { OwnedType } from './owned-type.ts';
import { removeFields } from './remove.ts';

/** What a write through a subresource changes, of what it may change. @throws UntypedElement */
export function compareOwned(
  { type, reset }: OwnedType,
  objects: { readonly live: unknown; readonly next: unknown },
  subresource: string,
): Comparison {
  const { added, removed, modified } = compare(type, objects.live, objects.next);
  const ignored = reset(subresource);
  return {
    added: recursiveDifference(added, ignored),
    removed: recursiveDifference(removed, ignored),
    modified: recursiveDifference(modified, ignored),
  };
}

/** What a write takes and what it removes, in the fields of one version. */
export interface Changes {
  readonly taken: FieldSet;
  readonly removed: FieldSet;
}
export type ChangesIn = (apiVersion: string) => Changes;

/**
 * The changes as each version sees them: others are looked at when somebody owns fields in them.
 * @throws UntypedElement
 */
export function changesIn(
  owned: OwnedType,
  objects: { readonly live: unknown; readonly next: unknown },
  { subresource, comparison }: { readonly subresource: string; readonly comparison: Comparison },
): ChangesIn {
  const known = new Map([[owned.apiVersion, changesOf(comparison)]]);
  return (apiVersion) => {
    let changes = known.get(apiVersion);
    if (changes === undefined) {
      const other = owned.inVersion(apiVersion)!;
      const live = owned.convert(objects.live, other);
      const next = owned.convert(objects.next, other);
      changes = changesOf(compareOwned(other, { live, next }, subresource));
      known.set(apiVersion, changes);
    }
    return changes;
  };
}

const changesOf = ({ added, modified, removed }: Comparison): Changes => ({
  taken: union(modified, added),
  removed,
});

/** Managers without those of versions that are not served. */
export function servedManagers(owned: OwnedType, managers: Managers): Managers {
  return changeFields(managers, ({ apiVersion, fields }) =>
    owned.inVersion(apiVersion) === undefined ? noFields : fields,
  );
}

/** What others keep when a write takes some fields and removes others. */
export function loseFields(
  managers: Managers,
  changes: ChangesIn,
  self: string,
): Map<string, Manager> {
  return changeFields(managers, ({ apiVersion, fields }, identifier) => {
    if (identifier === self) return fields;
    const { taken, removed } = changes(apiVersion);
    return difference(difference(fields, taken), removed);
  });
}

export interface ApplyAsk {
  readonly live: unknown;
  readonly config: unknown;
  readonly managers: Managers;
  /** Who applies, and its identifier; the fields are those of the configuration. */
  readonly applier: Omit<Manager, 'fields' | 'time'>;
  readonly identifier: string;
  readonly force: boolean;
}

export type Applied =
  | { readonly kind: 'applied'; readonly object: unknown; readonly managers: Map<string, Manager> }
  /** The object is what it was; its owners may be others. */
  | { readonly kind: 'unchanged'; readonly managers: Map<string, Manager> }
  | { readonly kind: 'conflicts'; readonly conflicts: readonly Conflict[] };

/** @throws UntypedElement */
export function applyFields(owned: OwnedType, ask: ApplyAsk): Applied {
  const { live, config, applier, identifier, force } = ask;
  const { type } = owned;
  const ignored = owned.reset(applier.subresource);
  const before = new Map(servedManagers(owned, ask.managers));
  const last = before.get(identifier);
  const fields = recursiveDifference(fieldSetOf(type, config), ignored);
  const managers = new Map(before).set(identifier, { ...applier, fields, time: last?.time });
  const object = prune(owned, merge(type, live, config), { last, managers });

  const { subresource } = applier;
  const objects = { live, next: object };
  const comparison = compareOwned(owned, objects, subresource);
  const changes = changesIn(owned, objects, { subresource, comparison });
  const conflicts = force ? [] : conflictsOf(managers, changes, identifier);
  if (conflicts.length > 0) return { kind: 'conflicts', conflicts };
  const left = loseFields(managers, changes, identifier);
  if (deepEqual(live, object)) return { kind: 'unchanged', managers: left };
  return { kind: 'applied', object, managers: left };
}

function conflictsOf(managers: Managers, changes: ChangesIn, self: string): Conflict[] {
  const identifiers = [...managers.keys()].filter((one) => one !== self).sort();
  return identifiers.flatMap((identifier) => {
    const manager = managers.get(identifier)!;
    const { taken } = changes(manager.apiVersion);
    return [...pathsOf(intersection(manager.fields, taken))].map((path) => ({ manager, path }));
  });
}

interface PruneContext {
  /** What the applier applied before this time. */
  readonly last: Manager | undefined;
  /** Everybody, the applier with what it applies now. */
  readonly managers: Managers;
}

/** Takes away what the applier has given up and nobody else owns. */
function prune(owned: OwnedType, merged: unknown, { last, managers }: PruneContext): unknown {
  if (last === undefined || isEmpty(last.fields)) return merged;
  const then = owned.inVersion(last.apiVersion)!;
  const whole = owned.convert(merged, then);
  const lastFields = withNamedFields(last.fields, then.type);
  // Without all that was applied last; then with what somebody owns; then with what was not applied.
  const without = removeFields(then.type, whole, lastFields);
  const kept = addBackOwned(then, { whole, pruned: without }, fieldsByVersion(managers));
  const namedFieldsOf = namedFields(then);
  const doomed = intersection(difference(namedFieldsOf(whole), namedFieldsOf(kept)), lastFields);
  return then.convert(removeFields(then.type, whole, doomed), owned);
}

const namedFields =
  ({ type }: OwnedType) =>
  (value: unknown): FieldSet =>
    withNamedFields(fieldSetOf(type, value), type);

function fieldsByVersion(managers: Managers): Map<string, FieldSet> {
  const owned = new Map<string, FieldSet>();
  for (const { apiVersion, fields } of managers.values()) {
    owned.set(apiVersion, union(owned.get(apiVersion) ?? noFields, fields));
  }
  return owned;
}

/**
 * First what is owned in the version at hand, without which an object might not be converted; then what
 * is owned in others, each in its own terms. The result is in the version at hand again.
 */
function addBackOwned(
  then: OwnedType,
  { whole, pruned }: { readonly whole: unknown; readonly pruned: unknown },
  owned: ReadonlyMap<string, FieldSet>,
): unknown {
  const others = [...owned.keys()].filter((apiVersion) => apiVersion !== then.apiVersion);
  let kept = pruned;
  for (const apiVersion of [then.apiVersion, ...others]) {
    const fields = owned.get(apiVersion);
    if (fields === undefined) continue;
    const version = then.inVersion(apiVersion)!;
    const all = then.convert(whole, version);
    const namedFieldsOf = namedFields(version);
    const staying = union(
      namedFieldsOf(then.convert(kept, version)),
      withNamedFields(fields, version.type),
    );
    const unowned = difference(namedFieldsOf(all), staying);
    kept = version.convert(removeFields(version.type, all, unowned), then);
  }
  return kept;
}
