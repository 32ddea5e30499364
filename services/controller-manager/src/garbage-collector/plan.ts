/**
 * What becomes of an object whose owners have gone, or are going (upstream's
 * pkg/controller/garbagecollector).
 *
 * 1. An object with one solid owner stays; only its references to owners that are not solid go.
 * 2. Without a solid owner it is deleted. If an owner waits for its dependents, and the object has
 *    dependents of its own, it is deleted in the foreground too, so that the chain goes leaf first.
 * 3. Finalizers on the object decide how its own dependents fare.
 */
import type { KubernetesObject } from '@drydock/api';
import { foregroundFinalizer, orphanFinalizer, type GraphNode } from './graph.plan.ts';

/** An owner that is there; one that is surely not; one that waits for its dependents to go. */
export type OwnerState = 'solid' | 'dangling' | 'waiting';

export type Propagation = 'Foreground' | 'Background' | 'Orphan';

export type ItemAction =
  | { readonly kind: 'keep' }
  | { readonly kind: 'dropReferences'; readonly ownerUids: readonly string[] }
  | {
      readonly kind: 'delete';
      readonly propagationPolicy: Propagation;
      /** Take `blockOwnerDeletion` off the object's references first: it is part of a circle. */
      readonly unblock: boolean;
    };

export interface ItemSnapshot {
  /** The object, read live. */
  readonly item: KubernetesObject;
  /** The state of each owner, by uid. */
  readonly owners: ReadonlyMap<string, OwnerState>;
  readonly dependents: readonly GraphNode[];
}

export function planItem({ item, owners, dependents }: ItemSnapshot): ItemAction {
  const uidsOf = (...states: readonly OwnerState[]) =>
    [...owners].filter(([, state]) => states.includes(state)).map(([uid]) => uid);
  if (owners.size === 0) return { kind: 'keep' };
  if (uidsOf('solid').length > 0) {
    const ownerUids = uidsOf('dangling', 'waiting');
    return ownerUids.length === 0 ? { kind: 'keep' } : { kind: 'dropReferences', ownerUids };
  }
  if (uidsOf('waiting').length > 0 && dependents.length > 0) {
    const unblock = dependents.some((dependent) => dependent.isDeletingDependents);
    return { kind: 'delete', propagationPolicy: 'Foreground', unblock };
  }
  return { kind: 'delete', propagationPolicy: ownPolicy(item), unblock: false };
}

function ownPolicy({ metadata: { finalizers = [] } }: KubernetesObject): Propagation {
  if (finalizers.includes(orphanFinalizer)) return 'Orphan';
  return finalizers.includes(foregroundFinalizer) ? 'Foreground' : 'Background';
}

/** What an object in foreground deletion needs: its dependents' end, or its own. */
export type ForegroundAction =
  | { readonly kind: 'removeFinalizer' }
  | { readonly kind: 'lookAt'; readonly uids: readonly string[] };

export function planForeground(blockingDependents: readonly GraphNode[]): ForegroundAction {
  if (blockingDependents.length === 0) return { kind: 'removeFinalizer' };
  const uids = blockingDependents
    .filter((dependent) => !dependent.isDeletingDependents)
    .map((dependent) => dependent.uid);
  return { kind: 'lookAt', uids };
}

/** A merge patch without the finalizer; undefined when the object does not have it. */
export function withoutFinalizer(object: KubernetesObject, finalizer: string): object | undefined {
  const { finalizers = [], resourceVersion, uid } = object.metadata;
  if (!finalizers.includes(finalizer)) return undefined;
  const rest = finalizers.filter((one) => one !== finalizer);
  return { metadata: { uid, resourceVersion, finalizers: rest } };
}
