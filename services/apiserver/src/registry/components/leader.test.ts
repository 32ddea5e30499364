import type { Lease } from '@drydock/api';
import { expect, test } from 'vitest';
import { healthOfLeader } from './leader.ts';

const renewed = Date.parse('2026-12-01T08:00:00Z');
const lease = (spec: Lease['spec']): Lease => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'kube-scheduler', namespace: 'kube-system' },
  spec,
});
const held = lease({
  holderIdentity: 'one',
  leaseDurationSeconds: 15,
  renewTime: '2026-12-01T08:00:00.000000Z',
});
const after = (seconds: number) => (wallTime: number) => renewed + seconds * 1_000 - wallTime;

test('a leader that renews in time is healthy', () => {
  expect(healthOfLeader(held, after(15))).toEqual({ status: 'True', message: 'ok' });
});

test('one that does not is named', () => {
  expect(healthOfLeader(held, after(42))).toEqual({
    status: 'False',
    message:
      'nobody leads: one renewed the lease kube-system/kube-scheduler 42s ago, and it lasts 15s',
  });
});

test.each([
  ['a lease that was given up', lease({ holderIdentity: '', leaseDurationSeconds: 1 })],
  ['a lease that says nothing', lease({})],
])('%s means that nobody leads', (_name, given) => {
  expect(healthOfLeader(given, after(0))).toEqual({
    status: 'False',
    message: 'nobody leads: nobody holds the lease kube-system/kube-scheduler',
  });
});
