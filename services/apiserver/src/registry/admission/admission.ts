/**
 * What is decided about every object beyond its kind's own rules: the admission that a cluster without
 * webhooks has (NamespaceLifecycle, LimitRanger, ServiceAccount, Priority, DefaultTolerationSeconds,
 * TaintNodesByCondition, DefaultStorageClass, StorageObjectInUseProtection, PersistentVolumeClaimResize,
 * DefaultIngressClass, ResourceQuota, those of certificates), and what a node may write (NodeRestriction).
 * Which of upstream's are here: docs/internals/admission.md.
 */
import {
  ApiError,
  forbiddenError,
  notFoundError,
  taintNotReady,
  taintUnreachable,
  type CertificateSigningRequest,
  type FieldError,
  type KubernetesObject,
  type Namespace,
  type Node,
  type PersistentVolumeClaim,
  type Pod,
  type PriorityClass,
  type Toleration,
} from '@drydock/api';
import type { PeerIdentity } from '@drydock/rpc';
import type { Target } from '../requests.ts';
import { setDefaultIngressClass } from './default-ingress-class.ts';
import { setDefaultStorageClass } from './default-storage-class.ts';
import { protectStorageObject } from './storage-protection.ts';
import { setRequester, stampConditions, validateSignature } from './certificate-requests.ts';
import type { ClusterView } from './cluster-view.ts';
import { limitProblem, setContainerDefaults } from './limit-ranger.ts';
import { expansionProblem } from './volume-expansion.ts';
import { defaultClassProblem, keepPriority, resolvePriority } from './priority.ts';

const namespacesResource = { group: '', resource: 'namespaces' };
const immortalNamespaces = new Set(['default', 'kube-system', 'kube-public']);
const evictionSeconds = 300;

/** Of a pod that shows what a node runs of itself: it stays as it is. */
export const mirrorAnnotation = 'kubernetes.io/config.mirror';

/** An object that somebody wants to write. */
export interface Admitted {
  readonly target: Target;
  readonly object: KubernetesObject;
  readonly view: ClusterView;
}

function refusal({ target, object }: Admitted, why: string): ApiError {
  const { name, generateName } = object.metadata;
  return forbiddenError(target.kind, name || (generateName ?? ''), why);
}

/** Fills in what a new object gets from its cluster. Changes the object. @throws ApiError Forbidden */
export function mutateNew(one: Admitted, user: PeerIdentity): void {
  const { object } = one;
  switch (object.kind) {
    case 'Pod':
      mutateNewPod(object as Pod, one);
      break;
    case 'Node':
      taintNewNode(object as Node);
      break;
    case 'CertificateSigningRequest':
      setRequester(object as CertificateSigningRequest, user);
      break;
  }
  setDefaultStorageClass(object, one.view);
  protectStorageObject(object);
  setDefaultIngressClass(object, one.view);
}

/** The same for what an object becomes. @param wallTime milliseconds since the Unix epoch */
export function mutateUpdate(
  object: KubernetesObject,
  old: KubernetesObject,
  wallTime: number,
): void {
  if (object.kind === 'Pod') keepPriority(object as Pod, old as Pod);
  else if (object.kind === 'CertificateSigningRequest') {
    stampConditions(
      object as CertificateSigningRequest,
      old as CertificateSigningRequest,
      wallTime,
    );
  }
}

/** What is wrong with a new object that its kind alone cannot tell. */
export function validateNew(object: KubernetesObject): FieldError[] {
  if (object.kind !== 'CertificateSigningRequest') return [];
  return validateSignature(object as CertificateSigningRequest);
}

/** @throws ApiError Forbidden for what the rest of the cluster does not allow */
export function admitWrite(one: Admitted, old: KubernetesObject | undefined): void {
  const why = problemOf(one, old);
  if (why !== undefined) throw refusal(one, why);
}

function problemOf(
  { target, object, view }: Admitted,
  old: KubernetesObject | undefined,
): string | undefined {
  switch (object.kind) {
    case 'Pod':
      // What limits bound cannot be changed by an update.
      if (old !== undefined) return undefined;
      return limitProblem(view.limitRanges(target.namespace), object);
    case 'PersistentVolumeClaim': {
      const problem = limitProblem(view.limitRanges(target.namespace), object);
      if (problem !== undefined || old === undefined) return problem;
      const claims = [object, old] as [PersistentVolumeClaim, PersistentVolumeClaim];
      return expansionProblem(...claims, view.storageClasses());
    }
    case 'PriorityClass':
      return defaultClassProblem(object as PriorityClass, view.priorityClasses());
    default:
      return undefined;
  }
}

function mutateNewPod(pod: Pod, one: Admitted): void {
  const { spec } = pod;
  setContainerDefaults(pod, one.view.limitRanges(one.target.namespace));
  const isMirror = pod.metadata.annotations?.[mirrorAnnotation] !== undefined;
  if (!spec.serviceAccountName && !isMirror) spec.serviceAccountName = 'default';
  // The field's old name says the same, as upstream's conversion has it.
  if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
  const why = resolvePriority(pod, one.view.priorityClasses());
  if (why !== undefined) throw refusal(one, why);
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
