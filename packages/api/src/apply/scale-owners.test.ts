/** Owners of replicas on their way through scale: the cases of upstream's scalehandler_test.go. */
import { expect, test } from 'vitest';
import type { ManagedFieldsEntry } from '../generated/types.ts';
import { ownersAfterScale, scaleOwners } from './scale-owners.ts';

const replicas = { 'f:spec': { 'f:replicas': {} } };
const both = { 'f:spec': { 'f:replicas': {}, 'f:selector': {} } };
const selector = { 'f:spec': { 'f:selector': {} } };

type Operation = 'Apply' | 'Update';
const entry = (manager: string, operation: Operation, fieldsV1: object): ManagedFieldsEntry => ({
  manager,
  operation,
  apiVersion: 'apps/v1',
  fieldsType: 'FieldsV1',
  fieldsV1: fieldsV1 as Record<string, unknown>,
});
const scaler = (manager: string, operation: Operation, apiVersion = 'autoscaling/v1') => ({
  ...entry(manager, operation, replicas),
  apiVersion,
  subresource: 'scale',
});

test('a Scale shows the owners of replicas, in its version', () => {
  const owners = [
    entry('a', 'Apply', both),
    entry('b', 'Update', selector),
    scaler('c', 'Update', 'apps/v1'),
  ];
  expect(scaleOwners(owners, 'autoscaling/v1')).toEqual([
    { ...entry('a', 'Apply', replicas), apiVersion: 'autoscaling/v1' },
    scaler('c', 'Update'),
  ]);
  expect(scaleOwners([entry('b', 'Update', selector)], 'autoscaling/v1')).toBeUndefined();
  expect(scaleOwners(undefined, 'autoscaling/v1')).toBeUndefined();
});

test.each<[Operation, Operation]>([
  ['Apply', 'Update'],
  ['Apply', 'Apply'],
  ['Update', 'Update'],
  ['Update', 'Apply'],
])('replicas of an owner by %s that go to another by %s', (before, after) => {
  const owners = ownersAfterScale(
    [entry('test', before, both)],
    [scaler('scale', after)],
    'apps/v1',
  );
  expect(owners).toHaveLength(2);
  expect(owners).toEqual(
    expect.arrayContaining([entry('test', before, selector), scaler('scale', after, 'apps/v1')]),
  );
});

test('one name through the object and through scale is two owners', () => {
  const owners = ownersAfterScale([entry('a', 'Apply', both)], [scaler('a', 'Apply')], 'apps/v1');
  expect(owners).toEqual([entry('a', 'Apply', selector), scaler('a', 'Apply', 'apps/v1')]);
});

test('an owner that keeps replicas is left as it is, with its time', () => {
  const owner = { ...entry('a', 'Update', both), time: '2026-01-01T00:00:00Z' };
  const seen = scaleOwners([owner], 'autoscaling/v1');
  expect(ownersAfterScale([owner], seen, 'apps/v1')).toEqual([owner]);
});

test('an owner of nothing but replicas goes with them', () => {
  expect(ownersAfterScale([entry('a', 'Apply', replicas)], undefined, 'apps/v1')).toBeUndefined();
});
