/**
 * Which pods a node may create (NodeRestriction): mirrors of the static pods that it runs itself. They are
 * owned by its own Node, and refer to nothing that the node could not read otherwise.
 */
import {
  forbiddenError,
  notFoundError,
  type KubernetesObject,
  type Node,
  type Pod,
} from '@drydock/api';
import { nodeNameOf } from '../../authz/node/node-authorizer.ts';
import { referencesOf } from '../../authz/node/pod-references.ts';
import type { Subject } from '../../authz/subject.ts';
import type { Target } from '../requests.ts';
import { mirrorAnnotation } from './admission.ts';

/** @throws ApiError Forbidden, or NotFound for a node that is not there */
export async function admitMirrorPod(
  user: Subject,
  { target, object }: { readonly target: Target; readonly object: KubernetesObject },
  nodeNamed: (name: string) => Promise<Node | undefined>,
): Promise<void> {
  const node = nodeNameOf(user);
  const { kind } = target;
  if (node === undefined || kind.group !== '' || kind.resource !== 'pods') return;
  const pod = object as Pod;
  const refuse = (why: string) => forbiddenError(kind, target.name, why);
  if (pod.metadata.annotations?.[mirrorAnnotation] === undefined) {
    throw refuse(
      `pod does not have "${mirrorAnnotation}" annotation, node "${node}" can only create mirror pods`,
    );
  }
  if (pod.spec.nodeName !== node) {
    throw refuse(`node "${node}" can only create pods with spec.nodeName set to itself`);
  }
  const uid = ownerUid(pod, node, refuse);
  const found = await nodeNamed(node);
  if (found === undefined) throw notFoundError({ group: '', resource: 'nodes' }, node);
  if (found.metadata.uid !== uid) {
    throw refuse(`node ${node} UID mismatch: expected ${uid} got ${found.metadata.uid}`);
  }
  const what = referredTo(pod);
  if (what !== undefined) throw refuse(`node "${node}" can not create pods that reference ${what}`);
}

function ownerUid(pod: Pod, node: string, refuse: (why: string) => Error): string {
  const [owner, ...more] = pod.metadata.ownerReferences ?? [];
  const onlyWith = (what: string) =>
    refuse(`node "${node}" can only create pods with ${what} set to itself`);
  if (more.length > 0) throw onlyWith('a single owner reference');
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node) {
    throw onlyWith('an owner reference');
  }
  if (owner.controller !== true) throw onlyWith('a controller owner reference');
  if (owner.blockOwnerDeletion === true) {
    throw refuse(`node "${node}" must not set blockOwnerDeletion on an owner reference`);
  }
  return owner.uid;
}

/** The first kind of object that it refers to, in upstream's words and order. */
function referredTo({ metadata, spec }: Pod): string | undefined {
  if (spec.serviceAccountName) return 'a service account';
  const { [mirrorAnnotation]: _, ...annotations } = metadata.annotations ?? {};
  const { secrets, configMaps, claims } = referencesOf({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, annotations },
    spec,
    status: {},
  });
  if (secrets.size > 0) return 'secrets';
  if (configMaps.size > 0) return 'configmaps';
  const usesBundles = spec.volumes?.some(({ projected }) =>
    projected?.sources?.some((source) => source.clusterTrustBundle !== undefined),
  );
  if (usesBundles === true) return 'clustertrustbundles';
  return claims.size > 0 ? 'persistentvolumeclaims' : undefined;
}
