/** The roles of components that ask this server. Source: upstream's bootstrap policy, 1.32. */
import type { ClusterRole } from '@drydock/api';
import { clusterRole, read, recordEvents, rule } from './rules.ts';

const reviewAccess = [
  rule('create', 'authentication.k8s.io', 'tokenreviews'),
  rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
];

/** Leader election: whoever may create a lease may hold only the one of that name. */
const elect = (lease: string) => [
  rule('create', 'coordination.k8s.io', 'leases'),
  rule('get update', 'coordination.k8s.io', 'leases', [lease]),
];

const approver = (name: string, signer: string) =>
  clusterRole(`system:certificates.k8s.io:${name}`, [
    rule('approve', 'certificates.k8s.io', 'signers', [`kubernetes.io/${signer}`]),
  ]);

const requester = (subresource: string) =>
  clusterRole(`system:certificates.k8s.io:certificatesigningrequests:${subresource}`, [
    rule('create', 'certificates.k8s.io', `certificatesigningrequests/${subresource}`),
  ]);

export const nodeRole = clusterRole('system:node', [
  rule('create', 'authentication.k8s.io', 'tokenreviews'),
  rule('create', 'authorization.k8s.io', 'localsubjectaccessreviews subjectaccessreviews'),
  rule(read, 'core', 'services'),
  rule(`create ${read}`, 'core', 'nodes'),
  rule('patch update', 'core', 'nodes/status'),
  rule('patch update', 'core', 'nodes'),
  rule('create patch update', 'core', 'events'),
  rule(read, 'core', 'pods'),
  rule('create delete', 'core', 'pods'),
  rule('patch update', 'core', 'pods/status'),
  rule('create', 'core', 'pods/eviction'),
  rule(read, 'core', 'configmaps secrets'),
  rule('get', 'core', 'persistentvolumeclaims persistentvolumes'),
  rule('get', 'core', 'endpoints'),
  rule(`create ${read}`, 'certificates.k8s.io', 'certificatesigningrequests'),
  rule('create delete get patch update', 'coordination.k8s.io', 'leases'),
  rule('get', 'storage.k8s.io', 'volumeattachments'),
  rule('create', 'core', 'serviceaccounts/token'),
  rule('get patch update', 'core', 'persistentvolumeclaims/status'),
  rule(read, 'storage.k8s.io', 'csidrivers'),
  rule('create delete get patch update', 'storage.k8s.io', 'csinodes'),
  rule(read, 'node.k8s.io', 'runtimeclasses'),
]);

export const componentRoles: readonly ClusterRole[] = [
  nodeRole,
  clusterRole('system:auth-delegator', reviewAccess),
  requester('nodeclient'),
  requester('selfnodeclient'),
  approver('kube-apiserver-client-approver', 'kube-apiserver-client'),
  approver('kube-apiserver-client-kubelet-approver', 'kube-apiserver-client-kubelet'),
  approver('kubelet-serving-approver', 'kubelet-serving'),
  approver('legacy-unknown-approver', 'legacy-unknown'),
  clusterRole('system:heapster', [
    rule(read, 'core', 'events namespaces nodes pods'),
    rule(read, 'extensions', 'deployments'),
  ]),
  clusterRole('system:kube-aggregator', [rule(read, 'core', 'endpoints services')]),
  clusterRole('system:kube-controller-manager', [
    recordEvents,
    ...elect('kube-controller-manager'),
    rule('create', 'core', 'secrets serviceaccounts'),
    rule('delete', 'core', 'secrets'),
    rule('get', 'core', 'configmaps namespaces secrets serviceaccounts'),
    rule('update', 'core', 'secrets serviceaccounts'),
    ...reviewAccess,
    rule('list watch', '*', '*'),
    rule('create', 'core', 'serviceaccounts/token'),
  ]),
  clusterRole('system:kube-dns', [rule('list watch', 'core', 'endpoints services')]),
  clusterRole('system:kube-scheduler', [
    recordEvents,
    ...elect('kube-scheduler'),
    rule(read, 'core', 'nodes'),
    rule(`delete ${read}`, 'core', 'pods'),
    rule('create', 'core', 'bindings pods/binding'),
    rule('patch update', 'core', 'pods/status'),
    rule(read, 'core', 'replicationcontrollers services'),
    rule(read, 'apps extensions', 'replicasets'),
    rule(read, 'apps', 'statefulsets'),
    rule(read, 'policy', 'poddisruptionbudgets'),
    rule(read, 'core', 'persistentvolumeclaims persistentvolumes'),
    ...reviewAccess,
    rule(read, 'storage.k8s.io', 'csinodes'),
    rule(read, 'core', 'namespaces'),
    rule(read, 'storage.k8s.io', 'csidrivers'),
    rule(read, 'storage.k8s.io', 'csistoragecapacities'),
  ]),
  clusterRole('system:kubelet-api-admin', [
    rule(read, 'core', 'nodes'),
    rule('proxy', 'core', 'nodes'),
    rule('*', 'core', 'nodes/log nodes/metrics nodes/proxy nodes/stats'),
  ]),
  clusterRole('system:node-bootstrapper', [
    rule(`create ${read}`, 'certificates.k8s.io', 'certificatesigningrequests'),
  ]),
  clusterRole('system:node-problem-detector', [
    rule('get', 'core', 'nodes'),
    rule('patch', 'core', 'nodes/status'),
    recordEvents,
  ]),
  clusterRole('system:node-proxier', [
    rule('list watch', 'core', 'endpoints services'),
    rule(read, 'core', 'nodes'),
    recordEvents,
    rule('list watch', 'discovery.k8s.io', 'endpointslices'),
  ]),
  clusterRole('system:persistent-volume-provisioner', [
    rule(`create delete ${read}`, 'core', 'persistentvolumes'),
    rule(`${read} update`, 'core', 'persistentvolumeclaims'),
    rule(read, 'storage.k8s.io', 'storageclasses'),
    rule('watch', 'core', 'events'),
    recordEvents,
  ]),
  clusterRole('system:volume-scheduler', [
    rule(`${read} patch update`, 'core', 'persistentvolumes'),
    rule(read, 'storage.k8s.io', 'storageclasses'),
    rule(`${read} patch update`, 'core', 'persistentvolumeclaims'),
  ]),
];
