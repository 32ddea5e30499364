import { applyStrategicMergePatch, type PodStatus } from '@drydock/api';
import { expect, test } from 'vitest';
import { statusPatch } from './status-patch.ts';

/** What the API makes of a pod's status when the agent sends another one. */
const patched = (from: PodStatus, to: PodStatus) =>
  applyStrategicMergePatch(from, statusPatch(from, to), 'PodStatus') as PodStatus;

test('a pod that starts anew under another address keeps none of the old ones', () => {
  const from: PodStatus = {
    phase: 'Running',
    podIP: '10.244.1.3',
    podIPs: [{ ip: '10.244.1.3' }],
    hostIPs: [{ ip: '172.20.0.2' }],
    message: 'gone',
  };
  const to: PodStatus = {
    phase: 'Running',
    podIP: '10.244.1.2',
    podIPs: [{ ip: '10.244.1.2' }],
    hostIPs: [{ ip: '172.20.0.5' }],
  };
  const status = patched(from, to);
  expect(status.podIPs).toEqual([{ ip: '10.244.1.2' }]);
  expect(status.hostIPs).toEqual([{ ip: '172.20.0.5' }]);
  expect(status.message).toBeUndefined();
});

test('a condition that holds again keeps no reason why it did not', () => {
  const at = '2026-11-21T10:00:00Z';
  const from: PodStatus = {
    conditions: [
      { type: 'Ready', status: 'False', lastTransitionTime: at, reason: 'ContainersNotReady' },
    ],
  };
  const to: PodStatus = { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: at }] };
  expect(patched(from, to).conditions).toEqual(to.conditions);
});
