/**
 * What is decided about every object beyond its kind's own rules: the admission that a cluster without
 * webhooks has (NamespaceLifecycle, ServiceAccount, DefaultTolerationSeconds, Priority,
 * TaintNodesByCondition), and what a node may write (NodeRestriction).
 */
import {
  ApiError,
  forbiddenError,
  notFoundError,
  taintNotReady,
  taintUnreachable,
  type KubernetesObject,
  type Namespace,
  type Node,
  type Pod,
  type Toleration,
} from '@drydock/api';
import type { Target } from '../requests.ts';

const namespacesResource = { group: '', resource: 'namespaces' };
const immortalNamespaces = new Set(['default', 'kube-system', 'kube-public']);
const evictionSeconds = 300;

/** Of a pod that shows what a node runs of itself: it stays as it is. */
export const mirrorAnnotation = 'kubernetes.io/config.mirror';

/** Fills in what a new object gets from its cluster. Changes the object. */
export function mutateNew(object: KubernetesObject): void {
  if (object.kind === 'Pod') mutateNewPod(object as Pod);
  else if (object.kind === 'Node') taintNewNode(object as Node);
}

function mutateNewPod(pod: Pod): void {
  const { spec } = pod;
  const isMirror = pod.metadata.annotations?.[mirrorAnnotation] !== undefined;
  if (!spec.serviceAccountName && !isMirror) spec.serviceAccountName = 'default';
  // The field's old name says the same, as upstream's conversion has it.
  if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
  spec.priority ??= 0;
  spec.preemptionPolicy ??= 'PreemptLowerPriority';
  const tolerations = spec.tolerations ?? [];
  const missing = [taintNotReady, taintUnreachable].filter(
    (key) => !tolerations.some((toleration) => toleratesEviction(toleration, key)),
  );
  if (missing.length === 0) return;
  spec.tolerations = [
    ...tolerations,
    ...missing.map((key): Toleration => ({
      key,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: evictionSeconds,
    })),
  ];
}

function toleratesEviction({ key, effect }: Toleration, taint: string): boolean {
  const isForKey = key === taint || key === undefined || key === '';
  return isForKey && (effect === 'NoExecute' || effect === undefined);
}

/** A node takes no pods before the node controller has seen it ready. */
function taintNewNode(node: Node): void {
  const taints = node.spec.taints ?? [];
  if (taints.some(({ key, effect }) => key === taintNotReady && effect === 'NoSchedule')) return;
  node.spec.taints = [...taints, { key: taintNotReady, effect: 'NoSchedule' }];
}

/**
 * New objects need a namespace that is there and stays.
 * @throws ApiError NotFound or Forbidden
 */
export function admitIntoNamespace(target: Target, namespace: Namespace | undefined): void {
  if (namespace === undefined) throw notFoundError(namespacesResource, target.namespace);
  if (
    namespace.metadata.deletionTimestamp === undefined &&
    namespace.status.phase !== 'Terminating'
  )
    return;
  const refusal = forbiddenError(
    target.kind,
    target.name,
    `unable to create new content in namespace ${target.namespace} because it is being terminated`,
  );
  throw new ApiError({
    ...refusal.status,
    details: {
      ...refusal.status.details,
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${target.namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    },
  });
}

/** @throws ApiError Forbidden for the namespaces that a cluster cannot be without */
export function admitDeletion(target: Target): void {
  if (target.kind.resource === 'namespaces' && immortalNamespaces.has(target.name)) {
    throw forbiddenError(namespacesResource, target.name, 'this namespace may not be deleted');
  }
}
