/**
 * Who owns whom, as far as the caches have shown it.
 *
 * 1. `nodes` are objects that were seen; `dependents` are kept by the owner's uid whether or not the
 *    owner was seen, so it does not matter which of the two a watch shows first.
 * 2. The graph only suspects: every object that it names for deletion is looked at live first.
 *
 * Upstream's graph holds virtual nodes for owners not yet seen; here the second half of 1. does that.
 */
import type { KubernetesObject, OwnerReference } from '@drydock/api';

export const orphanFinalizer = 'orphan';
export const foregroundFinalizer = 'foregroundDeletion';

export interface GraphNode {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for objects of the cluster. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly owners: readonly OwnerReference[];
  readonly isBeingDeleted: boolean;
  /** It waits for its dependents to go first. */
  readonly isDeletingDependents: boolean;
  readonly isOrphaning: boolean;
}

/** What a change makes worth looking at, by uid. */
export interface Suspects {
  readonly delete: ReadonlySet<string>;
  readonly orphan: ReadonlySet<string>;
}

/** Whether the reference names this very object, as seen from an object in `namespace`. */
export function refersTo(
  reference: OwnerReference,
  namespace: string,
  owner: Pick<GraphNode, 'apiVersion' | 'kind' | 'name' | 'namespace' | 'uid'>,
): boolean {
  return (
    reference.uid === owner.uid &&
    reference.kind === owner.kind &&
    groupOf(reference.apiVersion) === groupOf(owner.apiVersion) &&
    reference.name === owner.name &&
    (owner.namespace === '' || owner.namespace === namespace)
  );
}

const groupOf = (apiVersion: string) => (apiVersion.includes('/') ? apiVersion.split('/')[0]! : '');

export function nodeOf(object: KubernetesObject): GraphNode {
  const { namespace = '', name, uid = '', ownerReferences = [], finalizers = [] } = object.metadata;
  const isBeingDeleted = object.metadata.deletionTimestamp !== undefined;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    namespace,
    name,
    uid,
    owners: ownerReferences,
    isBeingDeleted,
    isDeletingDependents: isBeingDeleted && finalizers.includes(foregroundFinalizer),
    isOrphaning: isBeingDeleted && finalizers.includes(orphanFinalizer),
  };
}

export class OwnerGraph {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #dependents = new Map<string, Set<string>>();

  get size(): number {
    return this.#nodes.size;
  }

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  dependentsOf(uid: string): GraphNode[] {
    return [...(this.#dependents.get(uid) ?? [])].flatMap((one) => this.#nodes.get(one) ?? []);
  }

  /** Dependents that keep the owner from going in a foreground deletion. */
  blockingDependentsOf(uid: string): GraphNode[] {
    return this.dependentsOf(uid).filter((dependent) =>
      dependent.owners.some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true),
    );
  }

  /** The owner that a reference of `dependent` names, if it was seen under that very name. */
  ownerOf(dependent: GraphNode, reference: OwnerReference): GraphNode | undefined {
    const owner = this.#nodes.get(reference.uid);
    return owner !== undefined && refersTo(reference, dependent.namespace, owner)
      ? owner
      : undefined;
  }

  /** An object was added or changed. */
  observe(object: KubernetesObject): Suspects {
    const node = nodeOf(object);
    const before = this.#nodes.get(node.uid);
    const suspects = { delete: new Set<string>(), orphan: new Set<string>() };
    this.#nodes.set(node.uid, node);
    this.#relink(before, node, suspects.delete);
    if (before === undefined) {
      for (const dependent of this.dependentsOf(node.uid)) {
        // Seen before its owner: now it shows whether it named the owner rightly.
        const isRight = dependent.owners.some((one) => refersTo(one, dependent.namespace, node));
        if (!isRight) suspects.delete.add(dependent.uid);
      }
    }
    if (node.isOrphaning && before?.isOrphaning !== true) suspects.orphan.add(node.uid);
    if (node.isDeletingDependents && before?.isDeletingDependents !== true) {
      suspects.delete.add(node.uid);
      for (const dependent of this.dependentsOf(node.uid)) suspects.delete.add(dependent.uid);
    }
    return suspects;
  }

  /** An object is gone. */
  forget(uid: string): Suspects {
    const suspects = { delete: new Set<string>(), orphan: new Set<string>() };
    const node = this.#nodes.get(uid);
    if (node === undefined) return suspects;
    this.#nodes.delete(uid);
    for (const owner of node.owners) {
      this.#unlink(owner.uid, uid);
      if (this.#nodes.get(owner.uid)?.isDeletingDependents === true) suspects.delete.add(owner.uid);
    }
    for (const dependent of this.dependentsOf(uid)) suspects.delete.add(dependent.uid);
    return suspects;
  }

  #relink(before: GraphNode | undefined, node: GraphNode, suspects: Set<string>): void {
    const blocked = new Map((before?.owners ?? []).map((owner) => [owner.uid, owner]));
    for (const owner of node.owners) {
      const old = blocked.get(owner.uid);
      blocked.delete(owner.uid);
      if (old === undefined) {
        this.#link(owner.uid, node.uid);
        const seen = this.ownerOf(node, owner);
        if (seen === undefined || seen.isDeletingDependents) suspects.add(node.uid);
      } else if (old.blockOwnerDeletion === true && owner.blockOwnerDeletion !== true) {
        this.#suspectWaiting(owner.uid, suspects);
      }
    }
    for (const uid of blocked.keys()) {
      this.#unlink(uid, node.uid);
      this.#suspectWaiting(uid, suspects);
    }
  }

  #suspectWaiting(ownerUid: string, suspects: Set<string>): void {
    if (this.#nodes.get(ownerUid)?.isDeletingDependents === true) suspects.add(ownerUid);
  }

  #link(ownerUid: string, uid: string): void {
    const dependents = this.#dependents.get(ownerUid) ?? new Set();
    dependents.add(uid);
    this.#dependents.set(ownerUid, dependents);
  }

  #unlink(ownerUid: string, uid: string): void {
    const dependents = this.#dependents.get(ownerUid);
    dependents?.delete(uid);
    if (dependents?.size === 0) this.#dependents.delete(ownerUid);
  }
}
