/** Owners of fields (metadata.managedFields) on the way of a write through the registry. */
import {
  deepEqual,
  newOwners,
  ownedTypeOf,
  trackUpdate,
  type KubernetesObject,
} from '@drydock/api';
import type { Target, UpdatePart, WriteOptions } from './requests.ts';

type Owners = KubernetesObject['metadata']['managedFields'];

const subresources: Readonly<Record<UpdatePart, string>> = {
  all: '',
  approval: 'approval',
  decided: '',
  ephemeralcontainers: 'ephemeralcontainers',
  finalize: 'finalize',
  status: 'status',
};

/**
 * Who owns what once `object`, as the client wants it, has taken the place of `old`: in the fields of the
 * version that the client sees.
 */
export function ownersAfter(
  { kind, via = kind }: Pick<Target, 'kind' | 'via'>,
  objects: { readonly old: KubernetesObject | undefined; readonly object: KubernetesObject },
  { part, write, wallTime }: OwnersContext,
): Owners {
  const { old, object } = objects;
  const { manager } = write;
  const { view } = via;
  const live = old === undefined || view === undefined ? old : view.show(old);
  const next = view === undefined ? object : view.show(object);
  const subresource = subresources[part];
  return trackUpdate(ownedTypeOf(via), { live, object: next, manager, subresource, wallTime });
}

interface OwnersContext {
  readonly part: UpdatePart;
  readonly write: WriteOptions;
  /** Milliseconds since the Unix epoch. */
  readonly wallTime: number;
}

/**
 * Decides who owns the fields of a new object: in the object, where the client said so, else as the text
 * that is stored with it.
 */
export function ownNew(
  target: Pick<Target, 'kind' | 'via'>,
  object: KubernetesObject,
  context: Omit<OwnersContext, 'part'>,
): string | undefined {
  const { kind, via = kind } = target;
  const seen = via.view === undefined ? object : via.view.show(object);
  const { manager } = context.write;
  const { wallTime } = context;
  const text = newOwners(ownedTypeOf(via), { object: seen, manager, wallTime });
  const owners =
    text === undefined
      ? ownersAfter(target, { old: undefined, object }, { part: 'all', ...context })
      : undefined;
  setOwners(object, owners);
  return text === '' ? undefined : text;
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
