/** Owner references and conditions: how objects hang together and what they say of themselves. */
import type { ObjectMeta, OwnerReference } from './generated/types.ts';
import type { KubernetesObject } from './object.ts';

/** The reference that says who manages an object. */
export function controllerOf(object: {
  readonly metadata: Pick<ObjectMeta, 'ownerReferences'>;
}): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true);
}

export function isControlledBy(
  object: { readonly metadata: Pick<ObjectMeta, 'ownerReferences'> },
  owner: KubernetesObject,
): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid;
}

/** A reference with which `owner` manages another object; the owner must have been stored. */
export function controllerReference(owner: KubernetesObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

interface ConditionLike {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

export function findCondition<C extends ConditionLike>(
  conditions: readonly C[] | undefined,
  type: string,
): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/**
 * The list with one condition put in its place. Its lastTransitionTime is `now` only when its status
 * changes. The given list is returned itself when nothing differs.
 */
export function withCondition<C extends ConditionLike>(
  conditions: readonly C[] | undefined,
  condition: Omit<C, 'lastTransitionTime'>,
  now: string,
): readonly C[] {
  const before = conditions ?? [];
  const old = findCondition(before, condition.type);
  const isSame =
    old !== undefined &&
    Object.entries(condition).every(
      ([key, value]) => (old as Record<string, unknown>)[key] === value,
    );
  if (isSame) return before;
  const lastTransitionTime =
    old?.status === condition.status ? (old.lastTransitionTime ?? now) : now;
  const next = { ...old, ...condition, lastTransitionTime } as unknown as C;
  return old === undefined
    ? [...before, next]
    : before.map((one) => (one.type === condition.type ? next : one));
}
