/**
 * What a node-agent may write: its own Node and Lease, the pods bound to it, events. The node authorizer
 * says which resources; this looks at the objects. A node that was taken over can harm nothing
 * but itself.
 */
import {
  deepEqual,
  forbiddenError,
  forbiddenLabels,
  type KubernetesObject,
  type Node,
  type Pod,
} from '@drydock/api';
import { nodeNameOf } from '../../authz/node/node-authorizer.ts';
import type { Subject } from '../../authz/subject.ts';
import type { Target, UpdatePart } from '../requests.ts';

export interface NodeWrite {
  readonly target: Target;
  /** Undefined when it is deleted. */
  readonly object: KubernetesObject | undefined;
  readonly old: KubernetesObject | undefined;
  readonly part: UpdatePart;
}

/** @throws ApiError Forbidden */
export function admitNodeWrite(user: Subject, write: NodeWrite): void {
  const node = nodeNameOf(user);
  if (node === undefined) return;
  const { target } = write;
  const refuse = (why: string) => forbiddenError(target.kind, target.name, why);
  switch (target.kind.resource) {
    case 'nodes':
      admitOwnNode(node, write, refuse);
      return;
    case 'leases':
      if (target.namespace !== 'kube-node-lease' || target.name !== node) {
        throw refuse(`can only access node lease with the same name as the requesting node`);
      }
      return;
    case 'pods':
      admitPodWrite(node, write, refuse);
      return;
    case 'events':
      return;
    default:
      throw refuse(`node "${node}" may not write ${target.kind.resource}`);
  }
}

function admitOwnNode(node: string, write: NodeWrite, refuse: (why: string) => Error): void {
  const { target } = write;
  if (target.name !== node) {
    throw refuse(`node "${node}" is not allowed to modify node "${target.name}"`);
  }
  if (write.object === undefined) throw refuse(`node "${node}" is not allowed to delete itself`);
  const object = write.object as Node;
  const old = write.old as Node | undefined;
  const forbidden = forbiddenLabels(object.metadata.labels ?? {}, old?.metadata.labels ?? {});
  if (forbidden.length > 0) {
    const what = old === undefined ? 'set the following labels' : 'modify labels';
    throw refuse(`node "${node}" is not allowed to ${what}: ${forbidden.join(', ')}`);
  }
  if (old === undefined) return;
  // Otherwise it could draw pods to itself that are not meant for it.
  if (!deepEqual(object.spec.taints, old.spec.taints)) {
    throw refuse(`node "${node}" is not allowed to modify taints`);
  }
}

function admitPodWrite(node: string, write: NodeWrite, refuse: (why: string) => Error): void {
  const { object, part } = write;
  if (part === 'ephemeralcontainers') {
    throw refuse(`unexpected pod subresource "${part}", only 'status' and 'eviction' are allowed`);
  }
  // What it may create is judged in mirror-pods.ts.
  if (write.old === undefined) return;
  const old = write.old as Pod;
  if (object !== undefined && part !== 'status') {
    throw refuse(
      `unexpected operation "UPDATE", node "${node}" can only create and delete mirror pods`,
    );
  }
  if (old.spec.nodeName !== node) {
    const what = object === undefined ? 'delete pods' : 'update pod status for pods';
    throw refuse(`node "${node}" can only ${what} with spec.nodeName set to itself`);
  }
}
