/**
 * Runs the garbage collector: keeps the graph of owners from all watches, and acts on what it
 * suspects after a live look.
 */
import { findKind, kinds, type KubernetesObject, type OwnerReference } from '@drydock/api';
import {
  createController,
  isNotFound,
  type Informer,
  type Resource,
  type SyncResult,
} from '@drydock/client';
import type { ControllerContext, Runnable } from '../context.ts';
import { releasePatch } from '../owners.plan.ts';
import {
  foregroundFinalizer,
  OwnerGraph,
  orphanFinalizer,
  refersTo,
  nodeOf,
  type GraphNode,
  type Suspects,
} from './graph.plan.ts';
import { planForeground, planItem, withoutFinalizer, type OwnerState } from './plan.ts';

/** Owners known to be gone; a uid never returns. */
const absentMax = 500;
/** An owner that exists, but that no watch has shown yet, is looked for again after this. */
const unseenOwnerMillis = 5_000;

export function createGarbageCollector(context: ControllerContext): Runnable {
  const { api } = context;
  const log = context.log.child({ controller: 'garbage-collector' });
  const graph = new OwnerGraph();
  const absent = new Set<string>();
  // Events go by their lease, and are too many to be looked at.
  const watched = kinds.filter(
    (kind) => kind.resource !== 'events' && kind.verbs.includes('watch'),
  );
  const informers: readonly Informer<KubernetesObject>[] = watched.map((kind) =>
    context.informers.of<KubernetesObject>(kind),
  );

  const deleting = createController(
    {
      name: 'garbage_collector_attempt_to_delete',
      concurrency: context.options['concurrent-gc-syncs'],
      sync: (uid, { signal }) => attemptToDelete(uid, signal),
    },
    context,
  );
  const orphaning = createController(
    {
      name: 'garbage_collector_attempt_to_orphan',
      concurrency: context.options['concurrent-gc-syncs'],
      sync: (uid, { signal }) => orphanDependents(uid, signal),
    },
    context,
  );
  const suspect = (suspects: Suspects) => {
    for (const uid of suspects.delete) deleting.enqueue(uid);
    for (const uid of suspects.orphan) orphaning.enqueue(uid);
  };
  for (const informer of informers) {
    informer.addHandler({
      onAdd: (object) => suspect(graph.observe(object)),
      onUpdate: (object) => suspect(graph.observe(object)),
      onDelete: (object) => suspect(graph.forget(object.metadata.uid ?? '')),
    });
  }

  const attemptToDelete = async (uid: string, signal: AbortSignal): Promise<SyncResult> => {
    const node = graph.get(uid);
    if (node === undefined) return {};
    if (node.isDeletingDependents) {
      await processForeground(node, signal);
      return {};
    }
    if (node.isBeingDeleted) return {};
    const isFine = node.owners.every((reference) => stateInGraph(node, reference) === 'solid');
    if (isFine) return {};

    const resource = resourceOf(node)!;
    const item = await readLive(node, resource, signal);
    if (item === undefined) return {};
    const owners = new Map<string, OwnerState>();
    for (const reference of item.metadata.ownerReferences ?? []) {
      owners.set(reference.uid, await stateOf(nodeOf(item), reference, signal));
    }
    const action = planItem({ item, owners, dependents: graph.dependentsOf(uid) });
    const facts = { kind: node.kind, namespace: node.namespace, name: node.name };
    if (action.kind === 'dropReferences') {
      log.info(
        { ...facts, owners: action.ownerUids },
        'dropping references to owners that are gone',
      );
      const patch = { type: 'strategic', value: releasePatch(action.ownerUids, item) } as const;
      await api.patch(resource, item.metadata, patch, { signal }).catch(unlessNotFound);
    } else if (action.kind === 'delete') {
      const { propagationPolicy } = action;
      log.info({ ...facts, propagationPolicy }, 'deleting what has no owner left');
      const latest = action.unblock ? await unblock(item, resource, signal) : item;
      const { resourceVersion } = latest.metadata;
      const options = { uid, resourceVersion, propagationPolicy, signal };
      await api.delete(resource, item.metadata, options).catch(unlessNotFound);
    }
    const isUnseen = (item.metadata.ownerReferences ?? []).some(
      (one) =>
        owners.get(one.uid) !== 'dangling' &&
        graph.get(one.uid) === undefined &&
        ownerResource(node, one) !== undefined,
    );
    return isUnseen ? { requeueAfterMillis: unseenOwnerMillis } : {};
  };

  const processForeground = async (node: GraphNode, signal: AbortSignal): Promise<void> => {
    const action = planForeground(graph.blockingDependentsOf(node.uid));
    if (action.kind === 'removeFinalizer')
      return removeFinalizer(node, foregroundFinalizer, signal);
    for (const uid of action.uids) deleting.enqueue(uid);
  };

  const orphanDependents = async (uid: string, signal: AbortSignal): Promise<void> => {
    const node = graph.get(uid);
    if (node === undefined || !node.isOrphaning) return;
    for (const dependent of graph.dependentsOf(uid)) {
      const resource = resourceOf(dependent)!;
      const value = releasePatch([uid], objectFor(dependent));
      const patch = { type: 'strategic', value } as const;
      await api.patch(resource, dependent, patch, { signal }).catch(unlessNotFound);
    }
    await removeFinalizer(node, orphanFinalizer, signal);
  };

  const removeFinalizer = async (
    node: GraphNode,
    finalizer: string,
    signal: AbortSignal,
  ): Promise<void> => {
    const resource = resourceOf(node)!;
    const item = await readLive(node, resource, signal);
    const value = item === undefined ? undefined : withoutFinalizer(item, finalizer);
    if (value === undefined) return;
    await api.patch(resource, node, { type: 'merge', value }, { signal }).catch(unlessNotFound);
  };

  const unblock = async (
    item: KubernetesObject,
    resource: Resource<KubernetesObject>,
    signal: AbortSignal,
  ): Promise<KubernetesObject> => {
    const { uid, resourceVersion, ownerReferences = [] } = item.metadata;
    const unblocked = ownerReferences.map((one) => ({ ...one, blockOwnerDeletion: false }));
    const value = { metadata: { uid, resourceVersion, ownerReferences: unblocked } };
    return api.patch(resource, item.metadata, { type: 'merge', value }, { signal });
  };

  /** The object itself as it is now; undefined once it is gone, or another one has its name. */
  const readLive = async (
    node: GraphNode,
    resource: Resource<KubernetesObject>,
    signal: AbortSignal,
  ): Promise<KubernetesObject | undefined> => {
    const item = await api.get(resource, node, { signal }).catch(unlessNotFound);
    if (item?.metadata.uid === node.uid) return item;
    suspect(graph.forget(node.uid));
    return undefined;
  };

  /** An owner that a watch has shown is there until that watch shows its end. */
  const stateInGraph = (node: GraphNode, reference: OwnerReference): OwnerState | undefined => {
    const owner = graph.ownerOf(node, reference);
    if (owner === undefined) return undefined;
    return owner.isDeletingDependents ? 'waiting' : 'solid';
  };

  const stateOf = async (
    node: GraphNode,
    reference: OwnerReference,
    signal: AbortSignal,
  ): Promise<OwnerState> => {
    const inGraph = stateInGraph(node, reference);
    if (inGraph !== undefined) return inGraph;
    const name = `${reference.uid} ${reference.apiVersion} ${reference.kind} ${node.namespace}/${reference.name}`;
    if (absent.has(name)) return 'dangling';
    const resource = ownerResource(node, reference);
    if (resource === undefined) return 'solid';
    const place = { namespace: node.namespace, name: reference.name };
    const found = await api
      .get<KubernetesObject>(resource, place, { signal })
      .catch(unlessNotFound);
    if (found !== undefined && refersTo(reference, node.namespace, nodeOf(found))) {
      return nodeOf(found).isDeletingDependents ? 'waiting' : 'solid';
    }
    if (absent.size >= absentMax) absent.clear();
    absent.add(name);
    return 'dangling';
  };

  return {
    run: async (signal) => {
      try {
        // A half-filled graph would suspect everything.
        await Promise.all(informers.map((informer) => informer.synced(signal)));
      } catch (error) {
        if (signal.aborted) return;
        throw error;
      }
      log.info({ objects: graph.size }, 'the graph of owners is complete');
      await Promise.all([deleting.run(signal), orphaning.run(signal)]);
    },
  };
}

/**
 * Where the owner would be found. Undefined for a kind that is not served here, of which nobody can
 * say that it is gone, and for an owner in a namespace of an object that is in none.
 */
function ownerResource(
  node: GraphNode,
  reference: OwnerReference,
): Resource<KubernetesObject> | undefined {
  const kind = findKind(reference.apiVersion, reference.kind);
  return kind?.namespaced === true && node.namespace === '' ? undefined : kind;
}

const resourceOf = (node: GraphNode): Resource<KubernetesObject> | undefined =>
  findKind(node.apiVersion, node.kind);

const objectFor = ({ apiVersion, kind, namespace, name, uid }: GraphNode): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { namespace, name, uid },
});

function unlessNotFound(error: unknown): undefined {
  if (!isNotFound(error)) throw error;
  return undefined;
}
