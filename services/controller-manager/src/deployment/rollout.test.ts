/** Whole rollouts: the deployment and replicaset plans with a toy kubelet, in any order of steps. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { deploymentOf, withImage } from '../testing/builders.ts';
import { ToyCluster } from '../testing/toy-cluster.ts';
import { maxSurge, maxUnavailable } from './limits.plan.ts';
import { totalReplicas } from './replica-sets.plan.ts';

const limit = fc.oneof(
  fc.integer({ min: 0, max: 6 }),
  fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
);
const step = fc.record({ what: fc.nat(2), which: fc.nat(1000) });

/** Lets one random part of the cluster take one step. */
function takeStep(cluster: ToyCluster, { what, which }: { what: number; which: number }): void {
  cluster.seconds += 1;
  // Now and then the controller dies in the middle of a plan.
  if (what === 0) return void cluster.runDeployment(which % 4 === 0 ? which % 3 : Infinity);
  const names = [...(what === 1 ? cluster.replicaSets : cluster.pods).keys()];
  const name = names[which % Math.max(1, names.length)];
  if (name === undefined) return;
  if (what === 1) cluster.runReplicaSet(name);
  else cluster.runKubelet(name);
}

/** As upstream, the surge bounds what the sets ask for; pods follow as fast as the sets get to them. */
test('a rolling update never has too few available pods, nor asks for too many, and completes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      limit,
      limit,
      fc.array(step, { minLength: 50, maxLength: 300 }),
      fc.boolean(),
      (replicas, surge, unavailable, steps, setsArePrompt) => {
        const rollingUpdate = { maxSurge: surge, maxUnavailable: unavailable };
        const strategy = { type: 'RollingUpdate' as const, rollingUpdate };
        const cluster = new ToyCluster(deploymentOf('web', { replicas, strategy }));
        cluster.settle();
        expect(cluster.availablePods).toHaveLength(replicas);
        cluster.deployment = withImage(cluster.deployment, 'app:2');
        const podsMax = replicas + maxSurge(cluster.deployment);
        const availableMin = replicas - maxUnavailable(cluster.deployment);
        for (const one of steps) {
          takeStep(cluster, one);
          if (setsArePrompt) cluster.runReplicaSets();
          expect(totalReplicas([...cluster.replicaSets.values()])).toBeLessThanOrEqual(podsMax);
          if (setsArePrompt) expect(cluster.activePods.length).toBeLessThanOrEqual(podsMax);
          expect(cluster.availablePods.length).toBeGreaterThanOrEqual(availableMin);
        }
        cluster.settle();
        const images = cluster.activePods.map((pod) => pod.spec.containers[0]?.image);
        expect(images).toEqual(Array.from({ length: replicas }, () => 'app:2'));
        expect(cluster.deployment.status).toMatchObject({
          replicas,
          updatedReplicas: replicas,
          availableReplicas: replicas,
          unavailableReplicas: 0,
        });
      },
    ),
    { numRuns: 150 },
  );
});

test('any sequence of new images, scalings and pauses settles at the last one asked for', () => {
  const change = fc.oneof(
    fc.record({ image: fc.nat(3) }),
    fc.record({ replicas: fc.nat(10) }),
    fc.record({ paused: fc.boolean() }),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(change, fc.array(step, { maxLength: 15 })), { maxLength: 12 }),
      fc.constantFrom('RollingUpdate' as const, 'Recreate' as const),
      (changes, type) => {
        const cluster = new ToyCluster(deploymentOf('web', { strategy: { type } }));
        let image = 'app:1';
        for (const [one, steps] of changes) {
          if ('image' in one) {
            image = `app:${one.image}`;
            cluster.deployment = withImage(cluster.deployment, image);
          } else {
            const spec = { ...cluster.deployment.spec, ...one };
            const generation = (cluster.deployment.metadata.generation ?? 0) + 1;
            const metadata = { ...cluster.deployment.metadata, generation };
            cluster.deployment = { ...cluster.deployment, metadata, spec };
          }
          for (const each of steps) takeStep(cluster, each);
        }
        const spec = { ...cluster.deployment.spec, paused: false };
        cluster.deployment = { ...cluster.deployment, spec };
        cluster.settle();
        const images = cluster.activePods.map((pod) => pod.spec.containers[0]?.image);
        expect(images).toEqual(Array.from({ length: spec.replicas ?? 1 }, () => image));
        const progress = cluster.deployment.status.conditions?.find(
          (condition) => condition.type === 'Progressing',
        );
        expect(progress).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
      },
    ),
    { numRuns: 150 },
  );
});

test('recreate never runs pods of two templates at once', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.array(step, { maxLength: 150 }),
      (replicas, steps) => {
        const strategy = { type: 'Recreate' as const };
        const cluster = new ToyCluster(deploymentOf('web', { replicas, strategy }));
        cluster.settle();
        cluster.deployment = withImage(cluster.deployment, 'app:2');
        for (const one of steps) {
          takeStep(cluster, one);
          const images = new Set(
            [...cluster.pods.values()].map((pod) => pod.spec.containers[0]?.image),
          );
          expect(images.size).toBeLessThanOrEqual(1);
        }
        cluster.settle();
        expect(cluster.availablePods).toHaveLength(replicas);
      },
    ),
    { numRuns: 100 },
  );
});

test('a rollout that never becomes ready keeps the old pods and exceeds its deadline', () => {
  const cluster = new ToyCluster(deploymentOf('web', { replicas: 4 }));
  cluster.settle();
  cluster.deployment = withImage(cluster.deployment, 'broken');
  for (let pass = 0; pass < 30; pass++) {
    cluster.runDeployment();
    for (const name of cluster.replicaSets.keys()) cluster.runReplicaSet(name);
  }
  expect(cluster.availablePods).toHaveLength(3);
  cluster.seconds += 601;
  cluster.runDeployment();
  const progress = cluster.deployment.status.conditions?.find((one) => one.type === 'Progressing');
  expect(progress).toMatchObject({
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
    message: expect.stringMatching(/^ReplicaSet "web-.*" has timed out progressing\.$/) as string,
  });
  cluster.settle();
  expect(cluster.deployment.status.conditions).toContainEqual(
    expect.objectContaining({ type: 'Progressing', reason: 'NewReplicaSetAvailable' }),
  );
});
