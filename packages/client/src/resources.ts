/**
 * What a caller must know of a resource to ask for it: its coordinates, and its type for the
 * compiler. The server holds everything else.
 */
import type {
  ClusterRole,
  ConfigMap,
  Deployment,
  EndpointSlice,
  Event,
  KubernetesObject,
  Lease,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  ReplicaSet,
  ResourceQuota,
  Secret,
  Service,
  ServiceAccount,
  StorageClass,
} from '@drydock/api';

export interface Resource<T extends KubernetesObject> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Plural and lower-case, as in paths: 'pods'. */
  readonly resource: string;
  readonly namespaced: boolean;
  /** Never set: it carries the type. */
  readonly object?: T;
}

function resource<T extends KubernetesObject>(
  groupVersion: string,
  kind: string,
  name: string,
  scope: 'Namespaced' | 'Cluster' = 'Namespaced',
): Resource<T> {
  const slash = groupVersion.indexOf('/');
  return Object.freeze({
    group: slash === -1 ? '' : groupVersion.slice(0, slash),
    version: groupVersion.slice(slash + 1),
    kind,
    resource: name,
    namespaced: scope === 'Namespaced',
  });
}

export const resources = {
  clusterRoles: resource<ClusterRole>(
    'rbac.authorization.k8s.io/v1',
    'ClusterRole',
    'clusterroles',
    'Cluster',
  ),
  configMaps: resource<ConfigMap>('v1', 'ConfigMap', 'configmaps'),
  deployments: resource<Deployment>('apps/v1', 'Deployment', 'deployments'),
  endpointSlices: resource<EndpointSlice>('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices'),
  events: resource<Event>('v1', 'Event', 'events'),
  leases: resource<Lease>('coordination.k8s.io/v1', 'Lease', 'leases'),
  namespaces: resource<Namespace>('v1', 'Namespace', 'namespaces', 'Cluster'),
  nodes: resource<Node>('v1', 'Node', 'nodes', 'Cluster'),
  persistentVolumeClaims: resource<PersistentVolumeClaim>(
    'v1',
    'PersistentVolumeClaim',
    'persistentvolumeclaims',
  ),
  persistentVolumes: resource<PersistentVolume>(
    'v1',
    'PersistentVolume',
    'persistentvolumes',
    'Cluster',
  ),
  pods: resource<Pod>('v1', 'Pod', 'pods'),
  replicaSets: resource<ReplicaSet>('apps/v1', 'ReplicaSet', 'replicasets'),
  resourceQuotas: resource<ResourceQuota>('v1', 'ResourceQuota', 'resourcequotas'),
  secrets: resource<Secret>('v1', 'Secret', 'secrets'),
  serviceAccounts: resource<ServiceAccount>('v1', 'ServiceAccount', 'serviceaccounts'),
  services: resource<Service>('v1', 'Service', 'services'),
  storageClasses: resource<StorageClass>(
    'storage.k8s.io/v1',
    'StorageClass',
    'storageclasses',
    'Cluster',
  ),
} as const;
