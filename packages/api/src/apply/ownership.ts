/**
 * Who owns what after a write: the rules of server-side apply.
 *
 * 1. Who changes a field by an update owns it, and others lose it. Who applies a field owns it beside
 *    others that gave it the same value; a different value is a conflict, or with force takes it.
 * 2. What an applier no longer mentions is removed, unless someone else owns it or it was not the
 *    applier's last time.
 * 3. Managers of a version that is not served lose their entries.
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

/** Managers without those of another version. */
export function ofVersion(managers: Managers, apiVersion: string): Managers {
  return changeFields(managers, (manager) =>
    manager.apiVersion === apiVersion ? manager.fields : noFields,
  );
}

/** What others keep when a write takes some fields and removes others. */
export function loseFields(
  managers: Managers,
  { taken, removed }: { readonly taken: FieldSet; readonly removed: FieldSet },
  self: string,
): Map<string, Manager> {
  return changeFields(managers, ({ fields }, identifier) =>
    identifier === self ? fields : difference(difference(fields, taken), removed),
  );
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
  const before = new Map(ofVersion(ask.managers, owned.apiVersion));
  const last = before.get(identifier);
  const fields = recursiveDifference(fieldSetOf(type, config), ignored);
  const managers = new Map(before).set(identifier, { ...applier, fields, time: last?.time });
  const object = prune(owned, merge(type, live, config), { last: last?.fields, managers });

  const comparison = compareOwned(owned, { live, next: object }, applier.subresource);
  const taken = union(comparison.modified, comparison.added);
  const conflicts = force ? [] : conflictsOf(managers, taken, identifier);
  if (conflicts.length > 0) return { kind: 'conflicts', conflicts };
  const left = loseFields(managers, { taken, removed: comparison.removed }, identifier);
  if (deepEqual(live, object)) return { kind: 'unchanged', managers: left };
  return { kind: 'applied', object, managers: left };
}

function conflictsOf(managers: Managers, taken: FieldSet, self: string): Conflict[] {
  const identifiers = [...managers.keys()].filter((one) => one !== self).sort();
  return identifiers.flatMap((identifier) => {
    const manager = managers.get(identifier)!;
    return [...pathsOf(intersection(manager.fields, taken))].map((path) => ({ manager, path }));
  });
}

interface PruneContext {
  /** What the applier applied before this time. */
  readonly last: FieldSet | undefined;
  /** Everybody, the applier with what it applies now. */
  readonly managers: Managers;
}

/** Takes away what the applier has given up and nobody else owns. */
function prune({ type }: OwnedType, merged: unknown, { last, managers }: PruneContext): unknown {
  if (last === undefined || isEmpty(last)) return merged;
  const named = (set: FieldSet) => withNamedFields(set, type);
  const fieldsOf = (value: unknown) => named(fieldSetOf(type, value));
  const lastFields = named(last);
  const mergedFields = fieldsOf(merged);
  const owned = [...managers.values()].reduce((set, { fields }) => union(set, fields), noFields);
  // Without all that was applied last; then with what somebody owns; then with what was not applied.
  const without = fieldsOf(removeFields(type, merged, lastFields));
  const unowned = difference(mergedFields, union(without, named(owned)));
  const withOwned = fieldsOf(removeFields(type, merged, unowned));
  const doomed = intersection(difference(mergedFields, withOwned), lastFields);
  return removeFields(type, merged, doomed);
}
