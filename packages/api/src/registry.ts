/** Every kind, one line each. The order is that of discovery. */
import type { KindDefinition } from './kind.ts';
import { groupVersion } from './kind.ts';
import { clusterRoleBindings } from './kinds/clusterrolebindings/kind.ts';
import { clusterRoles } from './kinds/clusterroles/kind.ts';
import { configMaps } from './kinds/configmaps/kind.ts';
import { deployments } from './kinds/deployments/kind.ts';
import { endpointSlices } from './kinds/endpointslices/kind.ts';
import { events } from './kinds/events/kind.ts';
import { leases } from './kinds/leases/kind.ts';
import { namespaces } from './kinds/namespaces/kind.ts';
import { nodes } from './kinds/nodes/kind.ts';
import { pods } from './kinds/pods/kind.ts';
import { replicaSets } from './kinds/replicasets/kind.ts';
import { roleBindings } from './kinds/rolebindings/kind.ts';
import { roles } from './kinds/roles/kind.ts';
import { secrets } from './kinds/secrets/kind.ts';
import { serviceAccounts } from './kinds/serviceaccounts/kind.ts';
import { services } from './kinds/services/kind.ts';

export const kinds: readonly KindDefinition[] = [
  configMaps,
  events,
  namespaces,
  nodes,
  pods,
  secrets,
  serviceAccounts,
  services,
  deployments,
  replicaSets,
  clusterRoleBindings,
  clusterRoles,
  roleBindings,
  roles,
  leases,
  endpointSlices,
];

const byResource = new Map(kinds.map((kind) => [`${kind.group}/${kind.resource}`, kind]));
const byKind = new Map(kinds.map((kind) => [`${groupVersion(kind)}/${kind.kind}`, kind]));

/** By what a path names: group and plural resource. */
export function findResource(group: string, resource: string): KindDefinition | undefined {
  return byResource.get(`${group}/${resource}`);
}

/** By what an object names: apiVersion and kind. */
export function findKind(apiVersion: string, kind: string): KindDefinition | undefined {
  return byKind.get(`${apiVersion}/${kind}`);
}

export {
  clusterRoleBindings,
  clusterRoles,
  configMaps,
  deployments,
  endpointSlices,
  events,
  leases,
  namespaces,
  nodes,
  pods,
  replicaSets,
  roleBindings,
  roles,
  secrets,
  serviceAccounts,
  services,
};
