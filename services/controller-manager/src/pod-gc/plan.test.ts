import { expect, test } from 'vitest';
import { momentAt, nodeOf, podOf } from '../testing/builders.ts';
import { lastStatus, plan, type PodGcSnapshot } from './plan.ts';

const outOfService = nodeOf('out', {
  ready: 'Unknown',
  taints: [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }],
});
const nodes = new Map([
  ['node-1', nodeOf('node-1')],
  ['out', outOfService],
]);
const run = (pods: PodGcSnapshot['pods'], terminatedPodThreshold = 100) =>
  plan({
    pods,
    node: (name) => nodes.get(name),
    isGone: (name) => name === 'gone',
    terminatedPodThreshold,
  }).map(({ pod, reason }) => `${pod.metadata.name} ${reason}`);

test('finds pods that nobody will finish, and no others', () => {
  expect(
    run([
      podOf('running', { node: 'node-1' }),
      podOf('leaving', { node: 'node-1', deleted: true }),
      podOf('waiting', { phase: 'Pending' }),
      podOf('withdrawn', { phase: 'Pending', deleted: true }),
      podOf('orphan', { node: 'gone' }),
      podOf('young-orphan', { node: 'missing for a moment' }),
      podOf('stuck', { node: 'out', deleted: true }),
      podOf('still-there', { node: 'out' }),
    ]),
  ).toEqual(['withdrawn unscheduledTerminating', 'orphan orphaned', 'stuck outOfService']);
});

test('of ended pods above the threshold evicted ones go first, then the oldest', () => {
  const ended = (name: string, created: number) =>
    podOf(name, { node: 'node-1', phase: 'Failed', created });
  const evicted = {
    ...ended('evicted', 9),
    status: { phase: 'Failed' as const, reason: 'Evicted' },
  };
  const pods = [ended('c', 3), ended('a', 1), evicted, ended('b', 2)];
  expect(run(pods, 2)).toEqual(['evicted terminated', 'a terminated']);
  expect(run(pods, 0)).toEqual([]);
});

test('an orphan becomes Failed and says why; an ended pod keeps its status', () => {
  const status = lastStatus({ pod: podOf('p'), reason: 'orphaned' }, momentAt(0));
  expect(status?.phase).toBe('Failed');
  expect(status?.conditions).toContainEqual(
    expect.objectContaining({
      type: 'DisruptionTarget',
      reason: 'DeletionByPodGC',
      message: 'PodGC: node no longer exists',
    }),
  );
  const ended = podOf('p', { phase: 'Succeeded' });
  expect(lastStatus({ pod: ended, reason: 'orphaned' }, momentAt(0))).toBeUndefined();
});
