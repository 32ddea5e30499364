/**
 * Whether a pod may be evicted, and what the eviction costs its PodDisruptionBudget. Pure.
 * Source: upstream's eviction REST.
 */
import {
  ApiError,
  forbiddenError,
  formatTime,
  isPodFinished,
  isPodReady,
  isPodTerminating,
  selectorFromLabelSelector,
  tooManyRequestsError,
  withCondition,
  type Condition,
  type Pod,
  type PodDisruptionBudget,
  type PodDisruptionBudgetStatus,
} from '@drydock/api';

/** More than these mean that the controller does not keep up. */
const disruptedPodsMax = 2_000;
const busySeconds = 10;
const budgetResource = { group: 'policy', resource: 'poddisruptionbudget' };

/** It has ended or never ran: nothing is disrupted by its eviction. */
export function needsNoBudget(pod: Pod): boolean {
  return isPodFinished(pod) || pod.status.phase === 'Pending' || isPodTerminating(pod);
}

/** A pod that may still become ready must not do so between the decision and its eviction. */
export function mayBecomeReady(pod: Pod): boolean {
  return !isPodFinished(pod) && !isPodTerminating(pod);
}

/**
 * The budget that a pod counts for. An absent selector selects nothing, an empty one every pod.
 * @throws ApiError without reason for several budgets
 */
export function budgetOf(
  pod: Pod,
  budgets: readonly PodDisruptionBudget[],
): PodDisruptionBudget | undefined {
  const found = budgets.filter(({ spec }) =>
    selectorFromLabelSelector(spec.selector).matches(pod.metadata.labels),
  );
  if (found.length <= 1) return found[0];
  throw new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message:
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    code: 500,
  });
}

/** A pod that is not ready is no loss where the budget is met without it, or does not mind. */
export function isFree(pod: Pod, { spec, status }: PodDisruptionBudget): boolean {
  if (isPodReady(pod)) return false;
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  return status.currentHealthy >= status.desiredHealthy && status.desiredHealthy > 0;
}

function violation(retryAfterSeconds: number, why: string): ApiError {
  const message = "Cannot evict pod as it would violate the pod's disruption budget.";
  const causes = [{ reason: 'DisruptionBudget', message: why }];
  return tooManyRequestsError(retryAfterSeconds, message, causes);
}

/** What the budget says is not known to be true now. */
export function budgetIsBusy(name: string): ApiError {
  const why = `The disruption budget ${name} is still being processed by the server.`;
  return violation(busySeconds, why);
}

/**
 * The budget's status once one more of its pods is evicted.
 * @param wallTime milliseconds since the Unix epoch
 * @throws ApiError TooManyRequests or Forbidden
 */
export function spendDisruption(
  { metadata, status }: PodDisruptionBudget,
  podName: string,
  wallTime: number,
): PodDisruptionBudgetStatus {
  const { name, generation = 0 } = metadata;
  const { disruptionsAllowed, disruptedPods = {}, observedGeneration = 0 } = status;
  if (observedGeneration < generation) throw budgetIsBusy(name);
  const refuse = (why: string) => forbiddenError(budgetResource, name, why);
  if (disruptionsAllowed < 0) throw refuse('pdb disruptions allowed is negative');
  if (Object.keys(disruptedPods).length > disruptedPodsMax) {
    throw refuse('DisruptedPods map too big - too many evictions not confirmed by PDB controller');
  }
  if (disruptionsAllowed === 0) {
    const why = `The disruption budget ${name} needs ${status.desiredHealthy} healthy pods and has ${status.currentHealthy} currently`;
    throw violation(0, why);
  }
  const now = formatTime(wallTime);
  const left = disruptionsAllowed - 1;
  return {
    ...status,
    disruptionsAllowed: left,
    disruptedPods: { ...disruptedPods, [podName]: now },
    ...(left === 0 ? { conditions: withoutDisruptions(status, now) } : {}),
  };
}

function withoutDisruptions(
  { conditions, observedGeneration }: PodDisruptionBudgetStatus,
  now: string,
): Condition[] {
  const condition = {
    type: 'DisruptionAllowed',
    status: 'False' as const,
    reason: 'InsufficientPods',
    message: '',
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
  };
  return [...withCondition<Condition>(conditions, condition, now)];
}
