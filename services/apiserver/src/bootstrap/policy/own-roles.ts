/** What Drydock's parts need beyond the roles of upstream's, because they are cut differently. */
import type { ClusterRole, ClusterRoleBinding, PolicyRule } from '@drydock/api';
import { controllerRoles } from './controller-roles.ts';
import { clusterBinding, clusterRole, groupOf, read, rule, user } from './rules.ts';

/** Each rule once. */
function distinct(rules: readonly PolicyRule[]): PolicyRule[] {
  return [...new Map(rules.map((one) => [JSON.stringify(one), one])).values()];
}

/** Upstream gives each controller a service account; here one process and one user runs them all. */
const controllersRole = clusterRole(
  'drydock:kube-controller-manager',
  distinct([
    ...controllerRoles.flatMap(({ rules }) => rules ?? []),
    rule('create', 'core', 'pods/eviction'),
    rule('create', 'core', 'secrets'),
  ]),
);

/** A node routes to the pods of the others, which upstream leaves to a network plugin of its own. */
const nodeNetworkRole = clusterRole('drydock:node-network', [rule(read, 'core', 'nodes')]);

/** metrics-server's, which is a part of this server: whoever may see pods may see what they use. */
const usageRole = clusterRole(
  'system:aggregated-metrics-reader',
  [rule(read, 'metrics.k8s.io', 'nodes pods')],
  { aggregateTo: 'view' },
);

export const ownRoles: readonly ClusterRole[] = [controllersRole, nodeNetworkRole, usageRole];

export const ownBindings: readonly ClusterRoleBinding[] = [
  clusterBinding(controllersRole.metadata.name, [user('system:kube-controller-manager')]),
  clusterBinding(nodeNetworkRole.metadata.name, [groupOf('system:nodes')]),
];
