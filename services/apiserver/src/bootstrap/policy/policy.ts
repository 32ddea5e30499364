/** The roles and bindings that every cluster has, as data. */
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '@drydock/api';
import { authenticatedGroup, unauthenticatedGroup } from '../../authz/subject.ts';
import { componentRoles } from './component-roles.ts';
import { controllerPrefix, controllerRoles } from './controller-roles.ts';
import { namespaceRoleBindings, namespaceRoles } from './namespace-roles.ts';
import { ownBindings, ownRoles } from './own-roles.ts';
import { clusterBinding, groupOf, serviceAccount, user } from './rules.ts';
import { userRoles } from './user-roles.ts';

const everyone = groupOf(authenticatedGroup);
const strangers = groupOf(unauthenticatedGroup);
const scheduler = user('system:kube-scheduler');

const userBindings: readonly ClusterRoleBinding[] = [
  clusterBinding('cluster-admin', [groupOf('system:masters')]),
  clusterBinding('system:monitoring', [groupOf('system:monitoring')]),
  clusterBinding('system:discovery', [everyone]),
  clusterBinding('system:basic-user', [everyone]),
  clusterBinding('system:public-info-viewer', [everyone, strangers]),
  clusterBinding('system:service-account-issuer-discovery', [groupOf('system:serviceaccounts')]),
];

const componentBindings: readonly ClusterRoleBinding[] = [
  clusterBinding('system:node-proxier', [user('system:kube-proxy')]),
  clusterBinding('system:kube-controller-manager', [user('system:kube-controller-manager')]),
  clusterBinding('system:kube-dns', [serviceAccount('kube-dns')]),
  clusterBinding('system:kube-scheduler', [scheduler]),
  clusterBinding('system:volume-scheduler', [scheduler]),
  // Nodes are judged one by one, by the node authorizer; the binding is there to be given subjects.
  clusterBinding('system:node', []),
];

const controllerBindings = controllerRoles.map(({ metadata }) =>
  clusterBinding(metadata.name, [serviceAccount(metadata.name.slice(controllerPrefix.length))]),
);

export const defaultPolicy: {
  readonly roles: readonly (ClusterRole | Role)[];
  readonly bindings: readonly (ClusterRoleBinding | RoleBinding)[];
} = {
  roles: [...userRoles, ...componentRoles, ...controllerRoles, ...ownRoles, ...namespaceRoles],
  bindings: [
    ...userBindings,
    ...componentBindings,
    ...controllerBindings,
    ...ownBindings,
    ...namespaceRoleBindings,
  ],
};
