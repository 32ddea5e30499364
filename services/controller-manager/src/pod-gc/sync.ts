/** Looks for pods that nobody will finish, every 20 s. */
import { createController, isNotFound, resources, type SyncResult } from '@drydock/client';
import type { Millis } from '@drydock/ports';
import type { ControllerContext, Runnable } from '../context.ts';
import { momentOf } from '../moment.plan.ts';
import { lastStatus, plan, quarantineMillis, type PodGcAction } from './plan.ts';

const periodMillis: Millis = 20_000;

export function createPodGcController(context: ControllerContext): Runnable {
  const { api, clock } = context;
  const log = context.log.child({ controller: 'pod-gc' });
  const pods = context.informers.of(resources.pods);
  const nodes = context.informers.of(resources.nodes);
  /** Nodes that pods name and the cache lacks, with when that was first seen. */
  const missingSince = new Map<string, Millis>();

  const noteMissing = () => {
    const named = new Set(pods.store.list().map((pod) => pod.spec.nodeName ?? ''));
    named.delete('');
    for (const name of missingSince.keys()) {
      if (!named.has(name) || nodes.store.get(name) !== undefined) missingSince.delete(name);
    }
    for (const name of named) {
      const isMissing = nodes.store.get(name) === undefined && !missingSince.has(name);
      if (isMissing) missingSince.set(name, clock.now());
    }
  };
  /** Those in quarantine for long enough, unless the API server knows them after all. */
  const goneNodes = async (signal: AbortSignal): Promise<ReadonlySet<string>> => {
    noteMissing();
    const gone = new Set<string>();
    for (const [name, since] of missingSince) {
      if (clock.now() - since < quarantineMillis) continue;
      try {
        await api.get(resources.nodes, { name }, { signal });
        missingSince.delete(name);
      } catch (error) {
        if (!isNotFound(error)) throw error;
        gone.add(name);
      }
    }
    return gone;
  };

  const perform = async (action: PodGcAction, signal: AbortSignal) => {
    const { pod, reason } = action;
    log.info({ pod: pod.metadata.name, namespace: pod.metadata.namespace, reason }, 'deleting pod');
    const status = lastStatus(action, momentOf(clock));
    try {
      if (status !== undefined) {
        await api.updateStatus(resources.pods, { ...pod, status }, { signal });
      }
      const { uid } = pod.metadata;
      await api.delete(resources.pods, pod.metadata, { uid, gracePeriodSeconds: 0, signal });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  };

  const pass = async (signal: AbortSignal): Promise<SyncResult> => {
    const gone = await goneNodes(signal);
    const actions = plan({
      pods: pods.store.list(),
      node: (name) => nodes.store.get(name),
      isGone: (name) => gone.has(name),
      terminatedPodThreshold: context.options['terminated-pod-gc-threshold'],
    });
    const results = await Promise.allSettled(actions.map((action) => perform(action, signal)));
    for (const result of results) {
      // The next pass finds the pod again.
      if (result.status === 'rejected')
        log.warn({ err: result.reason as unknown }, 'cannot delete a pod');
    }
    return { requeueAfterMillis: periodMillis };
  };

  const controller = createController(
    {
      name: 'pod_gc',
      concurrency: 1,
      backOffMillisMax: periodMillis,
      sync: (_, { signal }) => pass(signal),
    },
    context,
  );
  controller.watch(pods, () => []);
  controller.watch(nodes, () => []);
  controller.enqueue('all pods');
  return controller;
}
