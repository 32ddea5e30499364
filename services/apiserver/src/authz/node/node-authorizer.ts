/**
 * What a node may do, by what runs on it: it reads the secrets, ConfigMaps and volumes that its pods
 * refer to, its own pods, and its own Node, Lease and CSINode. Pure.
 *
 * 1. It has no opinion on anyone else, and never forbids: what it does not allow, roles may.
 * 2. What is not subdivided follows the rules of the ClusterRole `system:node`.
 * 3. What a node writes into its objects is narrowed further by admission (NodeRestriction).
 *
 * Source: upstream's node authorizer with AuthorizeNodeWithSelectors, as it is in 1.32.
 */
import type {
  KubernetesObject,
  PersistentVolume,
  PersistentVolumeClaim,
  PolicyRule,
  VolumeAttachment,
} from '@drydock/api';
import type { Decision, RequestAttributes } from '../attributes.ts';
import { ruleAllows } from '../rbac/rules.ts';
import type { Subject } from '../subject.ts';
import type { PodReferences } from './pod-references.ts';
import type { NodePods } from './node-pods.ts';
import { secretsOfVolume } from './volume-secrets.ts';

export interface NodeAuthorizerOptions {
  readonly pods: Pick<NodePods, 'has' | 'on'>;
  /** An object as the cache has it. */
  readonly find: (
    place: { readonly group: string; readonly resource: string },
    namespace: string,
    name: string,
  ) => KubernetesObject | undefined;
  /** Of the ClusterRole `system:node`. */
  readonly rules: readonly PolicyRule[];
}

export interface NodeAuthorizer {
  /** Undefined for whoever is no node. */
  decide(subject: Subject, attributes: RequestAttributes): Decision | undefined;
}

const userPrefix = 'system:node:';
const nodesGroup = 'system:nodes';
const leaseNamespace = 'kube-node-lease';

/** The node that a user is the agent of. */
export function nodeNameOf({ user, groups }: Subject): string | undefined {
  if (!user.startsWith(userPrefix) || !groups.includes(nodesGroup)) return undefined;
  return user.slice(userPrefix.length);
}

const allowed: Decision = { allowed: true, reason: '' };
const notAllowed = (reason = ''): Decision => ({ allowed: false, reason });

/** A question about one request of one node. */
interface Ask {
  readonly node: string;
  readonly attributes: RequestAttributes;
}

export function createNodeAuthorizer(options: NodeAuthorizerOptions): NodeAuthorizer {
  const judges: Readonly<Record<string, (ask: Ask) => Decision>> = {
    '/secrets': (ask) => readable(ask, () => reachesSecret(options, ask)),
    '/configmaps': (ask) => readable(ask, () => refers(options, ask, 'configMaps')),
    '/persistentvolumeclaims': (ask) => judgeClaim(options, ask),
    '/persistentvolumes': (ask) => gettable(ask, () => reachesVolume(options, ask)),
    'storage.k8s.io/volumeattachments': (ask) => gettable(ask, () => isOwnAttachment(options, ask)),
    '/serviceaccounts': (ask) => judgeToken(options, ask),
    'coordination.k8s.io/leases': judgeLease,
    'storage.k8s.io/csinodes': judgeCSINode,
    '/nodes': judgeNode,
    '/pods': (ask) => judgePod(options, ask),
  };
  return {
    decide: (subject, attributes) => {
      const node = nodeNameOf(subject);
      if (node === undefined) return undefined;
      const place = `${attributes.group}/${attributes.resource}`;
      if (Object.hasOwn(judges, place)) return judges[place]!({ node, attributes });
      const isInRules = options.rules.some((rule) => ruleAllows(rule, attributes));
      return isInRules ? allowed : notAllowed();
    },
  };
}

function related({ node, attributes }: Ask, isRelated: () => boolean): Decision {
  if (attributes.name === '') return notAllowed('No Object name found');
  if (isRelated()) return allowed;
  return notAllowed(`no relationship found between node '${node}' and this object`);
}

const reads: readonly string[] = ['get', 'list', 'watch'];

function readable(ask: Ask, isRelated: () => boolean): Decision {
  const { verb, subresource, namespace } = ask.attributes;
  if (!reads.includes(verb)) return notAllowed('can only read resources of this type');
  if (subresource !== '') return notAllowed('cannot read subresource');
  if (namespace === '') return notAllowed('can only read namespaced object of this type');
  return related(ask, isRelated);
}

function gettable(ask: Ask, isRelated: () => boolean): Decision {
  const { verb, subresource } = ask.attributes;
  if (verb !== 'get') return notAllowed('can only get individual resources of this type');
  if (subresource !== '') return notAllowed('cannot get subresource');
  return related(ask, isRelated);
}

type Named = 'secrets' | 'configMaps' | 'claims';

function refers({ pods }: NodeAuthorizerOptions, { node, attributes }: Ask, kind: Named): boolean {
  const { namespace, name } = attributes;
  for (const pod of pods.on(node)) {
    if (pod.namespace === namespace && pod.references[kind].has(name)) return true;
  }
  return false;
}

/** A pod refers to it, or a volume that a pod claims needs it to be mounted. */
function reachesSecret(options: NodeAuthorizerOptions, ask: Ask): boolean {
  if (refers(options, ask, 'secrets')) return true;
  const { namespace, name } = ask.attributes;
  for (const volume of volumesOn(options, ask.node)) {
    if (secretsOfVolume(volume).has(`${namespace}/${name}`)) return true;
  }
  return false;
}

function reachesVolume(options: NodeAuthorizerOptions, { node, attributes }: Ask): boolean {
  for (const volume of volumesOn(options, node)) {
    if (volume.metadata.name === attributes.name) return true;
  }
  return false;
}

/** The volumes that are bound to claims of the node's pods: both sides must say so. */
function* volumesOn(
  { pods, find }: NodeAuthorizerOptions,
  node: string,
): Generator<PersistentVolume> {
  const claimsResource = { group: '', resource: 'persistentvolumeclaims' };
  const volumesResource = { group: '', resource: 'persistentvolumes' };
  for (const { namespace, references } of pods.on(node)) {
    for (const name of references.claims) {
      const claim = find(claimsResource, namespace, name) as PersistentVolumeClaim | undefined;
      const volumeName = claim?.spec.volumeName;
      if (!volumeName) continue;
      const volume = find(volumesResource, '', volumeName) as PersistentVolume | undefined;
      const bound = volume?.spec.claimRef;
      if (bound?.namespace === namespace && bound.name === name) yield volume!;
    }
  }
}

function judgeClaim(options: NodeAuthorizerOptions, ask: Ask): Decision {
  const isRelated = () => refers(options, ask, 'claims');
  const { subresource, verb } = ask.attributes;
  if (subresource !== 'status') return gettable(ask, isRelated);
  if (verb !== 'update' && verb !== 'patch') {
    return notAllowed('can only get/update/patch this type');
  }
  return related(ask, isRelated);
}

function isOwnAttachment({ find }: NodeAuthorizerOptions, { node, attributes }: Ask): boolean {
  const place = { group: 'storage.k8s.io', resource: 'volumeattachments' };
  const attachment = find(place, '', attributes.name) as VolumeAttachment | undefined;
  return attachment?.spec.nodeName === node;
}

function judgeToken({ pods }: NodeAuthorizerOptions, ask: Ask): Decision {
  const { verb, name, namespace, subresource } = ask.attributes;
  if (verb !== 'create' || name === '') {
    return notAllowed('can only create tokens for individual service accounts');
  }
  if (subresource !== 'token') {
    return notAllowed('can only create token subresource of serviceaccount');
  }
  const runsAs = (references: PodReferences) => references.serviceAccount === name;
  return related(ask, () =>
    pods.on(ask.node).some((pod) => pod.namespace === namespace && runsAs(pod.references)),
  );
}

const ownVerbs: readonly string[] = ['get', 'create', 'update', 'patch', 'delete'];

function judgeLease({ node, attributes }: Ask): Decision {
  const { verb, namespace, name } = attributes;
  if (!ownVerbs.includes(verb)) {
    return notAllowed('can only get, create, update, patch, or delete a node lease');
  }
  if (namespace !== leaseNamespace) {
    return notAllowed(`can only access leases in the "${leaseNamespace}" system namespace`);
  }
  // Nobody knows the name of what is created before the body is read: admission looks at it then.
  if (verb !== 'create' && name !== node) {
    return notAllowed('can only access node lease with the same name as the requesting node');
  }
  return allowed;
}

function judgeCSINode({ node, attributes }: Ask): Decision {
  const { verb, subresource, name } = attributes;
  if (!ownVerbs.includes(verb)) {
    return notAllowed('can only get, create, update, patch, or delete a CSINode');
  }
  if (subresource !== '') return notAllowed('cannot authorize CSINode subresources');
  if (verb !== 'create' && name !== node) {
    return notAllowed('can only access CSINode with the same name as the requesting node');
  }
  return allowed;
}

function judgeNode({ node, attributes }: Ask): Decision {
  const { verb, subresource, name } = attributes;
  const isWrite = ['create', 'update', 'patch'].includes(verb);
  if (subresource === 'status') return isWrite && verb !== 'create' ? allowed : notAllowed();
  if (subresource !== '') return notAllowed();
  if (isWrite) return allowed;
  if (!reads.includes(verb)) return notAllowed();
  if (name === node) return allowed;
  const what = name === '' ? 'all nodes' : `'${name}'`;
  return notAllowed(`node '${node}' cannot read ${what}, only its own Node object`);
}

function judgePod({ pods }: NodeAuthorizerOptions, ask: Ask): Decision {
  const { node, attributes } = ask;
  const { verb, subresource, name, namespace, fields = [] } = attributes;
  const isOnNode = () => pods.has(node, namespace, name);
  if (subresource === 'status') {
    return verb === 'update' || verb === 'patch' ? allowed : notAllowed();
  }
  if (subresource === 'eviction') return verb === 'create' ? allowed : notAllowed();
  if (subresource !== '') return notAllowed();
  switch (verb) {
    case 'create':
    case 'delete':
      return allowed;
    case 'get':
      return gettable(ask, isOnNode);
    case 'list':
    case 'watch': {
      const isOwn = fields.some(
        ({ field, operator, value }) =>
          field === 'spec.nodeName' && operator === '=' && value === node,
      );
      if (isOwn) return allowed;
      if (name !== '') return related(ask, isOnNode);
      return notAllowed('can only list/watch pods with spec.nodeName field selector');
    }
    default:
      return notAllowed();
  }
}
