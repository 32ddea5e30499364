/**
 * Runs the node plans: NoSchedule taints as soon as a node changes, and the pass over all nodes every
 * monitor period.
 */
import type { Node, Pod } from '@drydock/api';
import { createController, isConflict, keyOf, resources, type SyncResult } from '@drydock/client';
import type { Millis } from '@drydock/ports';
import type { ControllerContext, Runnable } from '../context.ts';
import { indexByNode } from '../indexes.ts';
import { momentOf } from '../moment.plan.ts';
import { withPodCondition } from '../pods.plan.ts';
import { NodeMonitor, type NodeAction } from './plan.ts';
import { planNoScheduleTaints } from './taints.plan.ts';

const leaseNamespace = 'kube-node-lease';
const retryMillis: Millis = 1_000;

export function createNodeLifecycleController(context: ControllerContext): Runnable {
  const { api, clock, options } = context;
  const log = context.log.child({ controller: 'node-lifecycle' });
  const nodes = context.informers.of(resources.nodes);
  const pods = context.informers.of(resources.pods);
  const leases = context.informers.of(resources.leases);
  const podsOf = indexByNode(pods);
  const events = context.events('node-controller');
  const periodMillis = options['node-monitor-period'];
  const monitor = new NodeMonitor({
    periodMillis,
    graces: {
      monitorMillis: options['node-monitor-grace-period'],
      startupMillis: options['node-startup-grace-period'],
    },
    rates: {
      evictionRate: options['node-eviction-rate'],
      secondaryEvictionRate: options['secondary-node-eviction-rate'],
      largeClusterSizeThreshold: options['large-cluster-size-threshold'],
      unhealthyZoneThreshold: options['unhealthy-zone-threshold'],
    },
  });

  const tainter = createController(
    {
      name: 'node_lifecycle_controller',
      sync: async (name, { signal }) => {
        const node = nodes.store.get(name);
        if (node === undefined) return;
        const taints = planNoScheduleTaints(node, momentOf(clock));
        if (taints === undefined) return;
        await api.update(resources.nodes, { ...node, spec: { ...node.spec, taints } }, { signal });
      },
    },
    context,
  );
  tainter.watch(nodes, (node) => [keyOf(node)]);

  const pass = async (signal: AbortSignal): Promise<SyncResult> => {
    const actions = monitor.step({
      nodes: nodes.store.list(),
      lease: (name) => leases.store.get(`${leaseNamespace}/${name}`),
      podsOf,
      now: clock.now(),
      moment: momentOf(clock),
    });
    const byNode = Map.groupBy(actions, (action) =>
      action.kind === 'markPodNotReady' ? action.pod.spec.nodeName : action.node.metadata.name,
    );
    let hasFailed = false;
    await Promise.all(
      [...byNode].map(([node, ofNode]) =>
        // One node's failure is no other's; an early next pass finds again what is to be done.
        perform(ofNode, signal).catch((error: unknown) => {
          hasFailed = true;
          if (isConflict(error) || signal.aborted) return;
          log.warn({ err: error, node }, 'cannot update the node; will try again');
        }),
      ),
    );
    return { requeueAfterMillis: hasFailed ? Math.min(retryMillis, periodMillis) : periodMillis };
  };

  const perform = async (actions: readonly NodeAction[], signal: AbortSignal) => {
    let latest: Node | undefined;
    for (const action of actions) {
      switch (action.kind) {
        case 'event': {
          const { reason, message } = action;
          events.record(action.node, { type: 'Normal', reason, message });
          break;
        }
        case 'updateStatus': {
          const node = { ...(latest ?? action.node), status: action.status };
          log.info({ node: node.metadata.name }, 'node is silent; its conditions become Unknown');
          latest = await api.updateStatus(resources.nodes, node, { signal });
          break;
        }
        case 'setTaints': {
          const node = latest ?? action.node;
          const spec = { ...node.spec, taints: [...action.taints] };
          log.info({ node: node.metadata.name, taints: action.taints }, 'node taints change');
          latest = await api.update(resources.nodes, { ...node, spec }, { signal });
          break;
        }
        case 'markPodNotReady':
          await markNotReady(action.pod, signal);
          break;
        default:
          action satisfies never;
      }
    }
  };

  const markNotReady = async (pod: Pod, signal: AbortSignal) => {
    const condition = { type: 'Ready', status: 'False' } as const;
    const status = withPodCondition(pod.status, condition, momentOf(clock));
    events.record(pod, { type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready' });
    await api.updateStatus(resources.pods, { ...pod, status }, { signal });
  };

  const monitorController = createController(
    { name: 'node_monitor', concurrency: 1, sync: (_, { signal }) => pass(signal) },
    context,
  );
  // Their changes are looked at in the next pass; it begins when all three have synced.
  monitorController.watch(nodes, () => []);
  monitorController.watch(pods, () => []);
  monitorController.watch(leases, () => []);
  monitorController.enqueue('all nodes');

  return {
    run: async (signal) => {
      await Promise.all([tainter.run(signal), monitorController.run(signal)]);
    },
  };
}
