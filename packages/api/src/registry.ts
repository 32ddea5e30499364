/** Every kind, one line each. The order is that of discovery. */
import type { KindDefinition } from './kind.ts';
import { groupVersion } from './kind.ts';
import { bindings } from './kinds/bindings/kind.ts';
import { certificateSigningRequests } from './kinds/certificatesigningrequests/kind.ts';
import { clusterRoleBindings } from './kinds/clusterrolebindings/kind.ts';
import { clusterRoles } from './kinds/clusterroles/kind.ts';
import { componentStatuses } from './kinds/componentstatuses/kind.ts';
import { configMaps } from './kinds/configmaps/kind.ts';
import { controllerRevisions } from './kinds/controllerrevisions/kind.ts';
import { cronJobs } from './kinds/cronjobs/kind.ts';
import { daemonSets } from './kinds/daemonsets/kind.ts';
import { csiDrivers } from './kinds/csidrivers/kind.ts';
import { csiNodes } from './kinds/csinodes/kind.ts';
import { csiStorageCapacities } from './kinds/csistoragecapacities/kind.ts';
import { deployments } from './kinds/deployments/kind.ts';
import { endpoints } from './kinds/endpoints/kind.ts';
import { endpointSlices } from './kinds/endpointslices/kind.ts';
import { newerEvents } from './kinds/events/events-v1.ts';
import { events } from './kinds/events/kind.ts';
import { jobs } from './kinds/jobs/kind.ts';
import { olderAutoscalers } from './kinds/horizontalpodautoscalers/view-v1.ts';
import { ingressClasses } from './kinds/ingressclasses/kind.ts';
import { ingresses } from './kinds/ingresses/kind.ts';
import { horizontalPodAutoscalers } from './kinds/horizontalpodautoscalers/kind.ts';
import { leases } from './kinds/leases/kind.ts';
import { limitRanges } from './kinds/limitranges/kind.ts';
import { namespaces } from './kinds/namespaces/kind.ts';
import { networkPolicies } from './kinds/networkpolicies/kind.ts';
import { nodeMetrics } from './kinds/nodemetrics/kind.ts';
import { nodes } from './kinds/nodes/kind.ts';
import { persistentVolumeClaims } from './kinds/persistentvolumeclaims/kind.ts';
import { persistentVolumes } from './kinds/persistentvolumes/kind.ts';
import { podDisruptionBudgets } from './kinds/poddisruptionbudgets/kind.ts';
import { podMetrics } from './kinds/podmetrics/kind.ts';
import { pods } from './kinds/pods/kind.ts';
import { podTemplates } from './kinds/podtemplates/kind.ts';
import { priorityClasses } from './kinds/priorityclasses/kind.ts';
import { replicaSets } from './kinds/replicasets/kind.ts';
import { replicationControllers } from './kinds/replicationcontrollers/kind.ts';
import { resourceQuotas } from './kinds/resourcequotas/kind.ts';
import { roleBindings } from './kinds/rolebindings/kind.ts';
import { roles } from './kinds/roles/kind.ts';
import { secrets } from './kinds/secrets/kind.ts';
import { serviceAccounts } from './kinds/serviceaccounts/kind.ts';
import { services } from './kinds/services/kind.ts';
import { statefulSets } from './kinds/statefulsets/kind.ts';
import { storageClasses } from './kinds/storageclasses/kind.ts';
import { volumeAttachments } from './kinds/volumeattachments/kind.ts';

export const kinds: readonly KindDefinition[] = [
  configMaps,
  endpoints,
  events,
  limitRanges,
  namespaces,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  podTemplates,
  replicationControllers,
  resourceQuotas,
  secrets,
  serviceAccounts,
  services,
  controllerRevisions,
  daemonSets,
  deployments,
  replicaSets,
  statefulSets,
  horizontalPodAutoscalers,
  cronJobs,
  jobs,
  certificateSigningRequests,
  clusterRoleBindings,
  clusterRoles,
  roleBindings,
  roles,
  leases,
  endpointSlices,
  ingressClasses,
  ingresses,
  networkPolicies,
  podDisruptionBudgets,
  priorityClasses,
  csiDrivers,
  csiNodes,
  csiStorageCapacities,
  storageClasses,
  volumeAttachments,
];

/** Other versions of stored kinds, one line each. */
const views: readonly KindDefinition[] = [olderAutoscalers, newerEvents];

/** Kinds of which nothing is stored: made when somebody asks, or acted on when posted. One line each. */
const unstoredKinds: readonly KindDefinition[] = [bindings, componentStatuses];

/** The same, and made of what nodes measure. One line each. */
const measuredKinds: readonly KindDefinition[] = [nodeMetrics, podMetrics];

export const isMeasured = (kind: KindDefinition): boolean => measuredKinds.includes(kind);

/** Everything that clients see. The first version of a group is the preferred one. */
export const servedKinds: readonly KindDefinition[] = [
  ...unstoredKinds,
  ...kinds,
  ...views,
  ...measuredKinds,
];

const byResource = new Map(kinds.map((kind) => [`${kind.group}/${kind.resource}`, kind]));
const servedByPath = new Map(
  servedKinds.map((kind) => [`${groupVersion(kind)}/${kind.resource}`, kind]),
);
const byKind = new Map(
  [...kinds, ...views].map((kind) => [`${groupVersion(kind)}/${kind.kind}`, kind.view?.of ?? kind]),
);

/** All versions in which the objects of a kind are served, the one that is stored first. */
export function versionsOf(kind: KindDefinition): readonly KindDefinition[] {
  const stored = kind.view?.of ?? kind;
  return [stored, ...views.filter(({ view }) => view?.of === stored)];
}

/** By what a path names: group, version and plural resource; views are found, too. */
export function findServed(
  group: string,
  version: string,
  resource: string,
): KindDefinition | undefined {
  return servedByPath.get(`${groupVersion({ group, version })}/${resource}`);
}

/** The stored kind, by its group and plural resource. */
export function findResource(group: string, resource: string): KindDefinition | undefined {
  return byResource.get(`${group}/${resource}`);
}

/** The stored kind, by what an object names: apiVersion and kind. */
export function findKind(apiVersion: string, kind: string): KindDefinition | undefined {
  return byKind.get(`${apiVersion}/${kind}`);
}

export {
  bindings,
  certificateSigningRequests,
  clusterRoleBindings,
  clusterRoles,
  componentStatuses,
  configMaps,
  deployments,
  endpointSlices,
  events,
  horizontalPodAutoscalers,
  leases,
  limitRanges,
  namespaces,
  nodeMetrics,
  nodes,
  podDisruptionBudgets,
  podMetrics,
  pods,
  priorityClasses,
  replicaSets,
  resourceQuotas,
  roleBindings,
  roles,
  secrets,
  serviceAccounts,
  services,
};
