import type { PersistentVolume, PersistentVolumeClaim } from '@drydock/api';
import { describe, expect, test } from 'vitest';
import { meta, podOf, timeAt } from '../testing/builders.ts';
import { claimsOf, planClaim, planVolume } from './plan.ts';

const ending = { deletionTimestamp: timeAt(0) };
const claimOf = (more: Partial<PersistentVolumeClaim['metadata']>): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: meta('data', {
    finalizers: ['example.com/own', 'kubernetes.io/pvc-protection'],
    ...more,
  }),
  spec: {},
  status: {},
});
const volumeOf = (
  phase: 'Bound' | 'Released',
  more: Partial<PersistentVolume['metadata']> = {},
): PersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: meta('disk', { finalizers: ['kubernetes.io/pv-protection'], ...more }),
  spec: {},
  status: { phase },
});

describe('a claim', () => {
  test.each([
    ['unused', [], ['example.com/own']],
    ['used on a node', [podOf('a', { node: 'n' })], undefined],
    ['named by a pod without a node', [podOf('a')], ['example.com/own']],
    [
      'used by a pod that has ended',
      [podOf('a', { node: 'n', phase: 'Failed' })],
      ['example.com/own'],
    ],
  ])('that is deleted and %s', (_what, pods, finalizers) => {
    expect(planClaim({ claim: claimOf(ending), pods })).toEqual(finalizers);
  });

  test('that stays keeps its finalizer, or gets it', () => {
    expect(planClaim({ claim: claimOf({}), pods: [] })).toBeUndefined();
    expect(planClaim({ claim: claimOf({ finalizers: [] }), pods: [] })).toEqual([
      'kubernetes.io/pvc-protection',
    ]);
  });
});

test('a volume that is deleted goes when it is not bound', () => {
  expect(planVolume(volumeOf('Bound', ending))).toBeUndefined();
  expect(planVolume(volumeOf('Released', ending))).toEqual([]);
  expect(planVolume(volumeOf('Released', { finalizers: [] }))).toEqual([
    'kubernetes.io/pv-protection',
  ]);
});

test('a pod uses the claims that it names, and those made for it', () => {
  const pod = podOf('web');
  pod.spec.volumes = [
    { name: 'a', persistentVolumeClaim: { claimName: 'data' } },
    { name: 'scratch', ephemeral: {} },
    { name: 'c', emptyDir: {} },
  ];
  expect(claimsOf(pod)).toEqual(['data', 'web-scratch']);
});
