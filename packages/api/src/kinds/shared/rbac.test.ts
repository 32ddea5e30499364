/** The rules of roles and bindings, in upstream's words (rbac validation). */
import { describe, expect, test } from 'vitest';
import { decodeObject } from '../../decode.ts';
import { formatFieldError } from '../../field-error.ts';
import type { KindDefinition } from '../../kind.ts';
import type { KubernetesObject } from '../../object.ts';
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from '../../registry.ts';

function make<T extends KubernetesObject>(kind: KindDefinition<T>, content: object): T {
  const metadata = { name: 'system:a:b', ...(kind.namespaced ? { namespace: 'default' } : {}) };
  const { object } = decodeObject(JSON.stringify({ metadata, ...content }), kind);
  kind.setDefaults(object);
  return object;
}

const problems = <T extends KubernetesObject>(kind: KindDefinition<T>, content: object) =>
  kind.validate(make(kind, content)).map(formatFieldError);

describe('names', () => {
  test('hold colons and capitals, but nothing that a path cannot hold', () => {
    expect(problems(roles, { rules: [] })).toEqual([]);
    const named = (name: string) => problems(clusterRoles, { metadata: { name }, rules: [] });
    expect(named('Some Name_1')).toEqual([]);
    expect(named('..')).toEqual([`metadata.name: Invalid value: "..": may not be '..'`]);
    expect(named('a/b%')).toEqual([
      `metadata.name: Invalid value: "a/b%": may not contain '/'`,
      `metadata.name: Invalid value: "a/b%": may not contain '%'`,
    ]);
  });
});

describe('rules', () => {
  const url = { verbs: ['get'], nonResourceURLs: ['/metrics'] };

  test('name verbs, groups and resources', () => {
    expect(problems(roles, { rules: [{ verbs: [] }] })).toEqual([
      'rules[0].verbs: Required value: verbs must contain at least one value',
      'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
      'rules[0].resources: Required value: resource rules must supply at least one resource',
    ]);
  });

  test('name paths in ClusterRoles alone, and apart from resources', () => {
    expect(problems(clusterRoles, { rules: [url] })).toEqual([]);
    expect(problems(roles, { rules: [url] })).toEqual([
      'rules[0].nonResourceURLs: Invalid value: []string{"/metrics"}: namespaced rules cannot apply to non-resource URLs',
    ]);
    expect(problems(clusterRoles, { rules: [{ ...url, resources: ['pods'] }] })).toEqual([
      'rules[0].nonResourceURLs: Invalid value: []string{"/metrics"}: rules cannot apply to both regular resources and non-resource URLs',
    ]);
  });

  test('an aggregation rule selects something', () => {
    expect(problems(clusterRoles, { aggregationRule: {} })).toEqual([
      'aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
    ]);
    const matchLabels = { 'bad key': 'v' };
    const rule = { clusterRoleSelectors: [{ matchLabels }] };
    expect(problems(clusterRoles, { aggregationRule: rule })[0]).toMatch(
      /^aggregationRule\.clusterRoleSelectors\[0\]\.matchLabels: Invalid value: "bad key"/,
    );
  });
});

describe('bindings', () => {
  const roleRef = { kind: 'ClusterRole', name: 'view' };

  test('of people and roles name the group of RBAC, of service accounts none', () => {
    const { subjects, roleRef: reference } = make(roleBindings, {
      roleRef,
      subjects: [
        { kind: 'User', name: 'jane' },
        { kind: 'ServiceAccount', name: 'default' },
      ],
    });
    expect(reference.apiGroup).toBe('rbac.authorization.k8s.io');
    expect(subjects).toEqual([
      { kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' },
      { kind: 'ServiceAccount', name: 'default' },
    ]);
  });

  test('refer to roles of their own reach', () => {
    expect(problems(clusterRoleBindings, { roleRef: { kind: 'Role', name: '' } })).toEqual([
      'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
      'roleRef.name: Required value',
    ]);
    expect(problems(roleBindings, { roleRef: { kind: 'Role', name: 'r' } })).toEqual([]);
  });

  test('name whom they bind', () => {
    const subjects = [
      { kind: 'ServiceAccount', name: 'x' },
      { kind: 'Group', name: '' },
      { kind: 'Node', name: 'n' },
      { kind: 'User', name: 'u', apiGroup: 'other' },
    ];
    expect(problems(clusterRoleBindings, { roleRef, subjects })).toEqual([
      'subjects[0].namespace: Required value',
      'subjects[1].name: Required value',
      'subjects[1].name: Invalid value: "": group name cannot be empty',
      'subjects[2].kind: Unsupported value: "Node": supported values: "Group", "ServiceAccount", "User"',
      'subjects[3].apiGroup: Unsupported value: "other": supported values: "rbac.authorization.k8s.io"',
    ]);
  });

  test('keep their role', () => {
    const old = make(roleBindings, { roleRef });
    const object = make(roleBindings, { roleRef: { kind: 'Role', name: 'b' } });
    expect(roleBindings.validateUpdate(object, old).map(formatFieldError)).toContain(
      'roleRef: Invalid value: rbac.RoleRef{APIGroup:"rbac.authorization.k8s.io", Kind:"Role", Name:"b"}: cannot change roleRef',
    );
  });

  test('show the role, and those whom it is given to', () => {
    const binding = make(roleBindings, {
      metadata: { name: 'b', namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z' },
      roleRef,
      subjects: [
        { kind: 'User', name: 'jane' },
        { kind: 'User', name: 'joe' },
        { kind: 'Group', name: 'ops' },
        { kind: 'ServiceAccount', name: 'sa', namespace: 'x' },
      ],
    });
    const wallTime = Date.parse('2026-01-01T00:00:05Z');
    expect(roleBindings.cells(binding, wallTime)).toEqual([
      'b',
      'ClusterRole/view',
      '5s',
      'jane, joe',
      'ops',
      'x/sa',
    ]);
  });
});
