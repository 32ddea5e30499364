import type { Pod } from '@drydock/api';
import { describe, expect, test } from 'vitest';
import { momentAt, podOf, replicaSetOf, timeAt } from '../testing/builders.ts';
import { burstReplicas, plan, planClaim, planStatus } from './plan.ts';
import { podsToDelete } from './ranking.plan.ts';

const moment = momentAt(1_000_000);

describe('deletion goes first to the pod that', () => {
  const assigned = { node: 'node-1', ready: true, readySince: 100, created: 50 } as const;
  test.each<[string, Parameters<typeof podOf>[1], Parameters<typeof podOf>[1]]>([
    ['has no node', { phase: 'Pending' }, { node: 'node-1', phase: 'Pending' }],
    ['is pending', { node: 'node-1', phase: 'Pending' }, { node: 'node-1', phase: 'Running' }],
    ['is unknown, before running', { node: 'node-1', phase: 'Unknown' }, { node: 'node-1' }],
    ['is not ready', { node: 'node-1' }, assigned],
    [
      'costs less',
      { ...assigned, annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-1' } },
      assigned,
    ],
    ['became ready long after the other', { ...assigned, readySince: 999_000 }, assigned],
    ['was restarted more often', { ...assigned, restarts: 2 }, assigned],
    ['was created long after the other', { ...assigned, created: 999_000 }, assigned],
  ])('%s', (_, goes, stays) => {
    const first = podOf('first', goes);
    const other = podOf('other', stays);
    for (const pods of [
      [first, other],
      [other, first],
    ]) {
      expect(podsToDelete({ pods, related: pods, count: 1, moment })).toEqual([first]);
    }
  });

  test('shares its node with more related pods', () => {
    const crowded = podOf('crowded', { ...assigned, node: 'node-1' });
    const lonely = podOf('lonely', { ...assigned, node: 'node-2' });
    const sibling = podOf('sibling', { ...assigned, node: 'node-1' });
    const pods = [lonely, crowded];
    const related = [...pods, sibling];
    expect(podsToDelete({ pods, related, count: 1, moment })).toEqual([crowded]);
  });
});

describe('a pass', () => {
  const set = replicaSetOf('web', { replicas: 3 });
  const labels = { app: 'web', 'pod-template-hash': 'web' };
  const run = (pods: readonly Pod[], replicaSet = set) =>
    plan({ replicaSet, pods, relatedPods: () => pods, moment });
  const pods = ['a', 'b', 'c', 'd'].map((name) => podOf(name, { owner: set, labels }));

  test('creates what is missing, at most a burst, as copies of the template', () => {
    const action = run(pods.slice(0, 1));
    expect(action).toMatchObject({ kind: 'create', count: 2 });
    if (action?.kind !== 'create') return;
    expect(action.pod.metadata).toMatchObject({
      generateName: 'web-',
      namespace: 'default',
      labels,
      ownerReferences: [
        { kind: 'ReplicaSet', name: 'web', controller: true, blockOwnerDeletion: true },
      ],
    });
    const large = { ...set, spec: { ...set.spec, replicas: 2000 } };
    expect(run([], large)).toMatchObject({ count: burstReplicas });
  });

  test('deletes what is too much, and nothing when the number is right', () => {
    expect(run(pods)).toMatchObject({ kind: 'delete', pods: { length: 1 } });
    expect(run(pods.slice(1))).toBeUndefined();
  });

  test('leaves a set alone that is being deleted', () => {
    const metadata = { ...set.metadata, deletionTimestamp: timeAt(0) };
    expect(run([], { ...set, metadata })).toBeUndefined();
  });
});

describe('a claim', () => {
  const set = replicaSetOf('web', { replicas: 3 });
  const labels = set.spec.selector.matchLabels!;
  const other = replicaSetOf('other', { replicas: 1 });

  test('takes orphans, lets go of what does not match, and leaves the rest alone', () => {
    const own = podOf('own', { owner: set, labels });
    const strayed = podOf('strayed', { owner: set });
    const orphan = podOf('orphan', { labels });
    const foreign = podOf('foreign', { owner: other, labels });
    const leaving = podOf('leaving', { labels, deleted: true });
    const ended = podOf('ended', { owner: set, labels, phase: 'Failed' });
    expect(planClaim(set, [own, strayed, orphan, foreign, leaving, ended])).toEqual({
      claimed: [own, orphan],
      adopt: [orphan],
      release: [strayed],
    });
  });

  test('changes no hands for a set that is being deleted', () => {
    const metadata = { ...set.metadata, deletionTimestamp: timeAt(0) };
    const strayed = podOf('strayed', { owner: set });
    const result = planClaim({ ...set, metadata }, [podOf('orphan', { labels }), strayed]);
    expect(result).toEqual({ claimed: [], adopt: [], release: [] });
  });
});

describe('the status', () => {
  const set = replicaSetOf('web', { replicas: 2, available: 2 });
  const labels = set.spec.template!.metadata!.labels!;
  const ready = (name: string, readySince: number) =>
    podOf(name, { owner: set, labels, node: 'node-1', ready: true, readySince });

  test('counts ready and available pods, and waits for the next to become available', () => {
    const patient = { ...set, spec: { ...set.spec, minReadySeconds: 30 } };
    const pods = [ready('a', 90), ready('b', 60), podOf('c', { owner: set })];
    const result = planStatus({
      replicaSet: patient,
      pods,
      failure: undefined,
      moment: momentAt(100),
    });
    expect(result.status).toEqual({
      replicas: 3,
      fullyLabeledReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 1,
      observedGeneration: 1,
    });
    expect(result.requeueAfter).toBe(20_000);
  });

  test('is not written when it says the same', () => {
    const first = planStatus({
      replicaSet: set,
      pods: [ready('a', 0)],
      failure: undefined,
      moment,
    });
    const again = { ...set, status: first.status! };
    const pods = [ready('a', 0)];
    const second = planStatus({ replicaSet: again, pods, failure: undefined, moment });
    expect(second).toEqual({ status: undefined, requeueAfter: undefined });
  });

  test('tells of a failure until a pass succeeds', () => {
    const failure = { reason: 'FailedCreate', message: 'no' } as const;
    const pods: Pod[] = [];
    const failed = planStatus({ replicaSet: set, pods, failure, moment: momentAt(5) }).status!;
    expect(failed.conditions).toEqual([
      {
        type: 'ReplicaFailure',
        status: 'True',
        reason: 'FailedCreate',
        message: 'no',
        lastTransitionTime: timeAt(5),
      },
    ]);
    const replicaSet = { ...set, status: failed };
    const later = planStatus({ replicaSet, pods, failure: undefined, moment }).status;
    expect(later?.conditions).toBeUndefined();
  });
});
