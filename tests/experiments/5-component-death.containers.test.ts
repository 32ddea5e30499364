/** Experiment 5: any one component dies. */
import type { Lease } from '@drydock/api';
import { eventually } from '@drydock/testing/eventually';
import { afterEach, describe, expect, inject } from 'vitest';
import { connectCluster, readyPods, waitForReadyPods, type Cluster } from '../harness/cluster.ts';
import { test } from '../harness/test.ts';
import { addressOf, deployWeb, removeWeb, startLoad } from '../harness/web.ts';

const name = 'web-5';
const selector = `app=${name}`;
const nodePort = 31005;

afterEach(async () => {
  const shared = inject('cluster');
  await removeWeb(await connectCluster(shared.name, shared.timeScale), name);
});

/** The part (`scheduler-1`, ...) whose process holds the component's lease: the holder is HOST_UUID. */
async function leadingPart(cluster: Cluster, component: string): Promise<string> {
  const lease = `kube-${component}`;
  const output = await cluster.kubectl('get', 'lease', lease, '-n', 'kube-system', '-o', 'json');
  const holder = (JSON.parse(output) as Lease).spec?.holderIdentity ?? '';
  const [host] = holder.split('_');
  for (const part of [`${component}-1`, `${component}-2`]) {
    const format = '{{.Config.Hostname}}';
    const name = await cluster.docker('inspect', '--format', format, cluster.container(part));
    if (name.trim() === host) return part;
  }
  throw new Error(`no container of ${component} is called ${host} (holder ${holder})`);
}

/** Real process ids, oldest first, of a component inside a node's container. */
async function processesOf(cluster: Cluster, part: string, program: string): Promise<string[]> {
  const output = await cluster.docker('top', cluster.container(part), '-eo', 'pid,args');
  return output
    .split('\n')
    .filter((line) => line.includes(`services/${program}/src/main.ts`))
    .map((line) => line.trim().split(/\s+/)[0]!);
}

describe('experiment 5', () => {
  test('one apiserver dies: kubectl and the cluster go on', async ({ cluster }) => {
    await deployWeb(cluster, { name, replicas: 2, nodePort });
    await waitForReadyPods(cluster, selector, 2);
    for (const part of ['apiserver-1', 'apiserver-2']) {
      await cluster.docker('kill', cluster.container(part));
      const replicas = part === 'apiserver-1' ? 4 : 2;
      await eventually('kubectl scales', async () => {
        return (
          (await cluster.tryKubectl(['scale', 'deployment', name, `--replicas=${replicas}`]))
            .code === 0
        );
      });
      await waitForReadyPods(cluster, selector, replicas);
      await cluster.docker('start', cluster.container(part));
      await eventually(
        'both apiservers are endpoints of the service kubernetes',
        async () => {
          const output = await cluster.kubectl(
            'get',
            'endpointslice',
            '-n',
            'default',
            '-l',
            'kubernetes.io/service-name=kubernetes',
            '-o',
            'json',
          );
          const { items } = JSON.parse(output) as { items: { endpoints?: unknown[] }[] };
          return items.flatMap((slice) => slice.endpoints ?? []).length === 2;
        },
        { timeoutMillis: cluster.deadline(60_000) },
      );
    }
  });

  test.for(['scheduler', 'controller-manager'])(
    'the leading %s dies: the other takes over',
    async (component, { cluster }) => {
      await deployWeb(cluster, { name, replicas: 1, nodePort });
      await waitForReadyPods(cluster, selector, 1);
      const victim = await leadingPart(cluster, component);
      await cluster.docker('kill', cluster.container(victim));
      try {
        await cluster.kubectl('scale', 'deployment', name, '--replicas=3');
        await waitForReadyPods(cluster, selector, 3);
        expect(await leadingPart(cluster, component)).not.toBe(victim);
      } finally {
        await cluster.docker('start', cluster.container(victim));
      }
    },
  );

  test('a node-agent process dies: its pods keep running, and it adopts them', async ({
    cluster,
  }) => {
    await deployWeb(cluster, { name, replicas: 3, nodePort });
    const before = await waitForReadyPods(cluster, selector, 3);
    const [pid] = await processesOf(cluster, 'node-1', 'node-agent');
    const load = await startLoad(`http://${await addressOf(cluster, 'node-1')}:${nodePort}/`, {
      timeoutMillis: 10_000,
    });
    process.kill(Number(pid), 'SIGKILL');
    await eventually(
      'another node-agent process runs',
      async () => {
        const [now] = await processesOf(cluster, 'node-1', 'node-agent');
        return now !== undefined && now !== pid;
      },
      { timeoutMillis: 60_000 },
    );
    await cluster.kubectl('scale', 'deployment', name, '--replicas=6');
    const after = await waitForReadyPods(cluster, selector, 6);
    const started = (pods: typeof before) =>
      pods.map((pod) => `${pod.metadata?.name} ${pod.status?.containerStatuses?.[0]?.containerID}`);
    expect(started(after)).toEqual(expect.arrayContaining(started(before)));
    const restarts = after.map((pod) => pod.status?.containerStatuses?.[0]?.restartCount);
    expect(restarts).toEqual(after.map(() => 0));
    expect((await load.stop()).failures).toEqual([]);
  });

  test('kube-proxy dies: traffic flows on, and new Services are served after its return', async ({
    cluster,
  }) => {
    await deployWeb(cluster, { name, replicas: 2, nodePort });
    await waitForReadyPods(cluster, selector, 2);
    const address = await addressOf(cluster, 'node-1');
    await eventually(
      'the NodePort answers',
      async () => (await fetch(`http://${address}:${nodePort}/`)).ok,
    );
    const load = await startLoad(`http://${address}:${nodePort}/`, { timeoutMillis: 10_000 });
    const [pid] = await processesOf(cluster, 'node-1', 'kube-proxy');
    process.kill(Number(pid), 'SIGKILL');
    await eventually(
      'another kube-proxy process runs',
      async () => {
        const [now] = await processesOf(cluster, 'node-1', 'kube-proxy');
        return now !== undefined && now !== pid;
      },
      { timeoutMillis: 60_000 },
    );
    await cluster.kubectl(
      'expose',
      'deployment',
      name,
      '--name',
      `${name}-late`,
      '--type=NodePort',
      '--port=80',
      '--target-port=8080',
    );
    const late = await cluster.kubectl(
      'get',
      'service',
      `${name}-late`,
      '-o',
      'jsonpath={.spec.ports[0].nodePort}',
    );
    await eventually(
      'the new NodePort answers',
      async () => (await fetch(`http://${address}:${late}/`)).ok,
    );
    await cluster.kubectl('delete', 'service', `${name}-late`);
    expect((await load.stop()).failures).toEqual([]);
    expect(await readyPods(cluster, selector)).toHaveLength(2);
  });
});
