/** How far a rollout may stray from the replicas asked for (upstream's ResolveFenceposts). */
import type { Deployment, IntOrString } from '@drydock/api';

export function wantedReplicas(deployment: Deployment): number {
  return deployment.spec.replicas ?? 1;
}

export function isRolling(deployment: Deployment): boolean {
  return deployment.spec.strategy?.type !== 'Recreate';
}

/** Pods above the wanted replicas that a rollout may have. */
export function maxSurge(deployment: Deployment): number {
  return isRolling(deployment) ? resolve(deployment).surge : 0;
}

/** Pods below the wanted replicas that a rollout may be without. */
export function maxUnavailable(deployment: Deployment): number {
  const replicas = wantedReplicas(deployment);
  if (!isRolling(deployment) || replicas === 0) return 0;
  return Math.min(resolve(deployment).unavailable, replicas);
}

/** Surge is rounded up, unavailability down; when both come to nothing, one pod may be away. */
function resolve(deployment: Deployment): { surge: number; unavailable: number } {
  const replicas = wantedReplicas(deployment);
  const limits = deployment.spec.strategy?.rollingUpdate;
  const surge = scaled(limits?.maxSurge ?? '25%', replicas, Math.ceil);
  const unavailable = scaled(limits?.maxUnavailable ?? '25%', replicas, Math.floor);
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

function scaled(value: IntOrString, total: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(value)?.[1];
  return percent === undefined ? 0 : round((Number(percent) * total) / 100);
}

/** No deadline is written as the largest int32, and so stays out of the conditions. */
export function progressDeadlineSeconds(deployment: Deployment): number | undefined {
  const seconds = deployment.spec.progressDeadlineSeconds;
  return seconds === undefined || seconds === 2 ** 31 - 1 ? undefined : seconds;
}
