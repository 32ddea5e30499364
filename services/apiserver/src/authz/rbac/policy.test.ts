/** Roles and bindings together: by hand, and against an evaluation that has no index. */
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding } from '@drydock/api';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RequestAttributes } from '../attributes.ts';
import type { Subject } from '../subject.ts';
import { attributesWith } from '../testing/attributes.ts';
import { Policy } from './policy.ts';
import { ruleAllows } from './rules.ts';

const apiVersion = 'rbac.authorization.k8s.io/v1';
const apiGroup = 'rbac.authorization.k8s.io';

const roleOf = (namespace: string, name: string, rules: PolicyRule[]): Role | ClusterRole => ({
  kind: namespace === '' ? 'ClusterRole' : 'Role',
  apiVersion,
  metadata: namespace === '' ? { name } : { name, namespace },
  rules,
});

type AnyBinding = ClusterRoleBinding | RoleBinding;

const bindingOf = (
  namespace: string,
  name: string,
  role: readonly ['Role' | 'ClusterRole', string],
  subjects: AnyBinding['subjects'],
): AnyBinding => ({
  kind: namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding',
  apiVersion,
  metadata: namespace === '' ? { name } : { name, namespace },
  roleRef: { apiGroup, kind: role[0], name: role[1] },
  ...(subjects === undefined ? {} : { subjects }),
});

const jane: Subject = { user: 'jane', groups: ['ops'] };
const toJane = [{ kind: 'User', apiGroup, name: 'jane' }];
const readPods = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };
const getPod = (namespace: string) => attributesWith({ resource: 'pods', namespace });

describe('a policy', () => {
  test('a ClusterRole bound in a namespace counts there, bound in the cluster everywhere', () => {
    const policy = new Policy();
    policy.setRole(roleOf('', 'reader', [readPods]));
    policy.setBinding(bindingOf('a', 'b', ['ClusterRole', 'reader'], toJane));
    expect(policy.decide(jane, getPod('a'))).toEqual({
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "b/a" of ClusterRole "reader" to User "jane"',
    });
    expect(policy.decide(jane, getPod('c')).allowed).toBe(false);
    expect(policy.decide(jane, getPod('')).allowed).toBe(false);
    const toOps = [{ kind: 'Group', apiGroup, name: 'ops' }];
    policy.setBinding(bindingOf('', 'all', ['ClusterRole', 'reader'], toOps));
    expect(policy.decide(jane, getPod('c')).reason).toBe(
      'RBAC: allowed by ClusterRoleBinding "all" of ClusterRole "reader" to Group "ops"',
    );
    expect(policy.decide({ user: 'joe', groups: [] }, getPod('c')).allowed).toBe(false);
  });

  test('a service account of a RoleBinding is of its namespace unless it says another', () => {
    const policy = new Policy();
    policy.setRole(roleOf('a', 'reader', [readPods]));
    const subjects = [
      { kind: 'ServiceAccount', name: 'own' },
      { kind: 'ServiceAccount', name: 'other', namespace: 'x' },
    ];
    policy.setBinding(bindingOf('a', 'b', ['Role', 'reader'], subjects));
    const may = (user: string) => policy.decide({ user, groups: [] }, getPod('a')).allowed;
    expect(may('system:serviceaccount:a:own')).toBe(true);
    expect(may('system:serviceaccount:x:own')).toBe(false);
    expect(may('system:serviceaccount:x:other')).toBe(true);
  });

  test('a role that is not there allows nothing, and is named in the refusal', () => {
    const policy = new Policy();
    policy.setBinding(bindingOf('', 'b', ['ClusterRole', 'gone'], toJane));
    expect(policy.decide(jane, getPod('a'))).toEqual({
      allowed: false,
      reason: 'RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found',
    });
    policy.setBinding(bindingOf('a', 'b', ['Role', 'lost'], toJane));
    expect(policy.rulesFor(jane, 'a')).toEqual({
      rules: [],
      problems: [
        'clusterrole.rbac.authorization.k8s.io "gone" not found',
        'role.rbac.authorization.k8s.io "lost" not found',
      ],
      isIncomplete: true,
    });
  });

  test('a user whose name is that of a prototype is nobody', () => {
    const policy = new Policy();
    const subject = { user: '__proto__', groups: ['constructor'] };
    expect(policy.decide(subject, getPod('a'))).toEqual({ allowed: false, reason: '' });
  });

  test('the rules of a binding are told once, by whatever subjects it reaches someone', () => {
    const policy = new Policy();
    policy.setRole(roleOf('', 'reader', [readPods]));
    const subjects = [...toJane, { kind: 'Group', apiGroup, name: 'ops' }];
    policy.setBinding(bindingOf('', 'b', ['ClusterRole', 'reader'], subjects));
    expect(policy.rulesFor(jane, 'a').rules).toEqual([readPods]);
  });
});

/** All bindings, one after the other: what the index must be equal to. */
function decideNaively(
  world: {
    readonly roles: readonly (Role | ClusterRole)[];
    readonly bindings: readonly AnyBinding[];
  },
  subject: Subject,
  attributes: RequestAttributes,
): boolean {
  return world.bindings.some(({ metadata, roleRef, subjects = [] }) => {
    const { namespace = '' } = metadata;
    if (namespace !== '' && namespace !== attributes.namespace) return false;
    const isBound = subjects.some(({ kind, name, namespace: own }) => {
      if (kind === 'User') return name === subject.user;
      if (kind === 'Group') return subject.groups.includes(name);
      return subject.user === `system:serviceaccount:${own ?? namespace}:${name}`;
    });
    const role = world.roles.find(
      (one) =>
        one.kind === roleRef.kind &&
        one.metadata.name === roleRef.name &&
        (one.kind === 'ClusterRole' || one.metadata.namespace === namespace),
    );
    return isBound && (role?.rules ?? []).some((rule) => ruleAllows(rule, attributes));
  });
}

const some = (...values: string[]) => fc.constantFrom(...values);
const someOf = (...values: string[]) => fc.subarray(values, { minLength: 1 });
const anyNamespace = some('', 'a', 'b');
const anyRule: fc.Arbitrary<PolicyRule> = fc.oneof(
  fc.record(
    {
      verbs: someOf('get', 'list', '*'),
      apiGroups: someOf('', 'apps', '*'),
      resources: someOf('pods', 'pods/log', 'deployments', 'deployments/scale', '*/scale', '*'),
      resourceNames: someOf('x', 'y'),
    },
    { requiredKeys: ['verbs', 'apiGroups', 'resources'] },
  ),
  fc.record({ verbs: someOf('get', '*'), nonResourceURLs: someOf('/a', '/a/*', '*') }),
);
const anySubject = fc.oneof(
  fc.record({ kind: some('User', 'Group'), name: some('u', 'v') }),
  fc.record(
    { kind: some('ServiceAccount'), name: some('u', 'v'), namespace: some('a', 'b') },
    { requiredKeys: ['kind', 'name'] },
  ),
);
type Step =
  | { readonly do: 'role'; readonly object: Role | ClusterRole }
  | { readonly do: 'binding'; readonly object: AnyBinding }
  | {
      readonly do: 'deleteRole' | 'deleteBinding';
      readonly namespace: string;
      readonly name: string;
    };
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc
    .tuple(anyNamespace, some('r', 's'), fc.array(anyRule, { maxLength: 3 }))
    .map(([namespace, name, rules]): Step => ({
      do: 'role',
      object: roleOf(namespace, name, rules),
    })),
  fc
    .tuple(anyNamespace, some('m', 'n'), fc.boolean(), some('r', 's'), fc.array(anySubject))
    .map(([namespace, name, isOwn, role, subjects]): Step => {
      const kind = isOwn && namespace !== '' ? 'Role' : 'ClusterRole';
      return { do: 'binding', object: bindingOf(namespace, name, [kind, role], subjects) };
    }),
  fc
    .tuple(some('deleteRole', 'deleteBinding'), anyNamespace, some('m', 'n', 'r', 's'))
    .map(([what, namespace, name]) => ({ do: what, namespace, name }) as Step),
);
const anyRequest = fc
  .record({
    verb: some('get', 'list'),
    group: some('', 'apps'),
    resource: some('', 'pods', 'deployments'),
    subresource: some('', 'log', 'scale'),
    namespace: anyNamespace,
    name: some('', 'x'),
    path: some('/a', '/a/b'),
  })
  .map(attributesWith);
const anyone: fc.Arbitrary<Subject> = fc.record({
  user: some('u', 'v', 'system:serviceaccount:a:u', 'system:serviceaccount:b:v'),
  groups: fc.subarray(['u', 'v']),
});

test('whatever was added, changed and taken away, the index decides as all bindings in a row do', () => {
  fc.assert(
    fc.property(
      fc.array(anyStep, { maxLength: 30 }),
      fc.array(fc.tuple(anyone, anyRequest), { minLength: 1, maxLength: 10 }),
      (steps, questions) => {
        const policy = new Policy();
        let roles: (Role | ClusterRole)[] = [];
        let bindings: AnyBinding[] = [];
        for (const step of steps) {
          const { namespace = '', name } = 'object' in step ? step.object.metadata : step;
          const isOther = ({ metadata }: Role | AnyBinding) =>
            (metadata.namespace ?? '') !== namespace || metadata.name !== name;
          if (step.do === 'role' || step.do === 'deleteRole') roles = roles.filter(isOther);
          else bindings = bindings.filter(isOther);
          if (step.do === 'role') {
            policy.setRole(step.object);
            roles.push(step.object);
          } else if (step.do === 'binding') {
            policy.setBinding(step.object);
            bindings.push(step.object);
          } else if (step.do === 'deleteRole') policy.deleteRole(namespace, name);
          else policy.deleteBinding(namespace, name);
        }
        for (const [subject, request] of questions) {
          const expected = decideNaively({ roles, bindings }, subject, request);
          expect(policy.decide(subject, request).allowed).toBe(expected);
          const { rules } = policy.rulesFor(subject, request.namespace);
          expect(rules.some((rule) => ruleAllows(rule, request))).toBe(expected);
        }
      },
    ),
    { numRuns: 1_000 },
  );
});
