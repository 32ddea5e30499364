/** Experiment 3: two of three etcd members die. */
import { eventually } from '@drydock/testing/eventually';
import { afterEach, expect, inject } from 'vitest';
import { connectCluster, waitForReadyPods } from '../harness/cluster.ts';
import { etcdEndpoints } from '../harness/etcd-writers.ts';
import { test } from '../harness/test.ts';
import { addressOf, deployWeb, removeWeb, startLoad } from '../harness/web.ts';

const name = 'web-3';
const nodePort = 31003;
const members = ['etcd-1', 'etcd-2'];

afterEach(async () => {
  const shared = inject('cluster');
  const cluster = await connectCluster(shared.name, shared.timeScale);
  await cluster.docker('start', ...members.map((part) => cluster.container(part)));
  await eventually(
    'writes work',
    async () => (await cluster.etcdctl(['endpoint', 'health'])).code === 0,
    {
      timeoutMillis: 60_000,
    },
  );
  await removeWeb(cluster, name);
});

test('experiment 3: without a quorum writes are refused in bounded time, and pods go on serving', async ({
  cluster,
}) => {
  await deployWeb(cluster, { name, replicas: 3, nodePort });
  await waitForReadyPods(cluster, `app=${name}`, 3);
  await cluster.etcdctl(['put', 'experiment-3', 'before']);
  const url = `http://${await addressOf(cluster, 'node-1')}:${nodePort}/`;
  await eventually('the NodePort answers', async () => (await fetch(url)).ok);
  const load = await startLoad(url, { timeoutMillis: 10_000 });

  await cluster.docker('kill', ...members.map((part) => cluster.container(part)));
  // The flag --endpoints would clash with the variable of the same name.
  const atSurvivor = { environment: { ETCDCTL_ENDPOINTS: etcdEndpoints(cluster)[2]! } };
  const put = await cluster.etcdctl(
    ['put', 'experiment-3', 'lost?', '--command-timeout', '30s'],
    atSurvivor,
  );
  expect(put.code).not.toBe(0);
  expect(put.stderr).toMatch(/etcdserver: (request timed out|no leader)/);

  const create = await cluster.tryKubectl([
    'create',
    'configmap',
    'experiment-3',
    '--from-literal=a=b',
  ]);
  expect(create.code).not.toBe(0);
  expect(create.stderr).toMatch(/etcd did not complete|etcdserver|unavailable|no leader/i);

  const serializable = ['get', 'experiment-3', '--consistency=s', '--print-value-only'];
  expect((await cluster.etcdctl(serializable, atSurvivor)).stdout.trim()).toBe('before');

  const during = load.succeeded;
  await eventually('pods serve on', () => load.succeeded > during + 50);

  await cluster.docker('start', cluster.container('etcd-1'));
  await eventually(
    'writes are acknowledged again',
    async () => (await cluster.etcdctl(['put', 'experiment-3', 'after'])).code === 0,
    { timeoutMillis: 60_000 },
  );
  await eventually(
    'kubectl writes again',
    async () =>
      (await cluster.tryKubectl(['create', 'configmap', 'experiment-3', '--from-literal=a=b']))
        .code === 0,
    { timeoutMillis: 60_000 },
  );
  await cluster.kubectl('delete', 'configmap', 'experiment-3');
  await cluster.kubectl('scale', 'deployment', name, '--replicas=4');
  await waitForReadyPods(cluster, `app=${name}`, 4);
  expect((await load.stop()).failures).toEqual([]);
});
