/**
 * Which tokens a node-agent may ask for (NodeRestriction): those of the pods bound to its node, for the
 * audiences that these pods ask for. A node that was taken over is no other pod.
 */
import {
  forbiddenError,
  notFoundError,
  type BoundObjectReference,
  type Pod,
  type TokenRequest,
} from '@drydock/api';
import type { Subject } from '../../authz/subject.ts';
import { nodeNameOf } from '../../authz/node/node-authorizer.ts';

const unbound: BoundObjectReference = { apiVersion: '', kind: '' };
const accounts = { group: '', resource: 'serviceaccounts' };

/** @throws ApiError Forbidden, or NotFound for a pod that is not there */
export async function admitTokenRequest(
  user: Subject,
  { name, spec }: { readonly name: string; readonly spec: TokenRequest['spec'] },
  podNamed: (name: string) => Promise<Pod | undefined>,
): Promise<void> {
  const node = nodeNameOf(user);
  if (node === undefined) return;
  const refuse = (why: string) => forbiddenError(accounts, name, why);
  const { apiVersion, kind, name: podName = '', uid = '' } = spec.boundObjectRef ?? unbound;
  if (apiVersion !== 'v1' || kind !== 'Pod' || podName === '') {
    throw refuse('node requested token not bound to a pod');
  }
  if (uid === '') throw refuse('node requested token with a pod binding without a uid');
  const pod = await podNamed(podName);
  if (pod === undefined) throw notFoundError({ group: '', resource: 'pods' }, podName);
  if (pod.metadata.uid !== uid) throw refuse(otherUid(uid));
  if (pod.spec.nodeName !== node) {
    throw refuse('node requested token bound to a pod scheduled on a different node');
  }
  const [audience = '', ...more] = spec.audiences ?? [];
  if (more.length > 0) throw refuse('node may only request 0 or 1 audiences');
  if (!audiencesOf(pod).has(audience)) {
    throw refuse(`audience "${audience}" not found in pod spec volume`);
  }
}

export const otherUid = (uid: string): string =>
  `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;

function audiencesOf(pod: Pod): ReadonlySet<string> {
  const sources = (pod.spec.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
  return new Set(
    sources.flatMap(({ serviceAccountToken: token }) =>
      token === undefined ? [] : [token.audience ?? ''],
    ),
  );
}
