/** Roles in the namespaces of the system. Source: upstream's namespace policy, 1.32. */
import type { Role, RoleBinding } from '@drydock/api';
import { controllerPrefix } from './controller-roles.ts';
import { binding, read, recordEvents, role, rule, serviceAccount, user } from './rules.ts';

const system = 'kube-system';
const publicNamespace = 'kube-public';
const authenticationReader = 'extension-apiserver-authentication-reader';
const managerLock = 'system::leader-locking-kube-controller-manager';
const schedulerLock = 'system::leader-locking-kube-scheduler';

/** Locks of old, in a ConfigMap of one name, and of today, in Leases with their candidates. */
const lockRules = (component: string) => [
  rule('watch', 'core', 'configmaps'),
  rule('get update', 'core', 'configmaps', [component]),
  rule(`create ${read} update`, 'coordination.k8s.io', 'leases'),
  rule(`create ${read} update`, 'coordination.k8s.io', 'leasecandidates'),
];

export const namespaceRoles: readonly Role[] = [
  role(system, authenticationReader, [
    rule(read, 'core', 'configmaps', ['extension-apiserver-authentication']),
  ]),
  role(system, `${controllerPrefix}bootstrap-signer`, [rule(read, 'core', 'secrets')]),
  role(system, `${controllerPrefix}cloud-provider`, [rule(`create ${read}`, 'core', 'configmaps')]),
  role(system, `${controllerPrefix}token-cleaner`, [
    rule(`delete ${read}`, 'core', 'secrets'),
    recordEvents,
  ]),
  role(system, managerLock, lockRules('kube-controller-manager')),
  role(system, schedulerLock, lockRules('kube-scheduler')),
  role(publicNamespace, `${controllerPrefix}bootstrap-signer`, [
    rule(read, 'core', 'configmaps'),
    rule('update', 'core', 'configmaps', ['cluster-info']),
    recordEvents,
  ]),
];

const manager = user('system:kube-controller-manager');
const scheduler = user('system:kube-scheduler');
const toAccount = (namespace: string, name: string) =>
  binding(namespace, controllerPrefix + name, [serviceAccount(name)]);

export const namespaceRoleBindings: readonly RoleBinding[] = [
  binding(system, authenticationReader, [manager, scheduler], `system::${authenticationReader}`),
  binding(system, managerLock, [
    manager,
    serviceAccount('kube-controller-manager'),
    serviceAccount('leader-election-controller'),
  ]),
  binding(system, schedulerLock, [scheduler, serviceAccount('kube-scheduler')]),
  toAccount(system, 'bootstrap-signer'),
  toAccount(system, 'cloud-provider'),
  toAccount(system, 'token-cleaner'),
  toAccount(publicNamespace, 'bootstrap-signer'),
];
