import type { Taint, Toleration } from '@drydock/api';
import { expect, test } from 'vitest';
import { momentAt, podOf, timeAt } from '../testing/builders.ts';
import { evictedStatus, plan } from './plan.ts';

const unreachable: Taint = {
  key: 'node.kubernetes.io/unreachable',
  effect: 'NoExecute',
  timeAdded: timeAt(100),
};
const notReady: Taint = {
  ...unreachable,
  key: 'node.kubernetes.io/not-ready',
  timeAdded: timeAt(50),
};
const forSeconds = (key: string, tolerationSeconds: number): Toleration => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds,
});
const defaults = [forSeconds(unreachable.key, 300), forSeconds(notReady.key, 300)];

test.each<[string, Toleration[], Taint[], number, ReturnType<typeof plan>]>([
  ['without taints it stays', [], [], 0, { kind: 'stay' }],
  ['untolerated it goes at once', [], [unreachable], 100, { kind: 'evict' }],
  [
    'tolerated for a while it goes then',
    defaults,
    [unreachable],
    150,
    { kind: 'evictAfter', millis: 250_000 },
  ],
  ['after that while it goes', defaults, [unreachable], 400, { kind: 'evict' }],
  [
    'the earliest of several taints counts',
    defaults,
    [unreachable, notReady],
    150,
    { kind: 'evictAfter', millis: 200_000 },
  ],
  ['tolerated for ever it stays', [{ operator: 'Exists' }], [unreachable], 1e6, { kind: 'stay' }],
  [
    'the shortest toleration counts',
    [{ operator: 'Exists' }, ...defaults],
    [unreachable],
    400,
    { kind: 'evict' },
  ],
  [
    'another effect is no matter',
    [],
    [{ ...unreachable, effect: 'NoSchedule' }],
    100,
    { kind: 'stay' },
  ],
  [
    'a toleration of another value does not count',
    [{ key: unreachable.key, operator: 'Equal', value: 'x' }],
    [unreachable],
    100,
    { kind: 'evict' },
  ],
  [
    'a negative toleration is none at all',
    [forSeconds(unreachable.key, -1)],
    [unreachable],
    100,
    { kind: 'evict' },
  ],
])('%s', (_, tolerations, taints, seconds, expected) => {
  expect(plan(podOf('p', { tolerations }), taints, momentAt(seconds))).toEqual(expected);
});

test('a pod that came under the taint later has its whole while', () => {
  const pod = podOf('p', { tolerations: defaults, created: 200 });
  expect(plan(pod, [unreachable], momentAt(250))).toEqual({ kind: 'evictAfter', millis: 250_000 });
});

test('pods that are leaving or have ended are left alone', () => {
  expect(plan(podOf('p', { deleted: true }), [unreachable], momentAt(100))).toEqual({
    kind: 'stay',
  });
  expect(plan(podOf('p', { phase: 'Failed' }), [unreachable], momentAt(100))).toEqual({
    kind: 'stay',
  });
});

test('the pod says that it was evicted', () => {
  const { conditions } = evictedStatus(podOf('p'), momentAt(3));
  expect(conditions?.[1]).toEqual({
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
    lastTransitionTime: timeAt(3),
  });
});
