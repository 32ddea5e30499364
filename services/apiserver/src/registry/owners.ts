/** Owners of fields (metadata.managedFields) on the way of a write through the registry. */
import {
  deepEqual,
  ownedTypeOf,
  trackUpdate,
  type KindDefinition,
  type KubernetesObject,
} from '@drydock/api';
import type { UpdatePart, WriteOptions } from './requests.ts';

type Owners = KubernetesObject['metadata']['managedFields'];

const subresources: Readonly<Record<UpdatePart, string>> = {
  all: '',
  approval: 'approval',
  decided: '',
  ephemeralcontainers: 'ephemeralcontainers',
  finalize: 'finalize',
  status: 'status',
};

/** Who owns what once `object`, as the client wants it, has taken the place of `old`. */
export function ownersAfter(
  kind: KindDefinition,
  objects: { readonly old: KubernetesObject | undefined; readonly object: KubernetesObject },
  { part, write, wallTime }: OwnersContext,
): Owners {
  const { old: live, object } = objects;
  const { manager } = write;
  const subresource = subresources[part];
  return trackUpdate(ownedTypeOf(kind), { live, object, manager, subresource, wallTime });
}

interface OwnersContext {
  readonly part: UpdatePart;
  readonly write: WriteOptions;
  /** Milliseconds since the Unix epoch. */
  readonly wallTime: number;
}

export function setOwners({ metadata }: KubernetesObject, owners: Owners): void {
  delete metadata.managedFields;
  if (owners !== undefined) metadata.managedFields = owners;
}

/** A write that would change nothing but times of owners changes nothing. */
export function keepTimesOfOwners(object: KubernetesObject, old: KubernetesObject): void {
  const owners = object.metadata.managedFields;
  const before = old.metadata.managedFields;
  if (owners === undefined || before === undefined) return;
  // Most writes change the object, and a difference is found long before the end.
  if (!deepEqual(withoutOwners(object), withoutOwners(old))) return;
  if (deepEqual(withoutTimes(owners), withoutTimes(before))) object.metadata.managedFields = before;
}

const withoutTimes = (owners: NonNullable<Owners>) =>
  owners.map(({ time: _time, ...owner }) => owner).sort(byManager);

/** Times are part of the order. */
const byManager = (left: object, right: object) => {
  const [a, b] = [JSON.stringify(left), JSON.stringify(right)];
  return a < b ? -1 : a > b ? 1 : 0;
};

function withoutOwners({ metadata, ...rest }: KubernetesObject) {
  const { managedFields: _owners, resourceVersion: _version, ...meta } = metadata;
  return { ...rest, metadata: meta };
}
