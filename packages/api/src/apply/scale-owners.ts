/**
 * Owners of replicas, as the scale subresource sees them, and back.
 *
 * 1. A Scale has one field that is kept, `spec.replicas`; whoever owns it in the object owns it there.
 * 2. Who takes it through the subresource owns it in the object from then on, and others lose it.
 * 3. An entry that came about through scale has no time, as upstream's has none.
 * Source: apimachinery, util/managedfields/scalehandler.go.
 */
import type { ManagedFieldsEntry } from '../generated/types.ts';
import { difference, has, noFields, type FieldSet } from './field-set.ts';
import {
  changeFields,
  identifierOf,
  readManagers,
  writeManagers,
  type Manager,
  type Managers,
} from './managers.ts';

type Entries = ManagedFieldsEntry[] | undefined;

const replicasPath = ['f:spec', 'f:replicas'];
const replicas: FieldSet = { 'f:spec': { 'f:replicas': noFields } };

const inVersion = (managers: Iterable<Manager>, apiVersion: string): Managers =>
  new Map(
    Array.from(managers, (manager) => {
      const versioned = { ...manager, apiVersion };
      return [identifierOf(versioned), versioned];
    }),
  );

/** The managedFields of the Scale of an object with these. */
export function scaleOwners(entries: Entries, scaleVersion: string): Entries {
  const owners = [...readManagers(entries).values()]
    .filter(({ fields }) => has(fields, replicasPath))
    .map((manager) => ({ ...manager, fields: replicas }));
  return writeManagers(inVersion(owners, scaleVersion));
}

/** The managedFields of the object after its Scale got others. */
export function ownersAfterScale(entries: Entries, ofScale: Entries, apiVersion: string): Entries {
  const before = readManagers(entries);
  const scalers = inVersion(readManagers(ofScale).values(), apiVersion);
  const after = changeFields(before, ({ fields }, identifier) =>
    scalers.has(identifier) ? fields : difference(fields, replicas),
  );
  for (const [identifier, { fields, ...scaler }] of scalers) {
    if (after.has(identifier) || !has(fields, replicasPath)) continue;
    after.set(identifier, { ...scaler, fields: replicas, time: before.get(identifier)?.time });
  }
  return writeManagers(after);
}
