/**
 * The roles of upstream's controllers, each under the name of its service account in kube-system, which
 * it is bound to. Source: upstream's controller policy, 1.32.
 */
import type { ClusterRole, PolicyRule } from '@drydock/api';
import { clusterRole, read, recordEvents, rule } from './rules.ts';

export const controllerPrefix = 'system:controller:';

const legacyApps = 'apps extensions';
const ownPods = rule('create delete list patch watch', 'core', 'pods');

const rules: Readonly<Record<string, readonly PolicyRule[]>> = {
  'attachdetach-controller': [
    rule('list watch', 'core', 'persistentvolumeclaims persistentvolumes'),
    rule(read, 'core', 'nodes'),
    rule('patch update', 'core', 'nodes/status'),
    rule('list watch', 'core', 'pods'),
    recordEvents,
    rule(`create delete ${read}`, 'storage.k8s.io', 'volumeattachments'),
    rule(read, 'storage.k8s.io', 'csidrivers'),
    rule(read, 'storage.k8s.io', 'csinodes'),
  ],
  'certificate-controller': [
    rule(`delete ${read}`, 'certificates.k8s.io', 'certificatesigningrequests'),
    rule(
      'update',
      'certificates.k8s.io',
      'certificatesigningrequests/approval certificatesigningrequests/status',
    ),
    rule('approve', 'certificates.k8s.io', 'signers', [
      'kubernetes.io/kube-apiserver-client-kubelet',
    ]),
    rule('sign', 'certificates.k8s.io', 'signers', [
      'kubernetes.io/kube-apiserver-client',
      'kubernetes.io/kube-apiserver-client-kubelet',
      'kubernetes.io/kubelet-serving',
      'kubernetes.io/legacy-unknown',
    ]),
    rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
    recordEvents,
  ],
  'clusterrole-aggregation-controller': [
    rule(`escalate ${read} patch update`, 'rbac.authorization.k8s.io', 'clusterroles'),
  ],
  'cronjob-controller': [
    rule(`${read} update`, 'batch', 'cronjobs'),
    rule(`create delete ${read} patch update`, 'batch', 'jobs'),
    rule('update', 'batch', 'cronjobs/status'),
    rule('update', 'batch', 'cronjobs/finalizers'),
    rule('delete list watch', 'core', 'pods'),
    recordEvents,
  ],
  'daemon-set-controller': [
    rule(read, legacyApps, 'daemonsets'),
    rule('update', legacyApps, 'daemonsets/status'),
    rule('update', legacyApps, 'daemonsets/finalizers'),
    rule('list watch', 'core', 'nodes'),
    ownPods,
    rule('create', 'core', 'pods/binding'),
    rule(`create delete ${read} patch update`, 'apps', 'controllerrevisions'),
    recordEvents,
  ],
  'deployment-controller': [
    rule(`${read} update`, legacyApps, 'deployments'),
    rule('update', legacyApps, 'deployments/status'),
    rule('update', legacyApps, 'deployments/finalizers'),
    rule(`create delete ${read} patch update`, legacyApps, 'replicasets'),
    rule(`${read} update`, 'core', 'pods'),
    recordEvents,
  ],
  'disruption-controller': [
    rule(read, legacyApps, 'deployments'),
    rule(read, legacyApps, 'replicasets'),
    rule(read, 'core', 'replicationcontrollers'),
    rule(read, 'policy', 'poddisruptionbudgets'),
    rule(read, 'apps', 'statefulsets'),
    rule('update', 'policy', 'poddisruptionbudgets/status'),
    rule('patch update', 'core', 'pods/status'),
    rule('get', '*', '*/scale'),
    recordEvents,
  ],
  'endpoint-controller': [
    rule(read, 'core', 'pods services'),
    rule(`create delete ${read} update`, 'core', 'endpoints'),
    rule('create', 'core', 'endpoints/restricted'),
    recordEvents,
  ],
  'endpointslice-controller': [
    rule(read, 'core', 'nodes pods services'),
    rule('update', 'core', 'services/finalizers'),
    rule(`create delete ${read} update`, 'discovery.k8s.io', 'endpointslices'),
    recordEvents,
  ],
  'endpointslicemirroring-controller': [
    rule(read, 'core', 'endpoints services'),
    rule('update', 'core', 'services/finalizers'),
    rule('update', 'core', 'endpoints/finalizers'),
    rule(`create delete ${read} update`, 'discovery.k8s.io', 'endpointslices'),
    recordEvents,
  ],
  'ephemeral-volume-controller': [
    rule(read, 'core', 'pods'),
    rule('update', 'core', 'pods/finalizers'),
    rule(`create ${read}`, 'core', 'persistentvolumeclaims'),
    recordEvents,
  ],
  'expand-controller': [
    rule(`${read} patch update`, 'core', 'persistentvolumes'),
    rule('patch update', 'core', 'persistentvolumeclaims/status'),
    rule(read, 'core', 'persistentvolumeclaims'),
    recordEvents,
    rule('get', 'core', 'services'),
  ],
  'generic-garbage-collector': [rule(`delete ${read} patch update`, '*', '*'), recordEvents],
  'horizontal-pod-autoscaler': [
    rule(read, 'autoscaling', 'horizontalpodautoscalers'),
    rule('update', 'autoscaling', 'horizontalpodautoscalers/status'),
    rule('get update', '*', '*/scale'),
    rule('list watch', 'core', 'pods'),
    rule('list watch', 'metrics.k8s.io', 'pods'),
    rule(read, 'custom.metrics.k8s.io', '*'),
    rule(read, 'external.metrics.k8s.io', '*'),
    recordEvents,
  ],
  'job-controller': [
    rule(`${read} patch update`, 'batch', 'jobs'),
    rule('update', 'batch', 'jobs/status'),
    rule('update', 'batch', 'jobs/finalizers'),
    ownPods,
    recordEvents,
  ],
  'legacy-service-account-token-cleaner': [
    rule('get', 'core', 'configmaps', ['kube-apiserver-legacy-service-account-token-tracking']),
    rule('delete patch', 'core', 'secrets'),
  ],
  'namespace-controller': [
    rule(`delete ${read}`, 'core', 'namespaces'),
    rule('update', 'core', 'namespaces/finalize namespaces/status'),
    rule(`delete deletecollection ${read}`, '*', '*'),
  ],
  'node-controller': [
    rule(`delete ${read} patch update`, 'core', 'nodes'),
    rule('patch update', 'core', 'nodes/status'),
    rule('patch update', 'core', 'pods/status'),
    rule(`delete ${read}`, 'core', 'pods'),
    recordEvents,
  ],
  'persistent-volume-binder': [
    rule(`create delete ${read} update`, 'core', 'persistentvolumes'),
    rule('update', 'core', 'persistentvolumes/status'),
    rule(`${read} update`, 'core', 'persistentvolumeclaims'),
    rule('update', 'core', 'persistentvolumeclaims/status'),
    rule(`create delete ${read}`, 'core', 'pods'),
    rule(read, 'storage.k8s.io', 'storageclasses'),
    rule('list watch', 'core', 'nodes'),
    recordEvents,
    rule('watch', 'core', 'events'),
    rule('get', 'core', 'services'),
  ],
  'pod-garbage-collector': [
    rule('delete list watch', 'core', 'pods'),
    rule(read, 'core', 'nodes'),
    rule('patch', 'core', 'pods/status'),
  ],
  'pv-protection-controller': [rule(`${read} update`, 'core', 'persistentvolumes'), recordEvents],
  'pvc-protection-controller': [
    rule(`${read} update`, 'core', 'persistentvolumeclaims'),
    rule(read, 'core', 'pods'),
    recordEvents,
  ],
  'replicaset-controller': [
    rule(`${read} update`, legacyApps, 'replicasets'),
    rule('update', legacyApps, 'replicasets/status'),
    rule('update', legacyApps, 'replicasets/finalizers'),
    ownPods,
    recordEvents,
  ],
  'replication-controller': [
    rule(`${read} update`, 'core', 'replicationcontrollers'),
    rule('update', 'core', 'replicationcontrollers/status'),
    rule('update', 'core', 'replicationcontrollers/finalizers'),
    ownPods,
    recordEvents,
  ],
  'resourcequota-controller': [
    rule('list watch', '*', '*'),
    rule('update', 'core', 'resourcequotas/status'),
    recordEvents,
  ],
  'root-ca-cert-publisher': [rule('create update', 'core', 'configmaps'), recordEvents],
  'route-controller': [
    rule('list watch', 'core', 'nodes'),
    rule('patch', 'core', 'nodes/status'),
    recordEvents,
  ],
  'service-account-controller': [rule('create', 'core', 'serviceaccounts'), recordEvents],
  'service-controller': [
    rule(read, 'core', 'services'),
    rule('patch update', 'core', 'services/status'),
    rule('list watch', 'core', 'nodes'),
    recordEvents,
  ],
  'statefulset-controller': [
    rule('list watch', 'core', 'pods'),
    rule(read, 'apps', 'statefulsets'),
    rule('update', 'apps', 'statefulsets/status'),
    rule('update', 'apps', 'statefulsets/finalizers'),
    rule('create delete get patch update', 'core', 'pods'),
    rule(`create delete ${read} patch update`, 'apps', 'controllerrevisions'),
    rule(`create ${read}`, 'core', 'persistentvolumeclaims'),
    recordEvents,
    rule('delete update', 'core', 'persistentvolumeclaims'),
    rule('update', 'core', 'pods/finalizers'),
  ],
  'ttl-after-finished-controller': [rule(`delete ${read}`, 'batch', 'jobs'), recordEvents],
  'ttl-controller': [rule('list patch update watch', 'core', 'nodes'), recordEvents],
  'validatingadmissionpolicy-status-controller': [
    rule(read, 'admissionregistration.k8s.io', 'validatingadmissionpolicies'),
    rule('get patch update', 'admissionregistration.k8s.io', 'validatingadmissionpolicies/status'),
    recordEvents,
  ],
};

export const controllerRoles: readonly ClusterRole[] = Object.entries(rules).map(([name, own]) =>
  clusterRole(controllerPrefix + name, own),
);
