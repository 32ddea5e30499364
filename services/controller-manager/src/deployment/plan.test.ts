import type { Deployment, ReplicaSet } from '@drydock/api';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deploymentOf, momentAt, replicaSetOf, timeAt, withImage } from '../testing/builders.ts';
import { currentSetAnnotations } from './annotations.plan.ts';
import { maxSurge, maxUnavailable } from './limits.plan.ts';
import { plan, planCollision, planCreationFailure, type DeploymentAction } from './plan.ts';
import { newReplicaSet } from './replica-sets.plan.ts';
import { proportionalSizes } from './scale.plan.ts';

const moment = momentAt(1000);
const run = (deployment: Deployment, replicaSets: readonly ReplicaSet[]) =>
  plan({ deployment, replicaSets, pods: [], moment });
const sizes = (actions: readonly DeploymentAction[]) =>
  Object.fromEntries(
    actions.flatMap((action) =>
      action.kind === 'createReplicaSet' || action.kind === 'updateReplicaSet'
        ? [[action.replicaSet.metadata.name, action.replicaSet.spec.replicas]]
        : [],
    ),
  );
const conditionsOf = (actions: readonly DeploymentAction[]) =>
  actions
    .flatMap((action) => (action.kind === 'updateStatus' ? (action.status.conditions ?? []) : []))
    .map(({ type, status, reason, message }) => `${type} ${status} ${reason}: ${message}`);

function limited(
  replicas: number,
  surge: number | string,
  unavailable: number | string,
): Deployment {
  const rollingUpdate = { maxSurge: surge, maxUnavailable: unavailable };
  return deploymentOf('web', { replicas, strategy: { type: 'RollingUpdate', rollingUpdate } });
}

describe('limits', () => {
  test.each<[number, number | string, number | string, number, number]>([
    [10, '25%', '25%', 3, 2],
    [10, 0, 0, 0, 1],
    [10, '0%', '5%', 0, 1],
    [3, '25%', '25%', 1, 0],
    [1, 0, '100%', 0, 1],
    [2, '50%', 5, 1, 2],
    [0, '25%', '25%', 0, 0],
  ])(
    'of %i replicas with surge %s and unavailable %s',
    (replicas, surge, unavailable, up, down) => {
      const deployment = limited(replicas, surge, unavailable);
      expect([maxSurge(deployment), maxUnavailable(deployment)]).toEqual([up, down]);
    },
  );
});

describe('the first pass', () => {
  const deployment = deploymentOf('web', { replicas: 3 });
  const actions = run(deployment, []);

  test('creates the ReplicaSet of the template at full size and tells so', () => {
    expect(actions.map((action) => action.kind)).toEqual([
      'createReplicaSet',
      'annotate',
      'updateStatus',
      'requeueAfter',
    ]);
    const [create] = actions;
    if (create?.kind !== 'createReplicaSet') throw new Error('no creation');
    const { name, labels, annotations, ownerReferences } = create.replicaSet.metadata;
    const hash = labels!['pod-template-hash']!;
    expect(name).toBe(`web-${hash}`);
    expect(create.scaling).toBe(`Scaled up replica set ${name} from 0 to 3`);
    expect(create.replicaSet.spec.selector.matchLabels).toEqual({
      app: 'web',
      'pod-template-hash': hash,
    });
    expect(annotations).toEqual({
      'deployment.kubernetes.io/revision': '1',
      'deployment.kubernetes.io/desired-replicas': '3',
      'deployment.kubernetes.io/max-replicas': '4',
    });
    expect(ownerReferences).toMatchObject([{ kind: 'Deployment', name: 'web', controller: true }]);
    expect(conditionsOf(actions)).toEqual([
      `Progressing True NewReplicaSetCreated: Created new replica set "${name}"`,
      'Available False MinimumReplicasUnavailable: Deployment does not have minimum availability.',
    ]);
  });

  test('a name that is taken by another template counts as a collision', () => {
    const foreign = replicaSetOf('web-x', { replicas: 1, image: 'other' });
    expect(planCollision(deployment, foreign)).toEqual([
      { kind: 'updateStatus', status: { collisionCount: 1 } },
    ]);
    const own = newReplicaSet(deployment, { replicas: 3, revision: 1 });
    expect(planCollision(deployment, own)).toEqual([]);
    const collided = { ...deployment, status: { collisionCount: 1 } };
    const other = newReplicaSet(collided, { replicas: 3, revision: 1 });
    expect(other.metadata.name).not.toBe(own.metadata.name);
  });

  test('a ReplicaSet that cannot be created is told in the conditions and an event', () => {
    const replicaSet = newReplicaSet(deployment, { replicas: 3, revision: 1 });
    const failed = planCreationFailure(deployment, { replicaSet, why: 'quota', moment });
    const message = `Failed to create new replica set "${replicaSet.metadata.name}": quota`;
    expect(conditionsOf(failed)).toEqual([`Progressing False ReplicaSetCreateError: ${message}`]);
    expect(failed).toContainEqual({ kind: 'warn', reason: 'ReplicaSetCreateError', message });
  });
});

describe('a rolling update', () => {
  const old = deploymentOf('web', { replicas: 10 });
  const deployment = withImage(old, 'app:2');
  const annotations = {
    'deployment.kubernetes.io/desired-replicas': '10',
    'deployment.kubernetes.io/max-replicas': '13',
  };
  const setOf = (name: string, options: Parameters<typeof replicaSetOf>[1]) =>
    replicaSetOf(name, { annotations, owner: deployment, ...options });
  const current = (replicas: number, available: number) =>
    setOf('new', { replicas, available, image: 'app:2', created: 10 });

  test('lets the new set start within the surge, and the old one shrink by what may be missing', () => {
    const actions = run(deployment, [setOf('old', { replicas: 10 })]);
    const created = Object.keys(sizes(actions)).find((name) => name.startsWith('web-'))!;
    expect(sizes(actions)).toEqual({ [created]: 3, old: 8 });
    expect(actions).toContainEqual(
      expect.objectContaining({ scaling: 'Scaled down replica set old from 10 to 8' }),
    );
  });

  test.each<[string, ReplicaSet[], Record<string, number>]>([
    ['grows into freed room', [current(3, 0), setOf('old', { replicas: 8 })], { new: 5 }],
    ['waits while nothing more may be missing', [current(5, 0), setOf('old', { replicas: 8 })], {}],
    [
      'shrinks the old set as new pods become available',
      [current(5, 5), setOf('old', { replicas: 8 })],
      { old: 3 },
    ],
    [
      'takes pods first that are not available anyway',
      [
        current(5, 5),
        setOf('broken', { replicas: 2, available: 0 }),
        setOf('old', { replicas: 6, created: 5 }),
      ],
      { broken: 0, old: 3 },
    ],
    [
      'does not count on pods that are doomed already',
      [current(7, 3), setOf('old', { replicas: 6, available: 10 })],
      { old: 5 },
    ],
    ['shrinks a new set that is too large', [current(12, 10)], { new: 10 }],
  ])('%s', (_, sets, expected) => {
    const changed = sizes(run(deployment, sets));
    expect(changed).toMatchObject(expected);
    const scaled = Object.entries(changed).filter(
      ([name, size]) => sets.find((set) => set.metadata.name === name)?.spec.replicas !== size,
    );
    expect(Object.fromEntries(scaled)).toEqual(expected);
  });

  test('a rollback gives the old set a new revision and keeps its history', () => {
    const revision = (number: string) => ({
      ...annotations,
      'deployment.kubernetes.io/revision': number,
    });
    const back = setOf('first', { replicas: 0, image: 'app:2', annotations: revision('1') });
    const second = setOf('second', { replicas: 10, image: 'app:3', annotations: revision('2') });
    const update = run(deployment, [back, second])[0];
    if (update?.kind !== 'updateReplicaSet') throw new Error('no update');
    expect(update.replicaSet.metadata.annotations).toMatchObject({
      'deployment.kubernetes.io/revision': '3',
      'deployment.kubernetes.io/revision-history': '1',
    });
  });

  test('once complete it says so and deletes the oldest revisions beyond the limit', () => {
    const done = {
      ...deployment,
      metadata: { ...deployment.metadata, generation: 1 },
      spec: { ...deployment.spec, revisionHistoryLimit: 1 },
      status: {
        observedGeneration: 1,
        replicas: 10,
        updatedReplicas: 10,
        readyReplicas: 10,
        availableReplicas: 9,
      },
    };
    const past = ['1', '2', '3'].map((number) =>
      setOf(`past-${number}`, {
        replicas: 0,
        image: `app:${number}9`,
        annotations: { ...annotations, 'deployment.kubernetes.io/revision': number },
      }),
    );
    const actions = run(done, [...past, current(10, 10)]);
    expect(conditionsOf(actions)).toContain(
      'Progressing True NewReplicaSetAvailable: ReplicaSet "new" has successfully progressed.',
    );
    const settled = { ...done, status: { ...done.status, availableReplicas: 10 } };
    const deleted = run(settled, [...past, current(10, 10)]).flatMap((action) =>
      action.kind === 'deleteReplicaSet' ? [action.replicaSet.metadata.name] : [],
    );
    expect(deleted).toEqual(['past-1', 'past-2']);
  });
});

describe('a paused Deployment', () => {
  const deployment = withImage(deploymentOf('web', { replicas: 4, paused: true }), 'app:2');
  const set = replicaSetOf('old', { replicas: 2, owner: deployment });

  test('starts no rollout, but is scaled, and has no deadline', () => {
    const actions = run(deployment, [set]);
    expect(sizes(actions)).toEqual({ old: 4 });
    expect(conditionsOf(actions)).toContain(
      'Progressing Unknown DeploymentPaused: Deployment is paused',
    );
  });

  test('says when it is resumed', () => {
    const spec = { ...deployment.spec, paused: false };
    const paused = [
      { type: 'Progressing', status: 'Unknown' as const, reason: 'DeploymentPaused' },
    ];
    const status = { replicas: 4, updatedReplicas: 4, conditions: paused };
    const resumed = { ...deployment, spec, status };
    const actions = run(resumed, [
      replicaSetOf('new', { replicas: 4, image: 'app:2', available: 0, owner: resumed }),
    ]);
    expect(conditionsOf(actions)).toContain(
      'Progressing Unknown DeploymentResumed: Deployment is resumed',
    );
  });
});

test('a set that was given the right size by hand does not hold up the next rollout', () => {
  const scaled = deploymentOf('web', { replicas: 5 });
  const annotations = { 'deployment.kubernetes.io/desired-replicas': '3' };
  const byHand = replicaSetOf('old', { replicas: 5, owner: scaled, annotations });
  const [update] = run(scaled, [byHand]);
  if (update?.kind !== 'updateReplicaSet') throw new Error('no update');
  const actions = run(withImage(scaled, 'app:2'), [update.replicaSet]);
  expect(actions[0]?.kind).toBe('createReplicaSet');
});

describe('proportional scaling', () => {
  const from = (name: string, replicas: number, max: number, created: number) =>
    replicaSetOf(name, {
      replicas,
      created,
      annotations: { 'deployment.kubernetes.io/max-replicas': String(max) },
    });
  const scaled = (deployment: Deployment, sets: readonly ReplicaSet[], toAdd: number) =>
    [...proportionalSizes(deployment, sets, toAdd)]
      .map(([set, size]) => [set.metadata.name, size] as const)
      .sort(([a], [b]) => a.localeCompare(b));

  test('keeps the shares of the sets (the example of the documentation)', () => {
    const sets = [from('a-old', 8, 13, 0), from('b-new', 5, 13, 1)];
    expect(scaled(limited(15, 3, 2), sets, 5)).toEqual([
      ['a-old', 11],
      ['b-new', 7],
    ]);
  });

  test('gives what is left over to the newer of equals when growing, the older when shrinking', () => {
    const sets = [from('a-old', 5, 10, 0), from('b-new', 5, 10, 1)];
    expect(scaled(limited(11, 0, 1), sets, 1)).toEqual([
      ['a-old', 5],
      ['b-new', 6],
    ]);
    expect(scaled(limited(9, 0, 1), sets, -1)).toEqual([
      ['a-old', 4],
      ['b-new', 5],
    ]);
  });

  test('takes from the next set what the largest cannot give', () => {
    const sets = Array.from({ length: 6 }, (_, index) => from(`s${index}`, 1, 6, index));
    const sizes = scaled(limited(4, 0, 1), sets, -2).map(([, size]) => size);
    expect(sizes).toEqual([0, 0, 1, 1, 1, 1]);
  });

  test('always adds up to the allowed size, with no set below zero', () => {
    const replicas = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(replicas, fc.nat(60), fc.nat(5), (counts, wanted, surge) => {
        const deployment = limited(wanted, surge, 1);
        const total = counts.reduce((a, b) => a + b, 0);
        const sets = counts.map((count, index) => from(`s${index}`, count, total, index));
        const allowed = wanted > 0 ? wanted + surge : 0;
        const sizesAfter = [...proportionalSizes(deployment, sets, allowed - total).values()];
        expect(sizesAfter.reduce((a, b) => a + b, 0)).toBe(allowed);
        expect(Math.min(...sizesAfter)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

test('annotations of the Deployment are copied, but not those of tools and bookkeeping', () => {
  const deployment = deploymentOf('web');
  deployment.metadata.annotations = {
    team: 'a',
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
    'deployment.kubernetes.io/revision': '7',
  };
  expect(currentSetAnnotations(deployment, { own: 'b' }, 1)).toEqual({
    own: 'b',
    team: 'a',
    'deployment.kubernetes.io/revision': '1',
  });
});

test('a Deployment that selects everything is refused with a warning', () => {
  const deployment = deploymentOf('web', { selector: {} });
  expect(run(deployment, [])[0]).toMatchObject({ kind: 'warn', reason: 'SelectingAll' });
});

test('a Deployment that is being deleted only counts', () => {
  const deployment = deploymentOf('web');
  deployment.metadata.deletionTimestamp = timeAt(0);
  const actions = run(deployment, [replicaSetOf('old', { replicas: 1, image: 'x' })]);
  expect(new Set(actions.map((action) => action.kind))).toEqual(new Set(['updateStatus']));
});
