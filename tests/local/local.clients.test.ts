/** `./drydock up --local`: the same processes on loopback, without Docker and without root. */
import type { Node } from '@drydock/api';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  connectCluster,
  isReady,
  repository,
  waitForReadyPods,
  type Cluster,
} from '../harness/cluster.ts';
import { command, tryCommand } from '../harness/command.ts';
import { missingKeys, startWriters, waitForWrites } from '../harness/etcd-writers.ts';

const name = 'local-test';
const timeScale = 0.2;
const home = mkdtempSync(join(tmpdir(), 'drydock-local-'));
const environment = { DRYDOCK_HOME: home };
const drydock = (...words: string[]) => command(`${repository}/drydock`, words, { environment });

let cluster: Cluster;

beforeAll(async () => {
  process.env['DRYDOCK_HOME'] = home;
  await drydock('up', '--local', '--name', name, '--time-scale', String(timeScale));
  cluster = await connectCluster(name, timeScale);
});

afterAll(async () => {
  await drydock('down', '--name', name);
  delete process.env['DRYDOCK_HOME'];
  rmSync(home, { recursive: true, force: true });
});

/** Process ids whose command line names a main of this cluster. */
async function processes(program: string): Promise<number[]> {
  const { stdout } = await tryCommand('ps', ['-eo', 'pid,args']);
  return stdout
    .split('\n')
    .filter((line) => line.includes(`services/${program}/src/main.ts`) && line.includes(name))
    .map((line) => Number(line.trim().split(/\s+/)[0]));
}

const webManifest = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 6,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'simulated:1' }] },
    },
  },
};

describe('a local cluster', () => {
  test('has its nodes ready when `up` returns', async () => {
    const nodes = await cluster.list<Node>('nodes');
    expect(nodes.length).toBeGreaterThanOrEqual(3);
    expect(nodes.filter((node) => !isReady(node))).toEqual([]);
  });

  test('runs a Deployment on simulated containers, spread over the nodes', async () => {
    await cluster.apply(webManifest);
    const pods = await waitForReadyPods(cluster, 'app=web', 6);
    expect(new Set(pods.map((pod) => pod.spec?.nodeName)).size).toBeGreaterThanOrEqual(3);
    await cluster.kubectl('scale', 'deployment', 'web', '--replicas=2');
    await waitForReadyPods(cluster, 'app=web', 2);
  });

  test('gives every namespace its account and its CA, and tokens that both API servers know', async () => {
    await cluster.kubectl('create', 'namespace', 'shop');
    await cluster.kubectl('wait', '--for=create', 'serviceaccount/default', '-n', 'shop');
    await cluster.kubectl('wait', '--for=create', 'configmap/kube-root-ca.crt', '-n', 'shop');
    const token = await cluster.kubectl('create', 'token', 'default', '-n', 'shop');
    const path = '/apis/authentication.k8s.io/v1/tokenreviews';
    const input = JSON.stringify({ spec: { token: token.trim() } });
    // The load balancer takes the servers in turn.
    for (let round = 0; round < 4; round += 1) {
      const answer = await cluster.tryKubectl(['create', '--raw', path, '-f', '-'], { input });
      expect(JSON.parse(answer.stdout), answer.stderr).toMatchObject({
        status: { authenticated: true, user: { username: 'system:serviceaccount:shop:default' } },
      });
    }
    await cluster.kubectl('delete', 'namespace', 'shop');
  });

  test('keeps every acknowledged write when an etcd member is killed', async () => {
    const prefix = 'local-test/';
    const writers = startWriters(cluster, { prefix, writers: 4 });
    await waitForWrites(writers, 100);
    const [victim] = await processes('etcd');
    process.kill(victim!, 'SIGKILL');
    await waitForWrites(writers, 100);
    const report = await writers.stop();
    expect(await missingKeys(cluster, prefix, report.acknowledged)).toEqual([]);
  });

  test('keeps its state over stop and start', async () => {
    await drydock('stop', '--name', name);
    expect(
      (await tryCommand('etcdctl', ['endpoint', 'health'], { environment: cluster.environment }))
        .code,
    ).not.toBe(0);
    await drydock('start', '--name', name);
    await waitForReadyPods(cluster, 'app=web', 2);
    expect((await cluster.etcdctl(['endpoint', 'health'])).code).toBe(0);
  });

  test('tells its state to people', async () => {
    const status = await drydock('status', '--name', name);
    for (const part of [
      'etcd',
      'apiserver',
      'scheduler',
      'controller-manager',
      'leader',
      'Ready',
    ]) {
      expect(status).toContain(part);
    }
  });

  test('leaves neither a process nor a file behind', async () => {
    await drydock('down', '--name', name);
    for (const program of ['etcd', 'apiserver', 'scheduler', 'controller-manager', 'node-agent']) {
      expect(await processes(program)).toEqual([]);
    }
    expect(existsSync(join(home, name))).toBe(false);
  });
});
