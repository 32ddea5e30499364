/** Nobody gives away more than he has (upstream's policybased storage). */
import {
  clusterRoleBindings,
  clusterRoles,
  roleBindings,
  roles,
  type ClusterRole,
  type KindDefinition,
  type KubernetesObject,
  type PolicyRule,
} from '@drydock/api';
import { describe, expect, test } from 'vitest';
import { admitGrant } from './escalation.ts';
import { Policy } from './rbac/policy.ts';

const apiGroup = 'rbac.authorization.k8s.io';
const apiVersion = `${apiGroup}/v1`;
const readPods = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };
const readSecrets = { verbs: ['get'], apiGroups: [''], resources: ['secrets'] };

/** Jane holds these rules in the whole cluster; a ClusterRole `secrets` is there too. */
function worldOf(...held: PolicyRule[]): Policy {
  const policy = new Policy();
  const named = (name: string, rules: PolicyRule[]): ClusterRole => ({
    kind: 'ClusterRole',
    apiVersion,
    metadata: { name },
    rules,
  });
  policy.setRole(named('janes', held));
  policy.setRole(named('secrets', [readSecrets]));
  policy.setBinding({
    kind: 'ClusterRoleBinding',
    apiVersion,
    metadata: { name: 'janes' },
    subjects: [{ kind: 'User', apiGroup, name: 'jane' }],
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'janes' },
  });
  return policy;
}

const jane = { user: 'jane', groups: ['ops', 'system:authenticated'] };

function write(
  policy: Policy,
  kind: KindDefinition,
  content: object,
  { user = jane, old }: { user?: typeof jane; old?: object } = {},
): string | undefined {
  const whole = (part: object): KubernetesObject => ({
    kind: kind.kind,
    apiVersion,
    metadata: { name: 'x' },
    ...part,
  });
  try {
    const namespace = kind.namespaced ? 'default' : '';
    const object = whole(content);
    const before = old === undefined ? undefined : whole(old);
    admitGrant(policy, user, { kind, namespace, requestName: 'x', object, old: before });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const secretsRefused = (resource: string) =>
  `${resource}.${apiGroup} "x" is forbidden: user "jane" (groups=["ops" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}`;

describe('roles', () => {
  test('may hold what their writer holds', () => {
    expect(write(worldOf(readPods), roles, { rules: [readPods] })).toBeUndefined();
    expect(write(worldOf(readPods), roles, { rules: [readPods, readSecrets] })).toBe(
      secretsRefused('roles'),
    );
  });

  test('are free to whoever may escalate, and to masters', () => {
    const escalate = { verbs: ['escalate'], apiGroups: [apiGroup], resources: ['clusterroles'] };
    const policy = worldOf({ ...escalate, resourceNames: ['x'] });
    expect(write(policy, clusterRoles, { rules: [readSecrets] })).toBeUndefined();
    expect(write(policy, roles, { rules: [readSecrets] })).toBe(secretsRefused('roles'));
    const master = { user: 'jane', groups: ['system:masters'] };
    expect(write(worldOf(), roles, { rules: [readSecrets] }, { user: master })).toBeUndefined();
  });

  test('that gather others need all there is, before and after', () => {
    const clusterRoleSelectors = [{ matchLabels: { a: 'b' } }];
    const aggregated = { rules: [], aggregationRule: { clusterRoleSelectors } };
    const refusal = `clusterroles.${apiGroup} "x" is forbidden: must have cluster-admin privileges to use the aggregationRule`;
    expect(write(worldOf(readPods), clusterRoles, aggregated)).toBe(refusal);
    expect(write(worldOf(), clusterRoles, { rules: [] }, { old: aggregated })).toBe(refusal);
    const all = worldOf(
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { verbs: ['*'], nonResourceURLs: ['*'] },
    );
    expect(write(all, clusterRoles, aggregated)).toBeUndefined();
  });

  test('may be let go by the garbage collector, which holds nothing', () => {
    const old = { rules: [readSecrets], metadata: { name: 'x', finalizers: ['a.b/c'] } };
    expect(write(worldOf(), roles, { rules: [readSecrets] }, { old })).toBeUndefined();
    const other = { ...old, rules: [readPods] };
    expect(write(worldOf(), roles, { rules: [readSecrets] }, { old: other })).toBe(
      secretsRefused('roles'),
    );
  });
});

describe('bindings', () => {
  const roleRef = { apiGroup, kind: 'ClusterRole', name: 'secrets' };

  test('may give what their writer holds', () => {
    expect(write(worldOf(readSecrets), clusterRoleBindings, { roleRef })).toBeUndefined();
    expect(write(worldOf(readPods), roleBindings, { roleRef })).toBe(
      secretsRefused('rolebindings'),
    );
  });

  test('are free to whoever may bind that role', () => {
    const bind = { verbs: ['bind'], apiGroups: [apiGroup], resources: ['clusterroles'] };
    const policy = worldOf({ ...bind, resourceNames: ['secrets'] });
    expect(write(policy, roleBindings, { roleRef })).toBeUndefined();
    const other = { ...roleRef, name: 'janes' };
    expect(write(policy, roleBindings, { roleRef: other })).toBeUndefined();
    expect(write(worldOf({ ...bind, resourceNames: ['y'] }), roleBindings, { roleRef })).toBe(
      secretsRefused('rolebindings'),
    );
  });

  test('to a role that is not there are not written', () => {
    const missing = { ...roleRef, kind: 'Role', name: 'none' };
    expect(write(worldOf(readPods), roleBindings, { roleRef: missing })).toBe(
      `roles.${apiGroup} "none" not found`,
    );
  });
});
