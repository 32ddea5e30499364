/** Experiment 4: a node dies and returns. */
import type { Node, Pod } from '@drydock/api';
import { eventually } from '@drydock/testing/eventually';
import { afterEach, expect, inject } from 'vitest';
import {
  connectCluster,
  isReady,
  readyPods,
  waitForReadyPods,
  type Cluster,
} from '../harness/cluster.ts';
import { test } from '../harness/test.ts';
import { deployWeb, removeWeb } from '../harness/web.ts';

const name = 'web-4';
const selector = `app=${name}`;
const part = 'node-3';
const tolerationSeconds = 30;

afterEach(async () => {
  const shared = inject('cluster');
  const cluster = await connectCluster(shared.name, shared.timeScale);
  await cluster.docker('start', cluster.container(part));
  await removeWeb(cluster, name);
});

async function podContainersOn(cluster: Cluster, node: string): Promise<string[]> {
  const filters = [
    `label=drydock.cluster=${cluster.name}`,
    `label=drydock.node=${node}`,
    'label=drydock.pod',
  ];
  const flags = filters.flatMap((filter) => ['--filter', filter]);
  const output = await cluster.docker(
    'ps',
    '--all',
    ...flags,
    '--format',
    '{{.Label "drydock.uid"}}',
  );
  return [...new Set(output.split('\n').filter((line) => line !== ''))].toSorted();
}

test('experiment 4: a dead node is NotReady, its pods run elsewhere, and it returns clean', async ({
  cluster,
}) => {
  await deployWeb(cluster, { name, replicas: 3, nodePort: 31004, tolerationSeconds });
  const before = await waitForReadyPods(cluster, selector, 3);
  const nodes = await cluster.list<Node>('nodes');
  const node = nodes.map((one) => one.metadata.name).find((one) => one.endsWith(part))!;
  expect(before.filter((pod) => pod.spec?.nodeName === node)).toHaveLength(1);

  await cluster.docker('kill', cluster.container(part));
  await eventually(
    `${node} is NotReady with the taint of an unreachable node`,
    async () => {
      const dead = await cluster.get<Node>('node', node);
      const taints = (dead.spec?.taints ?? []).map((taint) => `${taint.key}:${taint.effect}`);
      return !isReady(dead) && taints.includes('node.kubernetes.io/unreachable:NoExecute');
    },
    { timeoutMillis: cluster.deadline(60_000), intervalMillis: 200 },
  );
  const moved = await eventually(
    'three ready pods on the other nodes',
    async () => {
      const pods = (await readyPods(cluster, selector)).filter(
        (pod) => pod.spec?.nodeName !== node,
      );
      return pods.length === 3 ? pods : undefined;
    },
    { timeoutMillis: cluster.deadline((tolerationSeconds + 60) * 1_000), intervalMillis: 200 },
  );
  expect(moved).toHaveLength(3);

  await cluster.docker('start', cluster.container(part));
  await eventually(
    `${node} is Ready again`,
    async () => isReady(await cluster.get<Node>('node', node)),
    { timeoutMillis: cluster.deadline(60_000), intervalMillis: 200 },
  );
  await eventually(
    'every container on the node belongs to a pod that is bound to it',
    async () => {
      const pods = await cluster.list<Pod>(
        'pods',
        '-A',
        '--field-selector',
        `spec.nodeName=${node}`,
      );
      const bound = pods.map((pod) => pod.metadata.uid!);
      return (await podContainersOn(cluster, node)).every((uid) => bound.includes(uid));
    },
    { timeoutMillis: cluster.deadline(60_000), intervalMillis: 200 },
  );
  await eventually(
    'the evicted pod is gone',
    async () => {
      return (await cluster.list('pods', '-l', selector)).length === 3;
    },
    { timeoutMillis: cluster.deadline(60_000) },
  );
});
