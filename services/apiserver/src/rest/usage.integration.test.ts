/** metrics.k8s.io, from a request to a real node-agent with simulated containers. */
import { eventually } from '@drydock/testing/eventually';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { podsPath, startTestCluster, type TestCluster } from '../testing/agent.ts';
import { startTestEtcd, type TestEtcd } from '../testing/etcd.ts';
import type { TestClient } from '../testing/server.ts';

const root = '/apis/metrics.k8s.io/v1beta1';
const inDefault = `${root}/namespaces/default/pods`;

let etcd: TestEtcd;
let cluster: TestCluster;
let admin: TestClient;

interface Metrics {
  readonly kind: string;
  readonly metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  readonly timestamp: string;
  readonly window: string;
  readonly usage: Record<string, string>;
  readonly containers: readonly { name: string; usage: Record<string, string> }[];
}

const get = async <T>(path: string, headers = {}) =>
  (await admin.request('GET', path, { headers })).json<T>();
const list = async (path: string) => {
  const { items } = await get<{ items: Metrics[] }>(path);
  return items;
};
const names = (items: readonly Metrics[]) => items.map(({ metadata }) => metadata.name);

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  cluster = await startTestCluster(etcd);
  ({ admin } = cluster);
  await cluster.runPod('web', {
    metadata: {
      labels: { app: 'web' },
      annotations: {
        'simulation.drydock.dev/a': 'cpu=250m, memory=64Mi',
        'simulation.drydock.dev/b': 'cpu=50m, memory=16Mi',
      },
    },
    spec: {
      containers: [
        { name: 'a', image: 'web' },
        { name: 'b', image: 'web' },
      ],
    },
  });
  await cluster.runPod('db', {
    metadata: { annotations: { 'simulation.drydock.dev/main': 'cpu=1, memory=1Gi' } },
  });
  await eventually('both pods and their node are measured', async () => {
    const [pods, nodes] = await Promise.all([list(inDefault), list(`${root}/nodes`)]);
    return pods.length === 2 && nodes.length === 1 && nodes[0]!.usage['memory'] === '1104Mi';
  });
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

/** Thousandths of a core. */
const milli = (cpu: string) =>
  cpu.endsWith('n')
    ? Number(cpu.slice(0, -1)) / 1e6
    : cpu.endsWith('m')
      ? parseInt(cpu, 10)
      : Number(cpu) * 1_000;

describe('pods', () => {
  test('are what their containers use over a window', async () => {
    const web = await get<Metrics>(`${inDefault}/web`);
    expect(web).toMatchObject({
      kind: 'PodMetrics',
      apiVersion: 'metrics.k8s.io/v1beta1',
      metadata: { name: 'web', namespace: 'default', labels: { app: 'web' } },
    });
    expect(web.window).toMatch(/^\d+(\.\d+)?s$/);
    expect(Math.abs(Date.parse(web.timestamp) - Date.now())).toBeLessThan(60_000);
    const usages = new Map(web.containers.map(({ name, usage }) => [name, usage]));
    expect(milli(usages.get('a')!['cpu']!)).toBeCloseTo(250, 0);
    expect(milli(usages.get('b')!['cpu']!)).toBeCloseTo(50, 0);
    expect(usages.get('a')!['memory']).toBe('64Mi');
  });
  test('are listed by namespace, label and name', async () => {
    expect(names(await list(`${root}/pods`))).toEqual(['db', 'web']);
    expect(names(await list(`${inDefault}?labelSelector=app%3Dweb`))).toEqual(['web']);
    expect(names(await list(`${root}/pods?fieldSelector=metadata.name%3Ddb`))).toEqual(['db']);
    expect(await list(`${root}/namespaces/kube-system/pods`)).toEqual([]);
    const wrong = await admin.request('GET', `${root}/pods?fieldSelector=spec.nodeName%3Dx`);
    expect(wrong.code).toBe(400);
  });
  test('of which nothing is known are not found', async () => {
    await admin.request('POST', podsPath, {
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'pending' },
        spec: { containers: [{ name: 'main', image: 'web' }] },
      },
    });
    const pending = await admin.request('GET', `${inDefault}/pending`);
    expect([pending.code, pending.json<{ message: string }>().message]).toEqual([
      404,
      'pods.metrics.k8s.io "default/pending" not found',
    ]);
    const nobody = await admin.request('GET', `${inDefault}/nobody`);
    expect([nobody.code, nobody.json<{ message: string }>().message]).toEqual([
      404,
      'pods "nobody" not found',
    ]);
  });
});

test('a node uses what its containers do', async () => {
  const node = await get<Metrics>(`${root}/nodes/node-1`);
  expect(node).toMatchObject({ kind: 'NodeMetrics', usage: { memory: '1104Mi' } });
  expect(milli(node.usage['cpu']!)).toBeGreaterThan(0);
  expect(node.metadata.labels?.['kubernetes.io/hostname']).toBe('node-1');
});

test('tables, YAML and bare metadata are served as of any kind', async () => {
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  const table = await get<{
    columnDefinitions: { name: string; format: string }[];
    rows: { cells: unknown[]; object: { kind: string } }[];
  }>(inDefault, { accept });
  expect(table.columnDefinitions.map(({ name, format }) => [name, format])).toEqual([
    ['Name', 'name'],
    ['cpu', 'quantity'],
    ['memory', 'quantity'],
    ['Window', 'duration'],
  ]);
  expect(table.rows.map(({ cells }) => [cells[0], cells[2]])).toEqual([
    ['db', '1Gi'],
    ['web', '80Mi'],
  ]);
  expect(table.rows[0]!.object.kind).toBe('PartialObjectMetadata');
  const yaml = await admin.request('GET', `${root}/nodes/node-1`, {
    headers: { accept: 'application/yaml' },
  });
  expect(yaml.text).toMatch(/^kind: NodeMetrics$/m);
});

test('nothing can be watched or written', async () => {
  for (const [method, path] of [
    ['GET', `${root}/nodes?watch=true`],
    ['POST', inDefault],
    ['DELETE', `${inDefault}/web`],
  ] as const) {
    expect((await admin.request(method, path)).code).toBe(405);
  }
});

test('is allowed by roles of its own group', async () => {
  using reader = await cluster.server.client('reader');
  const refused = await reader.request('GET', `${root}/nodes`);
  expect(refused.code).toBe(403);
  expect(refused.text).toContain(
    'cannot list resource \\"nodes\\" in API group \\"metrics.k8s.io\\" at the cluster scope',
  );
  const role = await admin.request(
    'GET',
    '/apis/rbac.authorization.k8s.io/v1/clusterroles/system:aggregated-metrics-reader',
  );
  expect(role.code).toBe(200);
});

describe('the HTTP of the node', () => {
  const raw = async (path: string) => admin.request('GET', `/api/v1/nodes/${path}`);
  test('is reached through the proxy', async () => {
    expect(await raw('node-1/proxy/healthz')).toMatchObject({ code: 200, text: 'ok' });
    const port = (
      await get<{ status: { daemonEndpoints: { kubeletEndpoint: { Port: number } } } }>(
        '/api/v1/nodes/node-1',
      )
    ).status.daemonEndpoints.kubeletEndpoint.Port;
    const pods = (await raw(`node-1:${port}/proxy/pods`)).json<{ items: Metrics[] }>();
    expect(names(pods.items)).toEqual(expect.arrayContaining(['web', 'db']));
    const logs = await raw('node-1/proxy/containerLogs/default/db/main?tailLines=1');
    expect(logs).toMatchObject({ code: 200, text: 'started main attempt 0\n' });
    expect((await raw('node-1/proxy/metrics')).text).toContain('node_agent_streams');
    expect((await raw('node-1/proxy/nothing')).code).toBe(404);
  });
  test('is refused where there is none', async () => {
    expect((await raw('nobody/proxy/')).json<{ message: string }>().message).toBe(
      'nodes "nobody" not found',
    );
    // A simulated node is on the loopback of this machine, which is nobody's to reach.
    expect((await raw('node-1:1/proxy/')).json<{ message: string }>().message).toBe(
      'address not allowed',
    );
  });
});

test('a node that does not answer is left out, with its pods', async () => {
  await cluster.killAgent();
  await eventually('nothing is known', async () => {
    const [pods, nodes] = await Promise.all([list(inDefault), list(`${root}/nodes`)]);
    return pods.length === 0 && nodes.length === 0;
  });
  const node = await admin.request('GET', `${root}/nodes/node-1`);
  expect([node.code, node.json<{ message: string }>().message]).toEqual([
    404,
    'nodes.metrics.k8s.io "node-1" not found',
  ]);
  const proxied = await admin.request('GET', '/api/v1/nodes/node-1/proxy/healthz');
  expect(proxied.code).toBe(503);
  expect(proxied.json<{ message: string }>().message).toMatch(/^error trying to reach service: /);
});
