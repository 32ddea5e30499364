/**
 * Scaling a Deployment while it is paused or in the middle of a rollout: the sets keep their
 * proportions (upstream's scale, GetReplicaSetProportion).
 *
 * 1. The sets' new sizes add up to the allowed size: the wanted replicas plus the surge.
 * 2. What rounding leaves over goes to the largest set, the newer of equals when growing and the
 *    older when shrinking; what that one cannot give, when it is at zero, is taken from the next.
 */
import type { Deployment, ReplicaSet } from '@drydock/api';
import { desiredReplicasOf, maxReplicasOf } from './annotations.plan.ts';
import type { Draft } from './draft.plan.ts';
import { isRolling, maxSurge, wantedReplicas } from './limits.plan.ts';
import {
  byCreation,
  bySizeThenNewer,
  bySizeThenOlder,
  isScaledUp,
  specReplicas,
  totalReplicas,
} from './replica-sets.plan.ts';

/** Whether the Deployment's replicas changed since its sets were last scaled. */
export function isScalingEvent(draft: Draft): boolean {
  const wanted = wantedReplicas(draft.deployment);
  return draft.all.filter(isScaledUp).some((one) => {
    const desired = desiredReplicasOf(one);
    return desired !== undefined && desired !== wanted;
  });
}

export function scale(draft: Draft): void {
  const { deployment } = draft;
  const wanted = wantedReplicas(deployment);
  const only = onlyActiveOrLatest(draft);
  if (only !== undefined) {
    // Even when the size is right: its annotation must say so, or this stays a scaling event.
    draft.scale(only, wanted);
    return;
  }
  if (isSaturated(deployment, draft.current)) {
    for (const old of draft.old.filter(isScaledUp)) draft.scale(old, 0);
    return;
  }
  if (!isRolling(deployment)) return;
  const sets = draft.all.filter(isScaledUp);
  const allowed = wanted > 0 ? wanted + maxSurge(deployment) : 0;
  const toAdd = allowed - totalReplicas(sets);
  const sizes = proportionalSizes(deployment, sets, toAdd);
  for (const [set, size] of sizes) draft.scale(set, size);
}

/** The one set that a change of replicas concerns, unless several have pods. */
function onlyActiveOrLatest(draft: Draft): ReplicaSet | undefined {
  const active = draft.all.filter(isScaledUp);
  if (active.length === 1) return active[0];
  if (active.length > 1) return undefined;
  return draft.current ?? draft.old.toSorted(byCreation).at(-1);
}

function isSaturated(deployment: Deployment, current: ReplicaSet | undefined): boolean {
  if (current === undefined) return false;
  const wanted = wantedReplicas(deployment);
  return (
    specReplicas(current) === wanted &&
    desiredReplicasOf(current) === wanted &&
    (current.status.availableReplicas ?? 0) === wanted
  );
}

/** New sizes that differ in total by `toAdd`, which may be negative. */
export function proportionalSizes(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  toAdd: number,
): Map<ReplicaSet, number> {
  const sizes = new Map<ReplicaSet, number>();
  const sorted = sets.toSorted(toAdd > 0 ? bySizeThenNewer : bySizeThenOlder);
  let added = 0;
  for (const set of sorted) {
    const share = toAdd === 0 ? 0 : proportionOf(deployment, set, toAdd - added);
    sizes.set(set, specReplicas(set) + share);
    added += share;
  }
  let left = toAdd - added;
  for (const set of sorted) {
    const size = sizes.get(set)!;
    const next = Math.max(0, size + left);
    sizes.set(set, next);
    left -= next - size;
  }
  return sizes;
}

/** The set's share of a change, never beyond what is `left` of it. */
function proportionOf(deployment: Deployment, set: ReplicaSet, left: number): number {
  if (specReplicas(set) === 0 || left === 0) return 0;
  const fraction = fractionOf(deployment, set);
  return left > 0 ? Math.min(fraction, left) : Math.max(fraction, left);
}

function fractionOf(deployment: Deployment, set: ReplicaSet): number {
  const wanted = wantedReplicas(deployment);
  const size = specReplicas(set);
  if (wanted === 0) return -size;
  const before = maxReplicasOf(set) || (deployment.status.replicas ?? 0);
  if (before === 0) return 0;
  return Math.round((size * (wanted + maxSurge(deployment))) / before) - size;
}
