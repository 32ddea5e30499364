/** Services, and what they take of nodes and of the cloud. */
import type { Service } from '../generated/types.ts';
import type { QuotaEvaluator } from './evaluator.ts';

const names = ['count/services', 'services', 'services.nodeports', 'services.loadbalancers'];

function nodePortCount({ spec }: Service): number {
  const ports = spec.ports ?? [];
  if (spec.type === 'NodePort') return ports.length;
  if (spec.type !== 'LoadBalancer') return 0;
  // Node ports that are to be chosen have no number yet: what counts is that they are wanted.
  return spec.allocateLoadBalancerNodePorts === false
    ? ports.filter(({ nodePort }) => (nodePort ?? 0) !== 0).length
    : ports.length;
}

export const serviceEvaluator: QuotaEvaluator<Service> = {
  counts: (resource) => names.includes(resource),
  usage: (service) => ({
    'count/services': '1',
    services: '1',
    'services.loadbalancers': service.spec.type === 'LoadBalancer' ? '1' : '0',
    'services.nodeports': String(nodePortCount(service)),
  }),
  matchesScope: () => false,
  missing: () => undefined,
  isChargedOnUpdate: true,
};
