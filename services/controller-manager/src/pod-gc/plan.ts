/**
 * Pods that nobody will ever finish (upstream's podgc).
 *
 * 1. Terminating pods that no node has, pods of nodes that are gone for the quarantine time, and
 *    terminating pods of nodes declared out of service are deleted at once.
 * 2. Ended pods above the threshold are deleted, evicted ones and the oldest first.
 * 3. A pod that had not ended becomes Failed first, so that its owner counts it rightly.
 */
import { isPodFinished, isPodReady, type Node, type Pod } from '@drydock/api';
import type { Millis } from '@drydock/ports';
import type { Moment } from '../moment.plan.ts';
import { withPodCondition } from '../pods.plan.ts';
import { nodeCondition } from '../node-lifecycle/health.plan.ts';

const outOfServiceKey = 'node.kubernetes.io/out-of-service';

/** How long a pod's node must be unknown before the pod is taken for an orphan. */
export const quarantineMillis: Millis = 40_000;

type PodGcReason = 'terminated' | 'outOfService' | 'orphaned' | 'unscheduledTerminating';

export interface PodGcAction {
  readonly reason: PodGcReason;
  readonly pod: Pod;
}

export interface PodGcSnapshot {
  readonly pods: readonly Pod[];
  readonly node: (name: string) => Node | undefined;
  /** Nodes that pods name and that have been missing for the quarantine time. */
  readonly isGone: (nodeName: string) => boolean;
  readonly terminatedPodThreshold: number;
}

export function plan(snapshot: PodGcSnapshot): PodGcAction[] {
  const actions = snapshot.pods.flatMap((pod) => {
    const reason = reasonFor(pod, snapshot);
    return reason === undefined ? [] : [{ pod, reason }];
  });
  const doomed = new Set(actions.map((action) => action.pod));
  const ended = snapshot.pods.filter((pod) => isPodFinished(pod) && !doomed.has(pod));
  const surplus = ended.length - snapshot.terminatedPodThreshold;
  if (snapshot.terminatedPodThreshold > 0 && surplus > 0) {
    const oldest = ended.sort(evictedThenOldest).slice(0, surplus);
    actions.push(...oldest.map((pod) => ({ pod, reason: 'terminated' as const })));
  }
  return actions;
}

function reasonFor(pod: Pod, { node, isGone }: PodGcSnapshot): PodGcReason | undefined {
  const { nodeName = '' } = pod.spec;
  const isLeaving = pod.metadata.deletionTimestamp !== undefined;
  if (nodeName === '') return isLeaving ? 'unscheduledTerminating' : undefined;
  if (isGone(nodeName)) return 'orphaned';
  const itsNode = node(nodeName);
  if (itsNode === undefined || !isLeaving) return undefined;
  const isOut =
    itsNode.spec.taints?.some((taint) => taint.key === outOfServiceKey) === true &&
    nodeCondition(itsNode, 'Ready')?.status !== 'True';
  return isOut && !isPodReady(pod) ? 'outOfService' : undefined;
}

function evictedThenOldest(a: Pod, b: Pod): number {
  const isEvicted = (pod: Pod) => pod.status.reason === 'Evicted';
  const time = (pod: Pod) => pod.metadata.creationTimestamp ?? '';
  return (
    Number(isEvicted(b)) - Number(isEvicted(a)) ||
    (time(a) < time(b) ? -1 : time(a) > time(b) ? 1 : 0)
  );
}

/** The status a pod gets before it is deleted; undefined when it may keep its own. */
export function lastStatus(
  { pod, reason }: PodGcAction,
  moment: Moment,
): Pod['status'] | undefined {
  if (isPodFinished(pod)) return undefined;
  const failed = { ...pod.status, phase: 'Failed' as const };
  if (reason !== 'orphaned') return failed;
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByPodGC',
    message: 'PodGC: node no longer exists',
  } as const;
  return withPodCondition(failed, condition, moment);
}
