/**
 * Rolling from old ReplicaSets to the current one (upstream's rolling.go and recreate.go).
 *
 * 1. The sets never ask for more than replicas + maxSurge pods together.
 * 2. Old sets shrink only by pods that are not needed for replicas - maxUnavailable available ones;
 *    their unavailable pods go first, since nobody misses them.
 * 3. Recreate starts the current set only when no pod of an old one is left.
 */
import { controllerOf, isPodFinished, type Pod, type ReplicaSet } from '@drydock/api';
import type { Draft } from './draft.plan.ts';
import { isRolling, maxSurge, maxUnavailable, wantedReplicas } from './limits.plan.ts';
import { byCreation, isScaledUp, specReplicas, totalReplicas } from './replica-sets.plan.ts';

/**
 * A set that was told to shrink and has not yet done so still reports pods that are doomed; they must
 * not be counted on, or the next pass takes the rest as well.
 */
const available = (replicaSet: ReplicaSet) =>
  Math.min(replicaSet.status.availableReplicas ?? 0, specReplicas(replicaSet));
const sumAvailable = (sets: readonly ReplicaSet[]) =>
  sets.reduce((sum, one) => sum + available(one), 0);

/** How many replicas the current set may have now, given all sets. */
export function currentSetReplicas(draft: Draft, size: number): number {
  const wanted = wantedReplicas(draft.deployment);
  if (!isRolling(draft.deployment)) return wanted;
  const room = wanted + maxSurge(draft.deployment) - totalReplicas(draft.all);
  return room <= 0 ? size : size + Math.min(room, wanted - size);
}

/** One step of a rolling update: grow the current set, or else shrink the old ones. */
export function rollOn(draft: Draft, current: ReplicaSet): void {
  if (growCurrent(draft, current)) return;
  shrinkOld(draft, current);
}

function growCurrent(draft: Draft, current: ReplicaSet): boolean {
  const wanted = wantedReplicas(draft.deployment);
  const size = specReplicas(current);
  if (size === wanted) return false;
  if (size > wanted) return draft.scale(current, wanted);
  const grown = currentSetReplicas(draft, size);
  return grown !== size && draft.scale(current, grown);
}

function shrinkOld(draft: Draft, current: ReplicaSet): void {
  if (totalReplicas(draft.old) === 0) return;
  const minAvailable = wantedReplicas(draft.deployment) - maxUnavailable(draft.deployment);
  const currentUnavailable = specReplicas(current) - available(current);
  const spare = totalReplicas(draft.all) - minAvailable - currentUnavailable;
  if (spare <= 0) return;

  let cleaned = 0;
  for (const set of draft.old.filter(isScaledUp).sort(byCreation)) {
    const unhealthy = Math.min(spare - cleaned, specReplicas(set) - available(set));
    if (unhealthy <= 0) continue;
    draft.scale(set, specReplicas(set) - unhealthy);
    cleaned += unhealthy;
  }

  // The available pods are counted before the clean-up, whose victims were not among them.
  let left = sumAvailable(draft.all) - minAvailable;
  for (const set of draft.old.filter(isScaledUp).sort(byCreation)) {
    const count = Math.min(left, specReplicas(set));
    if (count <= 0) continue;
    draft.scale(set, specReplicas(set) - count);
    left -= count;
  }
}

/** True when an old set has just been told to shrink: the rest waits for the next pass. */
export function emptyOld(draft: Draft): boolean {
  const active = draft.old.filter(isScaledUp);
  for (const set of active) draft.scale(set, 0);
  return active.length > 0;
}

/** Whether a pod that is not the current set's may still run; terminating ones may. */
export function hasOldPods(draft: Draft, pods: readonly Pod[]): boolean {
  if (draft.old.some((set) => set.status.replicas > 0)) return true;
  const current = draft.current?.metadata.uid;
  return pods.some((pod) => !isPodFinished(pod) && controllerOf(pod)?.uid !== current);
}
