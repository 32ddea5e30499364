/** Nodes that run short of something, and what is removed of their engine, on real containers. */
import type { Node, Pod } from '@drydock/api';
import { createDockerHousekeeping } from '@drydock/node-agent';
import { createSystemClock } from '@drydock/process';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isReady, type Cluster } from '../harness/cluster.ts';
import { test } from '../harness/test.ts';
import { docker, importTestImages, removeLeftovers, testImage } from './images.ts';
import { eventsAbout, patience, phaseIs, podOf, remove, shellContainer, sleeping } from './pod.ts';

const own = `housekeeping-${process.pid}`;
const others = `${own}:other`;

beforeAll(importTestImages);
afterAll(() => removeLeftovers(own));

it('the engine tells what is in use and what is written, and removes names of images only', async () => {
  const node = { cluster: own, node: 'node-1', bootId: 'boot' };
  const housekeeping = createDockerHousekeeping(
    { socketPath: '/var/run/docker.sock', node },
    { clock: createSystemClock() },
  );
  const tagged = `${own}:1`;
  await docker('tag', testImage, tagged);
  await docker('tag', testImage, others);
  const script = ['sh', '-c', sleeping];
  const alone = ['--network', 'none', '--label', `drydock.cluster=${own}`];
  try {
    const id = await docker('run', '-d', ...alone, others, ...script);
    const imageId = await docker('image', 'inspect', '-f', '{{.Id}}', testImage);
    expect(await housekeeping.imagesInUse()).toContain(imageId);
    await docker('exec', id, 'dd', 'if=/dev/zero', 'of=/tmp/a', 'bs=1024', 'count=2048');
    expect(await housekeeping.writtenBytes(id)).toBeGreaterThanOrEqual(2 ** 21);
    expect(await housekeeping.writtenBytes('0'.repeat(64))).toBeUndefined();

    await housekeeping.removeImage(tagged);
    await housekeeping.removeImage(tagged);
    const names = await docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}');
    expect(names.split('\n')).not.toContain(tagged);
    expect(names.split('\n')).toContain(testImage);
  } finally {
    await removeLeftovers(own);
    await docker('rmi', others);
  }
});

test('a pod that writes more than it may is evicted, and its files are gone', async ({
  cluster,
}) => {
  const write = (path: string) => `dd if=/dev/zero of=${path} bs=1024 count=4096; ${sleeping}`;
  const limits = { 'ephemeral-storage': '2Mi' };
  await cluster.apply(
    podOf(
      'hoarder',
      [
        shellContainer(write('/cache/a'), {
          volumeMounts: [{ name: 'cache', mountPath: '/cache' }],
        }),
      ],
      { volumes: [{ name: 'cache', emptyDir: { sizeLimit: '1Mi' } }] },
    ),
  );
  await cluster.apply(podOf('writer', [shellContainer(write('/a'), { resources: { limits } })]));
  try {
    const hoarder = await phaseIs(cluster, 'hoarder', 'Failed');
    expect(hoarder.status).toMatchObject({
      reason: 'Evicted',
      message: 'Usage of EmptyDir volume "cache" exceeds the limit "1Mi". ',
    });
    expect((await eventsAbout(cluster, 'hoarder')).join('\n')).toContain(
      'Evicted: Usage of EmptyDir volume "cache" exceeds the limit "1Mi".',
    );
    const folder = `/var/lib/drydock/pods/${hoarder.metadata.uid!}/volumes/cache`;
    const node = cluster.container(hoarder.spec.nodeName!);
    await eventually(
      'what it wrote is gone',
      async () =>
        (await cluster.docker('exec', node, 'sh', '-c', `ls ${folder} 2>&1 || true`)).includes(
          'No such file',
        ),
      patience,
    );
    const writer = await phaseIs(cluster, 'writer', 'Failed');
    expect(writer.status).toMatchObject({
      reason: 'Evicted',
      message: 'Pod ephemeral local storage usage exceeds the total limit of containers 2Mi. ',
    });
  } finally {
    await remove(cluster, 'hoarder', 'writer');
  }
});

/** Gives the node's container a limit of memory, and the node a new boot with it. */
async function limitMemory(cluster: Cluster, node: string, limit: string): Promise<void> {
  const container = cluster.container(node);
  await cluster.docker('update', '--memory', limit, '--memory-swap', limit, container);
  const before = await cluster.get<Node>('node', node);
  await cluster.docker('restart', '-t', '5', container);
  await eventually(
    `${node} is back`,
    async () => {
      const now = await cluster.get<Node>('node', node);
      const isNew = now.status.nodeInfo!.bootID !== before.status.nodeInfo!.bootID;
      return isNew && isReady(now);
    },
    { timeoutMillis: cluster.deadline(120_000), intervalMillis: 500 },
  );
}

test('a node whose memory is limited evicts who takes it, and takes no more of that kind', async ({
  cluster,
}) => {
  const name = 'node-3';
  const pressure = async () =>
    (await cluster.get<Node>('node', name)).status.conditions!.find(
      (one) => one.type === 'MemoryPressure',
    )!;
  await limitMemory(cluster, name, '600m');
  try {
    const { capacity, allocatable } = (await cluster.get<Node>('node', name)).status;
    expect([capacity!['memory'], allocatable!['memory']]).toEqual(['600Mi', '500Mi']);
    // dd fills its buffer, and nobody takes it.
    const take = 'dd if=/dev/zero bs=500M count=1 | sleep 100000';
    await cluster.apply(podOf('taker', [shellContainer(take)], { nodeName: name }));
    const { status } = await phaseIs(cluster, 'taker', 'Failed');
    expect(status.reason).toBe('Evicted');
    expect(status.message).toMatch(
      /^The node was low on resource: memory\. Threshold quantity: 100Mi, available: \w+\. Container main was using \w+, request is 0, has larger consumption of memory\. $/,
    );
    expect(status.conditions).toContainEqual(
      expect.objectContaining({ type: 'DisruptionTarget', reason: 'TerminationByKubelet' }),
    );
    await eventually(
      'the node says so',
      async () => (await pressure()).reason === 'KubeletHasInsufficientMemory',
      patience,
    );
    await eventually(
      'it is tainted',
      async () =>
        (await cluster.get<Node>('node', name)).spec.taints?.some(
          ({ key, effect }) =>
            key === 'node.kubernetes.io/memory-pressure' && effect === 'NoSchedule',
        ) === true,
      patience,
    );
    await cluster.apply(podOf('late', [shellContainer(sleeping)], { nodeName: name }));
    const late = await phaseIs(cluster, 'late', 'Failed');
    expect(late.status.message).toBe(
      'Pod was rejected: The node had condition: [MemoryPressure]. ',
    );
    const resources = { requests: { memory: '1Mi' } };
    const asking = shellContainer(sleeping, { resources });
    await cluster.apply(podOf('asking', [asking], { nodeName: name }));
    const isRunning = await phaseIs(cluster, 'asking', 'Running');
    expect(isRunning.status.qosClass).toBe('Burstable');
    expect((await eventsAbout(cluster, name)).join('\n')).toContain(
      'EvictionThresholdMet: Attempting to reclaim memory',
    );
    const pods = await cluster.list<Pod>('pods');
    expect(pods.filter((pod) => pod.status.reason === 'Evicted')).toHaveLength(2);
  } finally {
    await remove(cluster, 'taker', 'late', 'asking');
    await limitMemory(cluster, name, '64g');
    await eventually('the pressure is over', async () => (await pressure()).status === 'False', {
      timeoutMillis: cluster.deadline(320_000),
      intervalMillis: 500,
    });
  }
});
