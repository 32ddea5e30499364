/** The annotations through which a Deployment and its ReplicaSets remember a rollout. */
import type { Deployment, ReplicaSet } from '@drydock/api';
import { maxSurge, wantedReplicas } from './limits.plan.ts';

export const revisionAnnotation = 'deployment.kubernetes.io/revision';
const revisionHistoryAnnotation = 'deployment.kubernetes.io/revision-history';
const desiredReplicasAnnotation = 'deployment.kubernetes.io/desired-replicas';
const maxReplicasAnnotation = 'deployment.kubernetes.io/max-replicas';

type Annotations = Readonly<Record<string, string>>;

const notCopied: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
  revisionAnnotation,
  revisionHistoryAnnotation,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
]);

/** Length of the revision history in characters. */
const historyLengthMax = 2000;

/** 0 when the set has none or one that is no number. */
export function revisionOf(replicaSet: ReplicaSet): number {
  const revision = Number(replicaSet.metadata.annotations?.[revisionAnnotation] ?? 0);
  return Number.isInteger(revision) ? revision : 0;
}

function numberAt(replicaSet: ReplicaSet, annotation: string): number | undefined {
  const text = replicaSet.metadata.annotations?.[annotation];
  return text === undefined || !/^-?\d+$/.test(text) ? undefined : Number(text);
}

/** The Deployment's replicas when the set was last scaled. */
export const desiredReplicasOf = (replicaSet: ReplicaSet) =>
  numberAt(replicaSet, desiredReplicasAnnotation);

/** The Deployment's replicas and surge when the set was last scaled. */
export const maxReplicasOf = (replicaSet: ReplicaSet) =>
  numberAt(replicaSet, maxReplicasAnnotation);

export function replicasAnnotations(deployment: Deployment): Annotations {
  const desired = wantedReplicas(deployment);
  return {
    [desiredReplicasAnnotation]: String(desired),
    [maxReplicasAnnotation]: String(desired + maxSurge(deployment)),
  };
}

/**
 * The annotations of the current ReplicaSet: the Deployment's own, and the revision, which only
 * rises; a revision that returns (a rollback) leaves its old number in the history.
 */
export function currentSetAnnotations(
  deployment: Deployment,
  existing: Annotations,
  revision: number,
): Annotations {
  const annotations: Record<string, string> = { ...existing };
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) {
    if (!notCopied.has(key)) annotations[key] = value;
  }
  const old = annotations[revisionAnnotation];
  if (Number(old ?? 0) >= revision) return annotations;
  annotations[revisionAnnotation] = String(revision);
  if (old === undefined) return annotations;
  const history = (annotations[revisionHistoryAnnotation] ?? '').split(',').filter(Boolean);
  history.push(old);
  while (history.join(',').length > historyLengthMax) history.shift();
  annotations[revisionHistoryAnnotation] = history.join(',');
  return annotations;
}
