/** Every controller, one line each, by the names that --controllers knows. */
import { createClusterRoleAggregationController } from './clusterrole-aggregation/sync.ts';
import type { ControllerContext, Runnable } from './context.ts';
import { createDeploymentController } from './deployment/sync.ts';
import { createEndpointSliceController } from './endpointslice/sync.ts';
import { createGarbageCollector } from './garbage-collector/sync.ts';
import { createNamespaceController } from './namespace/sync.ts';
import { createNodeIpamController } from './node-ipam/sync.ts';
import { createNodeLifecycleController } from './node-lifecycle/sync.ts';
import { createVolumeBinder } from './persistentvolume-binder/sync.ts';
import { createPodGcController } from './pod-gc/sync.ts';
import { createReplicaSetController } from './replicaset/sync.ts';
import { createResourceQuotaController } from './resourcequota/sync.ts';
import { createRootCaCertPublisher } from './root-ca-cert-publisher/sync.ts';
import { createServiceAccountController } from './serviceaccount/sync.ts';
import { createTaintEvictionController } from './taint-eviction/sync.ts';
import {
  createClaimProtectionController,
  createVolumeProtectionController,
} from './volume-protection/sync.ts';

export type CreateController = (context: ControllerContext) => Runnable;

export const controllers: Readonly<Record<string, CreateController>> = {
  'clusterrole-aggregation-controller': createClusterRoleAggregationController,
  'deployment-controller': createDeploymentController,
  'endpointslice-controller': createEndpointSliceController,
  'garbage-collector-controller': createGarbageCollector,
  'namespace-controller': createNamespaceController,
  'node-ipam-controller': createNodeIpamController,
  'node-lifecycle-controller': createNodeLifecycleController,
  'persistentvolume-binder-controller': createVolumeBinder,
  'persistentvolume-protection-controller': createVolumeProtectionController,
  'persistentvolumeclaim-protection-controller': createClaimProtectionController,
  'pod-garbage-collector-controller': createPodGcController,
  'replicaset-controller': createReplicaSetController,
  'resourcequota-controller': createResourceQuotaController,
  'root-ca-certificate-publisher-controller': createRootCaCertPublisher,
  'serviceaccount-controller': createServiceAccountController,
  'taint-eviction-controller': createTaintEvictionController,
};
