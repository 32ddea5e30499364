/**
 * What a node runs of itself, what it runs on without its agent, and how it goes down: on real containers, as
 * its user sees it through kubectl.
 */
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Node, Pod } from '@drydock/api';
import { eventually } from '@drydock/testing/eventually';
import { beforeAll, describe, expect } from 'vitest';
import { isReady, type Cluster } from '../harness/cluster.ts';
import { test } from '../harness/test.ts';
import { importTestImages, testImage } from './images.ts';
import { recreateNode } from './recreated-node.ts';

const patience = { timeoutMillis: 90_000, intervalMillis: 300 };
const folder = '/var/lib/drydock/manifests';

beforeAll(importTestImages);

const manifest = (name: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'main',
        image: testImage,
        imagePullPolicy: 'Never',
        command: ['sh', '-c', 'echo begun; trap "exit 0" TERM; sleep 100000 & wait'],
      },
    ],
    ...spec,
  },
});

const running = (cluster: Cluster, name: string) =>
  eventually(
    `${name} is ready`,
    async () => {
      const pod = await cluster.get<Pod>('pod', name);
      return isReady(pod) ? pod : undefined;
    },
    patience,
  );
const idOf = (pod: Pod) => pod.status.containerStatuses![0]!.containerID!;
const engineId = (pod: Pod) => idOf(pod).replace('docker://', '');

/** On the engine's machine, for a node's container has its processes. */
async function agentOf(cluster: Cluster, node: string): Promise<string> {
  const script = `for one in /proc/[0-9]*; do
    line=$(tr '\\0' ' ' < $one/cmdline 2>/dev/null)
    case "$line" in *node-agent/src/main.ts*--node-name\\ ${node}\\ *--cluster-name\\ ${cluster.name}\\ *) basename $one;; esac
  done`;
  return (await cluster.docker('exec', cluster.container(node), 'sh', '-c', script)).trim();
}

describe('a static pod', () => {
  test('runs, is shown, outlives its mirror, and goes with its file', async ({ cluster }) => {
    await using local = await mkdtempDisposable(join(tmpdir(), 'drydock-manifest-'));
    const file = join(local.path, 'own.yaml');
    const node = cluster.container('node-2');
    const name = 'own-node-2';
    const put = async (spec: object = {}) => {
      await writeFile(file, JSON.stringify(manifest('own', spec)));
      await cluster.docker('cp', file, `${node}:${folder}/own.yaml`);
    };
    await put();
    try {
      const first = await running(cluster, name);
      expect(first.metadata.ownerReferences).toMatchObject([{ kind: 'Node', name: 'node-2' }]);
      expect(await cluster.kubectl('logs', name)).toBe('begun\n');
      await cluster.kubectl('delete', 'pod', name, '--wait=false');
      const again = await eventually(
        'another mirror shows it',
        async () => {
          const { code, stdout } = await cluster.tryKubectl(['get', 'pod', name, '-o', 'json']);
          const pod = code === 0 ? (JSON.parse(stdout) as Pod) : undefined;
          return pod !== undefined && pod.metadata.uid !== first.metadata.uid && isReady(pod)
            ? pod
            : undefined;
        },
        patience,
      );
      expect(idOf(again)).toBe(idOf(first));
      await put({ hostname: 'other' });
      await eventually(
        'it runs as the file says now',
        async () =>
          (await cluster.tryKubectl(['exec', name, '--', 'hostname'])).stdout === 'other\n',
        patience,
      );
    } finally {
      await cluster.docker('exec', node, 'rm', '-f', `${folder}/own.yaml`);
    }
    await eventually(
      'it is gone',
      async () => (await cluster.tryKubectl(['get', 'pod', name])).code !== 0,
      patience,
    );
  });
});

describe('an agent that dies', () => {
  test('touches nothing, and tells the truth of what died meanwhile', async ({ cluster }) => {
    const names = ['stays', 'dies'];
    const spec = { nodeName: 'node-3' };
    for (const name of names) await cluster.apply(manifest(name, spec));
    try {
      const stays = await running(cluster, 'stays');
      const dies = await running(cluster, 'dies');
      const agent = await agentOf(cluster, 'node-3');
      expect(agent).toMatch(/^\d+$/);
      // Stopped first, so that it sees nothing of what happens next.
      const node = cluster.container('node-3');
      await cluster.docker('exec', node, 'sh', '-c', `kill -STOP ${agent}`);
      await cluster.docker('kill', engineId(dies));
      await cluster.docker('exec', node, 'sh', '-c', `kill -KILL ${agent}`);
      const restarted = await eventually(
        'the one that died runs again',
        async () => {
          const pod = await cluster.get<Pod>('pod', 'dies');
          const { restartCount, ready } = pod.status.containerStatuses![0]!;
          return restartCount === 1 && ready ? pod : undefined;
        },
        patience,
      );
      expect(restarted.status.containerStatuses![0]!.lastState).toMatchObject({
        terminated: { exitCode: 137, reason: 'Error', containerID: idOf(dies) },
      });
      const now = await cluster.get<Pod>('pod', 'stays');
      expect(idOf(now)).toBe(idOf(stays));
      expect(now.status.containerStatuses![0]).toMatchObject({ restartCount: 0, ready: true });
      expect(await agentOf(cluster, 'node-3')).not.toBe(agent);
      expect(await cluster.kubectl('logs', 'stays')).toBe('begun\n');
    } finally {
      await cluster.kubectl('delete', 'pod', ...names, '--now');
    }
  });
});

describe('a machine that goes down', () => {
  test('ends its pods first, and they say why', async ({ cluster }) => {
    const node = cluster.container('node-3');
    await using _recreated = await recreateNode(node, {
      environment: {
        DRYDOCK_SHUTDOWN_GRACE_PERIOD: '20s',
        DRYDOCK_SHUTDOWN_GRACE_PERIOD_CRITICAL_PODS: '10s',
      },
      stopSeconds: 60,
    });
    const ready = async () => isReady(await cluster.get<Node>('node', 'node-3'));
    await eventually('the node is back', ready, patience);
    const spec = { nodeName: 'node-3' };
    await cluster.apply(manifest('regular', spec));
    await cluster.apply(manifest('needed', { ...spec, priorityClassName: 'system-node-critical' }));
    try {
      const regular = await running(cluster, 'regular');
      const needed = await running(cluster, 'needed');
      await cluster.docker('stop', node);
      const told = async (name: string) => (await cluster.get<Pod>('pod', name)).status;
      for (const name of ['regular', 'needed']) {
        expect(await told(name)).toMatchObject({
          phase: 'Failed',
          reason: 'Terminated',
          message: 'Pod was terminated in response to imminent node shutdown.',
        });
        expect((await told(name)).conditions).toContainEqual(
          expect.objectContaining({
            type: 'DisruptionTarget',
            status: 'True',
            reason: 'TerminationByKubelet',
          }),
        );
      }
      const conditions = (await cluster.get<Node>('node', 'node-3')).status.conditions!;
      expect(conditions.find(({ type }) => type === 'Ready')).toMatchObject({
        status: 'False',
        reason: 'KubeletNotReady',
        message: 'node is shutting down',
      });
      const ended = async (pod: Pod) =>
        (
          await cluster.docker('inspect', '--format', '{{.State.FinishedAt}}', engineId(pod))
        ).trim();
      expect((await ended(regular)) < (await ended(needed))).toBe(true);
    } finally {
      await cluster.docker('start', node);
      await cluster.kubectl('delete', 'pod', 'regular', 'needed', '--now');
    }
  });
});
