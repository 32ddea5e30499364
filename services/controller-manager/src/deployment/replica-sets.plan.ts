/**
 * The ReplicaSets of a Deployment: which one is current, what a new one looks like, in which order
 * they are served.
 */
import {
  controllerReference,
  podTemplateHash,
  type Deployment,
  type PodTemplateSpec,
  type ReplicaSet,
} from '@drydock/api';
import { isEqualJson } from '../equality.plan.ts';
import { currentSetAnnotations, replicasAnnotations, revisionOf } from './annotations.plan.ts';

const podTemplateHashLabel = 'pod-template-hash';

export function specReplicas(replicaSet: ReplicaSet): number {
  return replicaSet.spec.replicas ?? 1;
}

export function totalReplicas(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((sum, one) => sum + specReplicas(one), 0);
}

export const isScaledUp = (replicaSet: ReplicaSet) => specReplicas(replicaSet) > 0;

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

export function byCreation(a: ReplicaSet, b: ReplicaSet): number {
  return (
    compareText(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
    compareText(a.metadata.name, b.metadata.name)
  );
}
export const bySizeThenOlder = (a: ReplicaSet, b: ReplicaSet) =>
  specReplicas(b) - specReplicas(a) || byCreation(a, b);
export const bySizeThenNewer = (a: ReplicaSet, b: ReplicaSet) =>
  specReplicas(b) - specReplicas(a) || byCreation(b, a);
export const byRevision = (a: ReplicaSet, b: ReplicaSet) =>
  revisionOf(a) - revisionOf(b) || byCreation(a, b);

/** The oldest set with the Deployment's template; several can only come of an upgrade. */
export function findCurrent(
  deployment: Deployment,
  replicaSets: readonly ReplicaSet[],
): ReplicaSet | undefined {
  return replicaSets.toSorted(byCreation).find((one) => hasTemplate(one, deployment.spec.template));
}

/** Whether the set makes pods of the template, its own hash label aside. */
export function hasTemplate(replicaSet: ReplicaSet, template: PodTemplateSpec): boolean {
  return isEqualJson(
    withoutHash(replicaSet.spec.template ?? { spec: { containers: [] } }),
    withoutHash(template),
  );
}

function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [podTemplateHashLabel]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** The ReplicaSet of the Deployment's present template, not yet created. */
export function newReplicaSet(
  deployment: Deployment,
  options: { readonly replicas: number; readonly revision: number },
): ReplicaSet {
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = podTemplateHash(template, deployment.status.collisionCount);
  const labels = { ...template.metadata?.labels, [podTemplateHashLabel]: hash };
  const annotations = {
    ...currentSetAnnotations(deployment, {}, options.revision),
    ...replicasAnnotations(deployment),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace ?? '',
      labels,
      annotations,
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: options.replicas,
      minReadySeconds: minReadySeconds ?? 0,
      selector: {
        ...selector,
        matchLabels: { ...selector.matchLabels, [podTemplateHashLabel]: hash },
      },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
    status: { replicas: 0 },
  };
}
