/** What a Deployment's status says of its rollout (upstream's progress.go and sync.go). */
import type { Deployment, DeploymentStatus, ReplicaSet } from '@drydock/api';
import { isEqualButForZeros } from '../equality.plan.ts';
import { ageOf, type Moment } from '../moment.plan.ts';
import {
  findCondition,
  replaceCondition,
  withCondition,
  withoutCondition,
  type NewCondition,
} from './conditions.plan.ts';
import type { Draft, DeploymentAction } from './draft.plan.ts';
import { maxUnavailable, progressDeadlineSeconds, wantedReplicas } from './limits.plan.ts';
import { totalReplicas } from './replica-sets.plan.ts';

const sum = (
  sets: readonly ReplicaSet[],
  read: (status: ReplicaSet['status']) => number | undefined,
) => sets.reduce((total, one) => total + (read(one.status) ?? 0), 0);

const availability = {
  enough: {
    type: 'Available',
    status: 'True',
    reason: 'MinimumReplicasAvailable',
    message: 'Deployment has minimum availability.',
  },
  lacking: {
    type: 'Available',
    status: 'False',
    reason: 'MinimumReplicasUnavailable',
    message: 'Deployment does not have minimum availability.',
  },
} as const satisfies Record<string, NewCondition>;

/** The counts and Available, with the other conditions of the draft. */
export function countStatus(draft: Draft): DeploymentStatus {
  const { deployment, all, current, moment } = draft;
  const availableReplicas = sum(all, (status) => status.availableReplicas);
  const { collisionCount, conditions } = draft.status;
  const status: DeploymentStatus = {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: sum(all, (one) => one.replicas),
    updatedReplicas: current?.status.replicas ?? 0,
    readyReplicas: sum(all, (one) => one.readyReplicas),
    availableReplicas,
    unavailableReplicas: Math.max(0, totalReplicas(all) - availableReplicas),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    conditions: conditions ?? [],
  };
  const isEnough = availableReplicas >= wantedReplicas(deployment) - maxUnavailable(deployment);
  return withCondition(status, isEnough ? availability.enough : availability.lacking, moment);
}

/** As countStatus, with how the rollout comes along. */
export function rolloutStatus(draft: Draft): DeploymentStatus {
  const status = withProgress(draft, countStatus(draft));
  const sets = [draft.current, ...draft.old].filter((set) => set !== undefined);
  const failure = sets
    .flatMap((set) => set.status.conditions ?? [])
    .find((condition) => condition.type === 'ReplicaFailure');
  if (failure === undefined) return withoutCondition(status, 'ReplicaFailure');
  const { status: truth, reason = '', message = '' } = failure;
  const condition = { type: 'ReplicaFailure', status: truth, reason, message } as const;
  return withCondition(status, condition, draft.moment);
}

function withProgress(draft: Draft, status: DeploymentStatus): DeploymentStatus {
  const { deployment, moment } = draft;
  if (progressDeadlineSeconds(deployment) === undefined) {
    return withoutCondition(status, 'Progressing');
  }
  const present = findCondition(draft.status, 'Progressing');
  const wasComplete =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) &&
    present?.reason === 'NewReplicaSetAvailable';
  if (wasComplete) return status;
  const what =
    draft.current === undefined
      ? `Deployment "${deployment.metadata.name}"`
      : `ReplicaSet "${draft.current.metadata.name}"`;
  const progressing = (truth: 'True' | 'False', reason: string, message: string): NewCondition => ({
    type: 'Progressing',
    status: truth,
    reason,
    message: `${what} ${message}`,
  });
  if (isComplete(deployment, status)) {
    const condition = progressing('True', 'NewReplicaSetAvailable', 'has successfully progressed.');
    return withCondition(status, condition, moment);
  }
  if (hasProgressed(deployment.status, status)) {
    const condition = progressing('True', 'ReplicaSetUpdated', 'is progressing.');
    return replaceCondition(status, condition, moment);
  }
  if (isOverdue(deployment, status, moment)) {
    const condition = progressing(
      'False',
      'ProgressDeadlineExceeded',
      'has timed out progressing.',
    );
    return withCondition(status, condition, moment);
  }
  return status;
}

/** All pods are of the current template, and all are available. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const wanted = wantedReplicas(deployment);
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

function hasProgressed(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const oldPods = (status: DeploymentStatus) =>
    (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    oldPods(after) < oldPods(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function isOverdue(deployment: Deployment, status: DeploymentStatus, moment: Moment): boolean {
  const condition = findCondition(status, 'Progressing');
  if (condition === undefined || condition.reason === 'NewReplicaSetAvailable') return false;
  if (condition.reason === 'ProgressDeadlineExceeded') return true;
  const deadline = progressDeadlineSeconds(deployment);
  return deadline !== undefined && ageOf(condition.lastUpdateTime, moment) > deadline * 1000;
}

/** The write of the status, if it changed, and the look at it when the deadline will have passed. */
export function statusActions(draft: Draft, status: DeploymentStatus): DeploymentAction[] {
  const { deployment, moment } = draft;
  const actions: DeploymentAction[] = [];
  if (!isEqualButForZeros(status, deployment.status))
    actions.push({ kind: 'updateStatus', status });
  const deadline = progressDeadlineSeconds(deployment);
  const progress = findCondition(status, 'Progressing');
  const isOver =
    deadline === undefined ||
    progress === undefined ||
    progress.reason === 'ProgressDeadlineExceeded' ||
    isComplete(deployment, status);
  if (isOver) return actions;
  const left = deadline * 1000 - ageOf(progress.lastUpdateTime, moment);
  return [...actions, { kind: 'requeueAfter', millis: Math.max(0, left) + 1000 }];
}
