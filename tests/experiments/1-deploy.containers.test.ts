/** Experiment 1: deploy, reach, replace, scale, roll out. */
import type { Pod } from '@drydock/api';
import { eventually } from '@drydock/testing/eventually';
import { afterEach, describe, expect, inject } from 'vitest';
import { connectCluster, readyPods, waitForReadyPods } from '../harness/cluster.ts';
import { test } from '../harness/test.ts';
import { addressOf, deployWeb, removeWeb, startLoad } from '../harness/web.ts';

const name = 'web-1';
const selector = `app=${name}`;
const nodePort = 31001;

afterEach(async () => {
  const { name: clusterName, timeScale } = inject('cluster');
  await removeWeb(await connectCluster(clusterName, timeScale), name);
});

describe('experiment 1', () => {
  test('three replicas answer through the Service from another pod and through every NodePort', async ({
    cluster,
  }) => {
    await deployWeb(cluster, { name, replicas: 3, nodePort });
    const pods = await waitForReadyPods(cluster, selector, 3);
    expect(new Set(pods.map((pod) => pod.spec?.nodeName)).size).toBe(3);

    const address = await cluster.kubectl(
      'get',
      'service',
      name,
      '-o',
      'jsonpath={.spec.clusterIP}',
    );
    const answered = new Set<string>();
    for (const part of ['node-1', 'node-2', 'node-3']) {
      const url = `http://${await addressOf(cluster, part)}:${nodePort}/`;
      await eventually(`${part} answers`, async () => (await fetch(url)).ok);
      const load = await startLoad(url, { timeoutMillis: 5_000 });
      await eventually('thirty answers', () => load.succeeded >= 30);
      const report = await load.stop();
      expect(report.failures).toEqual([]);
      for (const pod of report.pods.keys()) answered.add(pod);
    }
    expect(answered).toEqual(new Set(pods.map((pod) => pod.metadata?.name)));

    // The client is a pod too: it reaches the cluster address through the rules of its own node. Those
    // choose at random: with 40 requests one of three pods is left out once in four million times.
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'client-1', labels: { app: name } },
      spec: {
        restartPolicy: 'Never',
        containers: [
          {
            name: 'client',
            image: 'drydock-demo:1',
            command: [
              'sh',
              '-c',
              `for i in $(seq 40); do wget -q -O - http://${address}/ || exit 1; done`,
            ],
          },
        ],
      },
    });
    try {
      const finished = await eventually('the client pod ends', async () => {
        const pod = await cluster.get<Pod>('pod', 'client-1');
        return ['Succeeded', 'Failed'].includes(pod.status?.phase ?? '') ? pod : undefined;
      });
      expect(finished.status?.phase).toBe('Succeeded');
      const log = await cluster.kubectl('logs', 'client-1');
      for (const pod of pods) expect(log).toContain(pod.metadata?.name);
    } finally {
      await cluster.kubectl('delete', 'pod', 'client-1', '--now');
    }
  });

  test('a deleted pod is replaced', async ({ cluster }) => {
    await deployWeb(cluster, { name, replicas: 3, nodePort });
    const before = await waitForReadyPods(cluster, selector, 3);
    const victim = before[0]!.metadata.name;
    await cluster.kubectl('delete', 'pod', victim, '--wait=false');
    await eventually(
      'three ready pods without the deleted one',
      async () => {
        const names = (await readyPods(cluster, selector)).map((pod) => pod.metadata?.name);
        return names.length === 3 && !names.includes(victim);
      },
      { timeoutMillis: 60_000 },
    );
  });

  test('it scales to six and back', async ({ cluster }) => {
    await deployWeb(cluster, { name, replicas: 3, nodePort });
    await waitForReadyPods(cluster, selector, 3);
    await cluster.kubectl('scale', 'deployment', name, '--replicas=6');
    await waitForReadyPods(cluster, selector, 6);
    await cluster.kubectl('scale', 'deployment', name, '--replicas=3');
    await waitForReadyPods(cluster, selector, 3);
    await eventually(
      'the others are gone',
      async () => {
        return (await cluster.list('pods', '-l', selector)).length === 3;
      },
      { timeoutMillis: cluster.deadline(60_000) },
    );
  });

  test('a new image rolls out without a failed request', async ({ cluster }) => {
    await deployWeb(cluster, { name, replicas: 3, nodePort });
    await waitForReadyPods(cluster, selector, 3);
    const url = `http://${await addressOf(cluster, 'node-2')}:${nodePort}/`;
    await eventually('the NodePort answers', async () => (await fetch(url)).ok);
    const load = await startLoad(url, { timeoutMillis: 10_000 });
    await cluster.kubectl('set', 'image', `deployment/${name}`, 'web=drydock-demo:2');
    await cluster.kubectl('rollout', 'status', `deployment/${name}`, '--timeout=120s');
    await eventually(
      'only pods of the new image are left',
      async () => {
        const pods = await cluster.list<Pod>('pods', '-l', selector);
        return (
          pods.length === 3 &&
          pods.every((pod) => pod.spec?.containers[0]?.image === 'drydock-demo:2')
        );
      },
      { timeoutMillis: cluster.deadline(60_000) },
    );
    const report = await load.stop();
    expect(report.failures).toEqual([]);
    expect(report.succeeded).toBeGreaterThan(100);
  });
});
