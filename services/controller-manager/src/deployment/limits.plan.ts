/** How far a rollout may stray from the replicas asked for (upstream's ResolveFenceposts). */
import { resolveRollingUpdate, type Deployment } from '@drydock/api';

export function wantedReplicas(deployment: Deployment): number {
  return deployment.spec.replicas ?? 1;
}

export function isRolling(deployment: Deployment): boolean {
  return deployment.spec.strategy?.type !== 'Recreate';
}

/** Pods above the wanted replicas that a rollout may have. */
export function maxSurge(deployment: Deployment): number {
  return isRolling(deployment) ? resolve(deployment).maxSurge : 0;
}

/** Pods below the wanted replicas that a rollout may be without. */
export function maxUnavailable(deployment: Deployment): number {
  const replicas = wantedReplicas(deployment);
  if (!isRolling(deployment) || replicas === 0) return 0;
  return Math.min(resolve(deployment).maxUnavailable, replicas);
}

function resolve(deployment: Deployment) {
  const { maxSurge = '25%', maxUnavailable = '25%' } =
    deployment.spec.strategy?.rollingUpdate ?? {};
  return resolveRollingUpdate({ maxSurge, maxUnavailable }, wantedReplicas(deployment));
}

/** No deadline is written as the largest int32, and so stays out of the conditions. */
export function progressDeadlineSeconds(deployment: Deployment): number | undefined {
  const seconds = deployment.spec.progressDeadlineSeconds;
  return seconds === undefined || seconds === 2 ** 31 - 1 ? undefined : seconds;
}
