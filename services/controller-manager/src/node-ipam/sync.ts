/** Gives each node a range of pod addresses. One node at a time: the allocator is shared. */
import { createController, keyOf, resources } from '@drydock/client';
import type { ControllerContext, Runnable } from '../context.ts';
import { CidrAllocator } from './plan.ts';

export function createNodeIpamController(context: ControllerContext): Runnable {
  const { api, options } = context;
  const log = context.log.child({ controller: 'node-ipam' });
  const nodes = context.informers.of(resources.nodes);
  const events = context.events('cidrAllocator');
  const allocator = new CidrAllocator(options['cluster-cidr'], options['node-cidr-mask-size']);
  let isRebuilt = false;

  const occupy = (node: string, range: string) => {
    const other = allocator.occupy(node, range);
    if (other === undefined) return;
    log.error(
      { node, other, range },
      'two nodes have one range; delete one of them and let it join anew',
    );
  };
  /** Before the first range is given out, all that nodes have are taken in. */
  const rebuild = () => {
    for (const { metadata, spec } of nodes.store.list()) {
      if (spec.podCIDR !== undefined) occupy(metadata.name, spec.podCIDR);
    }
    isRebuilt = true;
  };

  const controller = createController(
    {
      name: 'node_ipam',
      concurrency: 1,
      sync: async (name, { signal }) => {
        if (!isRebuilt) rebuild();
        const node = nodes.store.get(name);
        if (node === undefined) return allocator.release(name);
        if (node.spec.podCIDR !== undefined) return occupy(name, node.spec.podCIDR);
        const podCIDR = allocator.allocate(name);
        if (podCIDR === undefined) {
          const message = `Node ${name} status is now: CIDRNotAvailable`;
          events.record(node, { type: 'Normal', reason: 'CIDRNotAvailable', message });
          throw new Error(
            `no range of /${options['node-cidr-mask-size']} is left in ${options['cluster-cidr']} ` +
              `for node ${name}: enlarge --cluster-cidr or remove nodes`,
          );
        }
        const spec = { ...node.spec, podCIDR, podCIDRs: [podCIDR] };
        await api.update(resources.nodes, { ...node, spec }, { signal });
        log.info({ node: name, podCIDR }, 'node has its range');
      },
    },
    context,
  );
  controller.watch(nodes, (node) => [keyOf(node)]);
  return controller;
}
