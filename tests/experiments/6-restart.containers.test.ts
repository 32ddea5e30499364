/** Experiment 6: everything restarts at once, and the engine restarts. */
import { eventually } from '@drydock/testing/eventually';
import { afterEach, describe, expect, inject } from 'vitest';
import {
  connectCluster,
  waitForReadyPods,
  waitForWholeCluster,
  type Cluster,
} from '../harness/cluster.ts';
import { restartEngine } from '../harness/engine.ts';
import { test } from '../harness/test.ts';
import { addressOf, deployWeb, removeWeb } from '../harness/web.ts';

const name = 'web-6';
const selector = `app=${name}`;
const nodePort = 31006;

afterEach(async () => {
  const shared = inject('cluster');
  await removeWeb(await connectCluster(shared.name, shared.timeScale), name);
});

async function expectWhole(cluster: Cluster): Promise<void> {
  await waitForWholeCluster(cluster);
  await waitForReadyPods(cluster, selector, 3);
  for (const part of ['node-1', 'node-2', 'node-3']) {
    const url = `http://${await addressOf(cluster, part)}:${nodePort}/`;
    await eventually(
      `${part} answers`,
      async () => {
        const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
        if (response.ok) return true;
        throw new Error(`${url} answers ${response.status}: ${await response.text()}`);
      },
      { timeoutMillis: 60_000 },
    );
  }
  const note = await cluster.kubectl('get', 'configmap', name, '-o', 'jsonpath={.data.note}');
  expect(note).toBe('kept');
}

async function prepare(cluster: Cluster): Promise<void> {
  await deployWeb(cluster, { name, replicas: 3, nodePort });
  await waitForReadyPods(cluster, selector, 3);
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data: { note: 'kept' },
  });
}

describe('experiment 6', () => {
  test('every container restarts at once: the cluster comes back whole', async ({ cluster }) => {
    await prepare(cluster);
    const own = await cluster.docker(
      'ps',
      '--quiet',
      '--filter',
      `label=com.docker.compose.project=${cluster.name}`,
    );
    await cluster.docker('restart', '--time', '5', ...own.trim().split('\n'));
    await expectWhole(cluster);
  });

  test('the engine restarts: the cluster comes back whole', async ({ cluster }) => {
    await prepare(cluster);
    await restartEngine();
    await expectWhole(cluster);
  });
});
