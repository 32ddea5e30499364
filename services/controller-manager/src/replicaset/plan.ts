/**
 * How a ReplicaSet gets the pods it asks for (upstream's pkg/controller/replicaset).
 *
 * 1. Only active pods count: finished ones and those being deleted are as good as gone, so a pod that
 *    hangs in Terminating on a dead node is replaced at once.
 * 2. Pods are created or deleted, never both, at most 500 at a time, and only while the effects of
 *    the previous time have all been seen (expectations, kept by the shell).
 * 3. The status is a function of the active pods and of the failure of this pass, if any.
 */
import {
  isPodActive,
  isPodReady,
  podCondition,
  selectorFromLabelSelector,
  selectorFromLabels,
  type Pod,
  type ReplicaSet,
  type ReplicaSetStatus,
} from '@drydock/api';
import type { Millis } from '@drydock/ports';
import { isEqualButForZeros } from '../equality.plan.ts';
import { ageOf, timestamp, type Moment } from '../moment.plan.ts';
import { claim, type Claim } from '../owners.plan.ts';
import { isAvailable, podFromTemplate } from '../pods.plan.ts';
import { podsToDelete } from './ranking.plan.ts';

/** Pods created or deleted in one pass. */
export const burstReplicas = 500;

/** Which active pods are the set's. The claim's adoptions and releases come before anything else. */
export function planClaim(replicaSet: ReplicaSet, podsOfNamespace: readonly Pod[]): Claim<Pod> {
  const selector = selectorFromLabelSelector(replicaSet.spec.selector);
  return claim(replicaSet, podsOfNamespace.filter(isPodActive), (pod) =>
    selector.matches(pod.metadata.labels),
  );
}

export type ReplicaSetAction =
  | { readonly kind: 'create'; readonly pod: Pod; readonly count: number }
  | { readonly kind: 'delete'; readonly pods: readonly Pod[] };

export interface ReplicaSetSnapshot {
  readonly replicaSet: ReplicaSet;
  /** The active pods that the set controls. */
  readonly pods: readonly Pod[];
  /** All pods of ReplicaSets with the same controller; asked for only when pods must go. */
  readonly relatedPods: () => readonly Pod[];
  readonly moment: Moment;
}

/** What brings the number of pods nearer to the number asked for; undefined when it is right. */
export function plan(snapshot: ReplicaSetSnapshot): ReplicaSetAction | undefined {
  const { replicaSet, pods, moment } = snapshot;
  if (replicaSet.metadata.deletionTimestamp !== undefined) return undefined;
  const surplus = pods.length - wantedReplicas(replicaSet);
  if (surplus < 0) {
    const pod = podFromTemplate(
      replicaSet,
      replicaSet.spec.template ?? { spec: { containers: [] } },
    );
    return { kind: 'create', pod, count: Math.min(-surplus, burstReplicas) };
  }
  if (surplus === 0) return undefined;
  const count = Math.min(surplus, burstReplicas);
  const doomed = podsToDelete({ pods, related: snapshot.relatedPods(), count, moment });
  return { kind: 'delete', pods: doomed };
}

function wantedReplicas(replicaSet: ReplicaSet): number {
  return replicaSet.spec.replicas ?? 1;
}

/** A failure of this pass, as the ReplicaFailure condition tells it. */
export interface Failure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly message: string;
}

export interface StatusPlan {
  /** Undefined when the stored status says the same. */
  readonly status: ReplicaSetStatus | undefined;
  /** Until the next ready pod becomes available, which no event tells. */
  readonly requeueAfter: Millis | undefined;
}

export function planStatus(
  snapshot: Omit<ReplicaSetSnapshot, 'relatedPods'> & { readonly failure: Failure | undefined },
): StatusPlan {
  const { replicaSet, pods, failure, moment } = snapshot;
  const minReadySeconds = replicaSet.spec.minReadySeconds ?? 0;
  const template = selectorFromLabels(replicaSet.spec.template?.metadata?.labels);
  const count = (predicate: (pod: Pod) => boolean) => pods.filter(predicate).length;
  const conditions = withFailure(replicaSet.status, failure, moment);
  const status: ReplicaSetStatus = {
    replicas: pods.length,
    fullyLabeledReplicas: count((pod) => template.matches(pod.metadata.labels)),
    readyReplicas: count(isPodReady),
    availableReplicas: count((pod) => isAvailable(pod, minReadySeconds, moment)),
    observedGeneration: replicaSet.metadata.generation ?? 0,
    ...(conditions.length === 0 ? {} : { conditions }),
  };
  const waits = pods
    .filter((pod) => isPodReady(pod) && !isAvailable(pod, minReadySeconds, moment))
    .map((pod) => minReadySeconds * 1000 - ageOf(readySince(pod) ?? timestamp(moment), moment));
  return {
    status: isEqualButForZeros(status, replicaSet.status) ? undefined : status,
    requeueAfter: waits.length === 0 ? undefined : Math.min(...waits),
  };
}

const readySince = (pod: Pod) => podCondition(pod, 'Ready')?.lastTransitionTime;

function withFailure(status: ReplicaSetStatus, failure: Failure | undefined, moment: Moment) {
  const conditions = status.conditions ?? [];
  const old = conditions.find((condition) => condition.type === 'ReplicaFailure');
  if (failure === undefined) return conditions.filter((condition) => condition !== old);
  if (old !== undefined) return conditions;
  const lastTransitionTime = timestamp(moment);
  return [
    ...conditions,
    { type: 'ReplicaFailure', status: 'True' as const, lastTransitionTime, ...failure },
  ];
}
