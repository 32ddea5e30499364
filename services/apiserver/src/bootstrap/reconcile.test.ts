/** Default roles and bindings where some are there already (upstream's rbac reconciliation). */
import type { ClusterRole, ClusterRoleBinding } from '@drydock/api';
import { expect, test } from 'vitest';
import { clusterBinding, clusterRole, groupOf, rule, user } from './policy/rules.ts';
import { isProtected, reconcileBinding, reconcileRole } from './reconcile.ts';

const expected = clusterRole('r', [rule('get list', 'core', 'pods')]);
const withRules = (...rules: NonNullable<ClusterRole['rules']>): ClusterRole => ({
  ...structuredClone(expected),
  rules,
});

test('a role that allows all that it should stays as it is, with what was added to it', () => {
  const wider = withRules(rule('*', 'core', '*'), rule('get', 'apps', 'deployments'));
  expect(reconcileRole(wider, expected)).toEqual(wider);
});

test('a role gets what it lacks, and only that', () => {
  const narrow = withRules(rule('get', 'core', 'pods nodes'));
  expect(reconcileRole(narrow, expected).rules).toEqual([
    rule('get', 'core', 'pods nodes'),
    rule('list', 'core', 'pods'),
  ]);
});

test('lost marks come back, and changed ones stay', () => {
  const existing = structuredClone(expected);
  existing.metadata.labels = { own: 'label' };
  existing.metadata.annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'yes' };
  expect(reconcileRole(existing, expected).metadata).toMatchObject({
    labels: { own: 'label', 'kubernetes.io/bootstrapping': 'rbac-defaults' },
    annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'yes' },
  });
  existing.metadata.annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'false' };
  expect(isProtected(existing)).toBe(true);
  expect(isProtected(expected)).toBe(false);
});

test('the rules of an aggregated role are left to the controller', () => {
  const aggregated = clusterRole('admin', [], { aggregates: 'admin' });
  const filled = { ...structuredClone(aggregated), rules: [rule('get', 'core', 'pods')] };
  expect(reconcileRole(filled, aggregated)).toEqual(filled);
  const { aggregationRule: _rule, ...plain } = filled;
  expect(reconcileRole(plain, aggregated)).toEqual(filled);
  expect(reconcileRole(filled, expected)).not.toHaveProperty('aggregationRule');
});

test('a binding gets the subjects that it lacks; to another role it is made anew', () => {
  const wanted = clusterBinding('r', [user('jane'), groupOf('ops')]);
  const existing: ClusterRoleBinding = { ...wanted, subjects: [user('joe'), user('jane')] };
  expect(reconcileBinding(existing, wanted)).toEqual({
    ...wanted,
    subjects: [user('joe'), user('jane'), groupOf('ops')],
  });
  expect(reconcileBinding(wanted, wanted)).toEqual(wanted);
  expect(reconcileBinding(clusterBinding('s', [], 'r'), wanted)).toBe('replace');
});
