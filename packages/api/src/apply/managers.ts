/**
 * metadata.managedFields: who owns which fields of an object.
 *
 * 1. A manager is known by its name, operation and subresource, and unless it applies also by the
 *    version that it wrote in.
 * 2. Entries in storage were written by an apiserver and are taken as they are; those of a request
 *    are read with care.
 * 3. Entries are in upstream's order: by operation, time, name, version, subresource.
 * Source: apimachinery, util/managedfields/internal.
 */
import type { ManagedFieldsEntry } from '../generated/types.ts';
import { parseTime } from '../time.ts';
import { isEmpty, parseFieldSet, sorted, union, type FieldSet } from './field-set.ts';
import { MalformedFields, compareText } from './path-element.ts';

export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** Empty for the object as a whole. */
  readonly subresource: string;
  /** In order. */
  readonly fields: FieldSet;
  /** Absent when it came to own fields without a change of the object. */
  readonly time: string | undefined;
}
/** By identifier. */
export type Managers = ReadonlyMap<string, Manager>;

type Identity = Pick<Manager, 'name' | 'operation' | 'apiVersion' | 'subresource'>;

/** Managers with the same identifier are one. Its order is that in which conflicts are told. */
export function identifierOf({ name, operation, apiVersion, subresource }: Identity): string {
  return JSON.stringify({
    ...(name === '' ? {} : { manager: name }),
    operation,
    ...(operation === 'Apply' ? {} : { apiVersion }),
    ...(subresource === '' ? {} : { subresource }),
  });
}

/** Entries that the server wrote itself. */
export function readManagers(entries: readonly ManagedFieldsEntry[] | undefined): Managers {
  return managersOf(entries ?? [], (fields) => (fields ?? {}) as FieldSet);
}

/** The entries of a request; undefined when they are malformed. */
export function parseManagers(entries: readonly ManagedFieldsEntry[]): Managers | undefined {
  const areValid = entries.every(
    ({ operation, apiVersion, fieldsType }) =>
      (operation === 'Apply' || operation === 'Update') &&
      (apiVersion ?? '') !== '' &&
      fieldsType === 'FieldsV1',
  );
  if (!areValid) return undefined;
  try {
    return managersOf(entries, (fields) => parseFieldSet(fields ?? {}));
  } catch (error) {
    if (error instanceof MalformedFields) return undefined;
    throw error;
  }
}

function managersOf(
  entries: readonly ManagedFieldsEntry[],
  read: (fields: unknown) => FieldSet,
): Managers {
  const managers = new Map<string, Manager>();
  for (const entry of entries) {
    const manager: Manager = {
      name: entry.manager ?? '',
      operation: entry.operation === 'Apply' ? 'Apply' : 'Update',
      apiVersion: entry.apiVersion ?? '',
      subresource: entry.subresource ?? '',
      fields: read(entry.fieldsV1),
      time: entry.time,
    };
    managers.set(identifierOf(manager), manager);
  }
  return managers;
}

/** Undefined when nobody owns anything. */
export function writeManagers(managers: Managers): ManagedFieldsEntry[] | undefined {
  if (managers.size === 0) return undefined;
  return [...managers.values()].sort(compareManagers).map((manager) => ({
    ...(manager.name === '' ? {} : { manager: manager.name }),
    operation: manager.operation,
    apiVersion: manager.apiVersion,
    ...(manager.time === undefined ? {} : { time: manager.time }),
    fieldsType: 'FieldsV1',
    fieldsV1: manager.fields,
    ...(manager.subresource === '' ? {} : { subresource: manager.subresource }),
  }));
}

const timeOf = ({ time }: Manager) => (time === undefined ? 0 : parseTime(time));

function compareManagers(left: Manager, right: Manager): number {
  return (
    compareText(left.operation, right.operation) ||
    timeOf(left) - timeOf(right) ||
    compareText(left.name, right.name) ||
    compareText(left.apiVersion, right.apiVersion) ||
    compareText(left.subresource, right.subresource)
  );
}

/** Whether a request asks to forget who owns what: an empty list, or one empty entry. */
export function isReset(entries: readonly ManagedFieldsEntry[] | undefined): boolean {
  if (entries === undefined) return false;
  return entries.length === 0 || (entries.length === 1 && Object.keys(entries[0]!).length === 0);
}

/** Managers with the fields that `change` leaves them, without those that own nothing then. */
export function changeFields(
  managers: Managers,
  change: (manager: Manager, identifier: string) => FieldSet,
): Map<string, Manager> {
  const changed = new Map<string, Manager>();
  for (const [identifier, manager] of managers) {
    const fields = change(manager, identifier);
    if (isEmpty(fields)) continue;
    changed.set(identifier, fields === manager.fields ? manager : { ...manager, fields });
  }
  return changed;
}

/** More who update than this, and the oldest are forgotten by name. */
const updateManagersMax = 10;
const ancientChanges = 'ancient-changes';

/** Merges the oldest updates of each version into one manager. Changes the map. */
export function capUpdateManagers(managers: Map<string, Manager>): void {
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update');
  let excess = updaters.length - updateManagersMax;
  if (excess <= 0) return;
  updaters.sort(([a, left], [b, right]) => timeOf(left) - timeOf(right) || compareText(a, b));
  const firstOfVersion = new Map<string, string>();
  for (const [identifier, manager] of updaters) {
    if (excess === 0) return;
    const { apiVersion } = manager;
    const first = firstOfVersion.get(apiVersion);
    if (first === undefined) {
      firstOfVersion.set(apiVersion, identifier);
      continue;
    }
    const ancient = { ...manager, name: ancientChanges, subresource: '' };
    const bucket = identifierOf(ancient);
    const older = managers.get(bucket) ?? managers.get(first)!;
    if (!managers.has(bucket)) managers.delete(first);
    managers.delete(identifier);
    managers.set(bucket, { ...ancient, fields: sorted(union(manager.fields, older.fields)) });
    excess -= 1;
  }
}
