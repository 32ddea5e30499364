import type { ClusterRole, PolicyRule } from '@drydock/api';
import { expect, test } from 'vitest';
import { meta } from '../testing/builders.ts';
import { plan } from './plan.ts';

const rule = (resource: string): PolicyRule => ({
  verbs: ['get'],
  apiGroups: [''],
  resources: [resource],
});
const roleOf = (name: string, rules: PolicyRule[], labels: Record<string, string> = {}) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { ...meta(name), namespace: '', labels },
  rules,
});
const gathering = (rules: PolicyRule[], ...labels: Record<string, string>[]): ClusterRole => ({
  ...roleOf('view', rules),
  aggregationRule: { clusterRoleSelectors: labels.map((matchLabels) => ({ matchLabels })) },
});

const toView = { view: 'true' };
const second = roleOf('b', [rule('pods'), rule('nodes')], toView);
const first = roleOf('a', [rule('services'), rule('pods')], toView);
const other = roleOf('c', [rule('secrets')], { edit: 'true' });

test('gathers the rules of what it selects, by name, each rule once', () => {
  const clusterRole = gathering([rule('old')], toView);
  expect(plan({ clusterRole, clusterRoles: [second, other, first, clusterRole] })).toEqual({
    kind: 'setRules',
    rules: [rule('services'), rule('pods'), rule('nodes')],
  });
});

test('follows the order of its selectors', () => {
  const clusterRole = gathering([], { edit: 'true' }, toView);
  const action = plan({ clusterRole, clusterRoles: [first, other] });
  expect(action?.rules).toEqual([rule('secrets'), rule('services'), rule('pods')]);
});

test('does not gather itself, and forgets what is selected no more', () => {
  const clusterRole = gathering([rule('pods')], toView);
  clusterRole.metadata.labels = toView;
  expect(plan({ clusterRole, clusterRoles: [clusterRole] })?.rules).toEqual([]);
});

test('writes nothing when all is gathered, nor for a role that gathers nothing', () => {
  const clusterRole = gathering([rule('services'), rule('pods')], toView);
  expect(plan({ clusterRole, clusterRoles: [first] })).toBeUndefined();
  expect(plan({ clusterRole: first, clusterRoles: [second] })).toBeUndefined();
});
