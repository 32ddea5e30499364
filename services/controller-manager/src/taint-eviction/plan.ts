/**
 * When a pod must leave its node because of NoExecute taints (upstream's tainteviction).
 *
 * 1. A taint that the pod does not tolerate evicts it at once; one that it tolerates for a while,
 *    when that while has passed since the taint was added, or since the pod was created under it.
 * 2. Taint times come from the taint, so a new leader does not start the wait anew.
 */
import { isPodActive, tolerates, type Pod, type Taint } from '@drydock/api';
import type { Millis } from '@drydock/ports';
import { ageOf, type Moment } from '../moment.plan.ts';
import { withPodCondition } from '../pods.plan.ts';

export type EvictionPlan =
  | { readonly kind: 'stay' }
  | { readonly kind: 'evict' }
  | { readonly kind: 'evictAfter'; readonly millis: Millis };

export function plan(pod: Pod, nodeTaints: readonly Taint[], moment: Moment): EvictionPlan {
  if (!isPodActive(pod)) return { kind: 'stay' };
  let left = Infinity;
  for (const taint of nodeTaints) {
    if (taint.effect !== 'NoExecute') continue;
    const matching = (pod.spec.tolerations ?? []).filter((one) => tolerates(one, taint));
    if (matching.length === 0) return { kind: 'evict' };
    const seconds = Math.min(...matching.map((one) => one.tolerationSeconds ?? Infinity));
    if (seconds === Infinity) continue;
    const under = Math.min(
      ageOf(taint.timeAdded ?? pod.metadata.creationTimestamp, moment),
      ageOf(pod.metadata.creationTimestamp, moment),
    );
    left = Math.min(left, Math.max(0, seconds) * 1000 - under);
  }
  if (left === Infinity) return { kind: 'stay' };
  return left <= 0 ? { kind: 'evict' } : { kind: 'evictAfter', millis: left };
}

/** The status that says why the pod went. */
export function evictedStatus(pod: Pod, moment: Moment): Pod['status'] {
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
  } as const;
  return withPodCondition(pod.status, condition, moment);
}
