/** The conditions of a Deployment: Available, Progressing, ReplicaFailure. */
import type { ConditionStatus, DeploymentCondition, DeploymentStatus } from '@drydock/api';
import { timestamp, type Moment } from '../moment.plan.ts';

export type ConditionType = 'Available' | 'Progressing' | 'ReplicaFailure';

export function findCondition(
  status: DeploymentStatus,
  type: ConditionType,
): DeploymentCondition | undefined {
  return status.conditions?.find((condition) => condition.type === type);
}

export function withoutCondition(status: DeploymentStatus, type: ConditionType): DeploymentStatus {
  const conditions = (status.conditions ?? []).filter((condition) => condition.type !== type);
  return { ...status, conditions };
}

export interface NewCondition {
  readonly type: ConditionType;
  readonly status: ConditionStatus;
  readonly reason: string;
  readonly message: string;
}

/** Nothing changes while status and reason stay; the transition time moves only with the status. */
export function withCondition(
  status: DeploymentStatus,
  condition: NewCondition,
  moment: Moment,
): DeploymentStatus {
  const old = findCondition(status, condition.type);
  if (old?.status === condition.status && old.reason === condition.reason) return status;
  return replaceCondition(status, condition, moment);
}

/** As withCondition, and the update time moves even when status and reason stay. */
export function replaceCondition(
  status: DeploymentStatus,
  condition: NewCondition,
  moment: Moment,
): DeploymentStatus {
  const old = findCondition(status, condition.type);
  const now = timestamp(moment);
  const lastTransitionTime =
    old?.status === condition.status ? (old.lastTransitionTime ?? now) : now;
  const rest = withoutCondition(status, condition.type).conditions ?? [];
  return {
    ...status,
    conditions: [...rest, { ...condition, lastUpdateTime: now, lastTransitionTime }],
  };
}
