/** Runs the eviction plans: deletes pods that do not tolerate their node's NoExecute taints. */
import type { Node } from '@drydock/api';
import { createController, isNotFound, keyOf, resources, type ObjectKey } from '@drydock/client';
import type { ControllerContext, Runnable } from '../context.ts';
import { indexByNode } from '../indexes.ts';
import { momentOf } from '../moment.plan.ts';
import { evictedStatus, plan } from './plan.ts';

export function createTaintEvictionController(context: ControllerContext): Runnable {
  const { api, clock } = context;
  const pods = context.informers.of(resources.pods);
  const nodes = context.informers.of(resources.nodes);
  const podsOf = indexByNode(pods);
  const events = context.events('taint-eviction-controller');
  /** Pods whose eviction is only a question of time. */
  const pending = new Set<ObjectKey>();

  const controller = createController(
    {
      name: 'noexec_taint_pod',
      concurrency: 8,
      sync: async (key, { signal }) => {
        const pod = pods.store.get(key);
        if (pod === undefined) return void pending.delete(key);
        const node = nodes.store.get(pod.spec.nodeName ?? '');
        const eviction = plan(pod, node?.spec.taints ?? [], momentOf(clock));
        const tell = (message: string) =>
          events.record(pod, { type: 'Normal', reason: 'TaintManagerEviction', message });
        if (eviction.kind === 'stay') {
          const isSpared = pending.delete(key) && pod.metadata.deletionTimestamp === undefined;
          if (isSpared) tell(`Cancelling deletion of Pod ${key}`);
          return {};
        }
        if (eviction.kind === 'evictAfter') {
          pending.add(key);
          return { requeueAfterMillis: eviction.millis };
        }
        const status = evictedStatus(pod, momentOf(clock));
        try {
          await api.updateStatus(resources.pods, { ...pod, status }, { signal });
          await api.delete(resources.pods, pod.metadata, { uid: pod.metadata.uid, signal });
        } catch (error) {
          if (!isNotFound(error)) throw error;
        }
        tell(`Marking for deletion Pod ${key}`);
        pending.delete(key);
        return {};
      },
    },
    context,
  );

  const isEvicting = (node: Node | undefined) =>
    node?.spec.taints?.some((taint) => taint.effect === 'NoExecute') === true;
  controller.watch(pods, (pod) => {
    const node = nodes.store.get(pod.spec.nodeName ?? '');
    return isEvicting(node) || pending.has(keyOf(pod)) ? [keyOf(pod)] : [];
  });
  controller.watch(nodes, (node) =>
    isEvicting(node) ? podsOf(node.metadata.name).map(keyOf) : [],
  );
  return controller;
}
