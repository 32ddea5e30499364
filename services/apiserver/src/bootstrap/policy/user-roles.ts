/** The roles that people are given. Source: upstream's bootstrap policy, 1.32. */
import type { ClusterRole } from '@drydock/api';
import { clusterRole, paths, read, rule, write } from './rules.ts';

const workloads = 'daemonsets deployments replicasets statefulsets';
const legacyScales = 'deployments/scale replicasets/scale replicationcontrollers/scale';

export const userRoles: readonly ClusterRole[] = [
  clusterRole('cluster-admin', [rule('*', '*', '*'), { verbs: ['*'], nonResourceURLs: ['*'] }]),
  clusterRole('admin', [], { aggregates: 'admin' }),
  clusterRole('edit', [], { aggregates: 'edit', aggregateTo: 'admin' }),
  clusterRole('view', [], { aggregates: 'view', aggregateTo: 'edit' }),

  clusterRole(
    'system:aggregate-to-admin',
    [
      rule('create', 'authorization.k8s.io', 'localsubjectaccessreviews'),
      rule(`${read} ${write}`, 'rbac.authorization.k8s.io', 'rolebindings roles'),
    ],
    { aggregateTo: 'admin' },
  ),

  clusterRole(
    'system:aggregate-to-edit',
    [
      rule(
        read,
        'core',
        'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy',
      ),
      rule('impersonate', 'core', 'serviceaccounts'),
      rule(write, 'core', 'pods pods/attach pods/exec pods/portforward pods/proxy'),
      rule('create', 'core', 'pods/eviction'),
      rule(
        write,
        'core',
        'configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
      ),
      rule('create', 'core', 'serviceaccounts/token'),
      rule(
        write,
        'apps',
        `${workloads} deployments/rollback deployments/scale replicasets/scale statefulsets/scale`,
      ),
      rule(write, 'autoscaling', 'horizontalpodautoscalers'),
      rule(write, 'batch', 'cronjobs jobs'),
      rule(
        write,
        'extensions',
        `daemonsets deployments deployments/rollback ingresses networkpolicies replicasets ${legacyScales}`,
      ),
      rule(write, 'policy', 'poddisruptionbudgets'),
      rule(write, 'networking.k8s.io', 'ingresses networkpolicies'),
      rule(`${read} ${write}`, 'coordination.k8s.io', 'leases'),
    ],
    { aggregateTo: 'edit' },
  ),

  clusterRole(
    'system:aggregate-to-view',
    [
      rule(
        read,
        'core',
        'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status',
      ),
      rule(
        read,
        'core',
        'bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status',
      ),
      rule(read, 'core', 'namespaces'),
      rule(read, 'discovery.k8s.io', 'endpointslices'),
      rule(
        read,
        'apps',
        `controllerrevisions ${workloads} daemonsets/status deployments/scale deployments/status replicasets/scale replicasets/status statefulsets/scale statefulsets/status`,
      ),
      rule(read, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
      rule(read, 'batch', 'cronjobs cronjobs/status jobs jobs/status'),
      rule(
        read,
        'extensions',
        `daemonsets daemonsets/status deployments deployments/status ingresses ingresses/status networkpolicies replicasets replicasets/status ${legacyScales}`,
      ),
      rule(read, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
      rule(read, 'networking.k8s.io', 'ingresses ingresses/status networkpolicies'),
    ],
    { aggregateTo: 'view' },
  ),

  clusterRole('system:basic-user', [
    rule('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
    rule('create', 'authentication.k8s.io', 'selfsubjectreviews'),
  ]),
  clusterRole('system:discovery', [
    paths(
      '/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/',
    ),
  ]),
  clusterRole('system:public-info-viewer', [paths('/healthz /livez /readyz /version /version/')]),
  clusterRole('system:monitoring', [
    paths('/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*'),
  ]),
  clusterRole('system:service-account-issuer-discovery', [
    paths('/.well-known/openid-configuration /openid/v1/jwks'),
  ]),
];
