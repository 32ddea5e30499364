/** The counts of pods in a status. */
import { invalid } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import { validateNotNegative } from '../../metadata.ts';

type Counts<K extends string> = { readonly [key in K]?: number };

/** Takes the status itself, and the counts in upstream's order. */
export function validateCounts<K extends string>(
  status: Counts<K>,
  keys: readonly K[],
): FieldError[] {
  return keys.flatMap((key) => validateNotNegative(`status.${key}`, status[key]));
}

interface Limit<K extends string> {
  readonly key: K;
  /** How upstream calls the limit, with or without `status.` before it. */
  readonly name: string;
}

/** Counts that may not exceed another one. */
export function validateCountsWithin<K extends string>(
  status: Counts<K>,
  keys: readonly K[],
  limit: Limit<K>,
): FieldError[] {
  const max = status[limit.key] ?? 0;
  return keys.flatMap((key) => {
    const count = status[key] ?? 0;
    return count > max
      ? [invalid(`status.${key}`, count, `cannot be greater than ${limit.name}`)]
      : [];
  });
}

/** How often a name was taken already: it is only ever counted up. */
export function validateCollisionCount(
  status: { readonly collisionCount?: number },
  old: { readonly collisionCount?: number },
): FieldError[] {
  const count = status.collisionCount ?? 0;
  return count < (old.collisionCount ?? 0)
    ? [invalid('status.collisionCount', count, 'cannot be decremented')]
    : [];
}

type ReplicaCount =
  | 'availableReplicas'
  | 'fullyLabeledReplicas'
  | 'observedGeneration'
  | 'readyReplicas'
  | 'replicas';

/** The status of ReplicaSets and ReplicationControllers. */
export function validateReplicaCounts(status: Counts<ReplicaCount>): FieldError[] {
  const parts = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const;
  return [
    ...validateCounts(status, ['replicas', ...parts, 'observedGeneration']),
    ...validateCountsWithin(status, parts, { key: 'replicas', name: 'status.replicas' }),
    ...validateCountsWithin(status, ['availableReplicas'], {
      key: 'readyReplicas',
      name: 'readyReplicas',
    }),
  ];
}
