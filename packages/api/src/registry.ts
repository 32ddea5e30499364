/** Every kind, one line each. The order is that of discovery. */
import type { KindDefinition } from './kind.ts';
import { groupVersion } from './kind.ts';
import { certificateSigningRequests } from './kinds/certificatesigningrequests/kind.ts';
import { configMaps } from './kinds/configmaps/kind.ts';
import { deployments } from './kinds/deployments/kind.ts';
import { endpointSlices } from './kinds/endpointslices/kind.ts';
import { events } from './kinds/events/kind.ts';
import { horizontalPodAutoscalers } from './kinds/horizontalpodautoscalers/kind.ts';
import { leases } from './kinds/leases/kind.ts';
import { limitRanges } from './kinds/limitranges/kind.ts';
import { namespaces } from './kinds/namespaces/kind.ts';
import { nodes } from './kinds/nodes/kind.ts';
import { podDisruptionBudgets } from './kinds/poddisruptionbudgets/kind.ts';
import { pods } from './kinds/pods/kind.ts';
import { priorityClasses } from './kinds/priorityclasses/kind.ts';
import { replicaSets } from './kinds/replicasets/kind.ts';
import { resourceQuotas } from './kinds/resourcequotas/kind.ts';
import { secrets } from './kinds/secrets/kind.ts';
import { serviceAccounts } from './kinds/serviceaccounts/kind.ts';
import { services } from './kinds/services/kind.ts';

export const kinds: readonly KindDefinition[] = [
  configMaps,
  events,
  limitRanges,
  namespaces,
  nodes,
  pods,
  resourceQuotas,
  secrets,
  serviceAccounts,
  services,
  deployments,
  replicaSets,
  horizontalPodAutoscalers,
  certificateSigningRequests,
  leases,
  endpointSlices,
  podDisruptionBudgets,
  priorityClasses,
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

/** Every group version that is served, the core group first. */
export const groupVersions: readonly { readonly group: string; readonly version: string }[] = [
  ...new Map(
    kinds.map(({ group, version }) => [`${group}/${version}`, { group, version }]),
  ).values(),
];

export {
  certificateSigningRequests,
  configMaps,
  deployments,
  endpointSlices,
  events,
  horizontalPodAutoscalers,
  leases,
  limitRanges,
  namespaces,
  nodes,
  podDisruptionBudgets,
  pods,
  priorityClasses,
  replicaSets,
  resourceQuotas,
  secrets,
  serviceAccounts,
  services,
};
