/** What lies in etcd, and how writes behave that nobody knows the outcome of. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSystemClock, createSystemRandom } from '@drydock/process';
import { silentLogger } from '@drydock/ports';
import { StatusCode, RpcError, createChannelSet, type ChannelSet } from '@drydock/rpc';
import { eventually } from '@drydock/testing/eventually';
import { startTestEtcd, type TestEtcd } from '../testing/etcd.ts';
import { startTestServer, type TestClient, type TestServer } from '../testing/server.ts';
import { runCompactor } from './compactor.ts';
import { createEtcdClient } from './etcd-client.ts';

let etcd: TestEtcd;
let channels: ChannelSet;
let server: TestServer;
let admin: TestClient;
const clock = createSystemClock();

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  channels = createChannelSet({
    endpoints: etcd.endpoints,
    tls: etcd.tls,
    clock,
    random: createSystemRandom(),
  });
  server = await startTestServer(etcd);
  admin = await server.admin();
});
afterAll(async () => {
  admin[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  channels[Symbol.dispose]();
  await etcd[Symbol.asyncDispose]();
});

const read = async (key: string) =>
  (await createEtcdClient({ channels, clock }).range({ key: Buffer.from(key) })).kvs[0];

test('objects lie where Kubernetes keeps them, as JSON without a version', async () => {
  const paths: [string, string, object][] = [
    [
      '/api/v1/namespaces/default/configmaps',
      '/registry/configmaps/default/x',
      { kind: 'ConfigMap' },
    ],
    ['/api/v1/nodes', '/registry/minions/x', { kind: 'Node' }],
    [
      '/api/v1/namespaces/default/replicationcontrollers',
      '/registry/controllers/default/x',
      {
        kind: 'ReplicationController',
        spec: {
          template: {
            metadata: { labels: { app: 'x' } },
            spec: { containers: [{ name: 'c', image: 'i' }] },
          },
        },
      },
    ],
    [
      '/api/v1/namespaces/default/services',
      '/registry/services/specs/default/x',
      { kind: 'Service', spec: { ports: [{ port: 1 }] } },
    ],
  ];
  for (const [path, key, body] of paths) {
    const made = await admin.request('POST', path, {
      body: { apiVersion: 'v1', metadata: { name: 'x' }, ...body },
    });
    const pair = await read(key);
    const value = JSON.parse(Buffer.from(pair!.value).toString()) as {
      metadata: { resourceVersion?: string };
    };
    expect(value.metadata.resourceVersion).toBeUndefined();
    const { metadata } = made.json<{ metadata: { resourceVersion: string } }>();
    expect(metadata.resourceVersion).toBe(String(pair!.modRevision));
  }
});

test('Events have a lease, so that they end; other objects have none', async () => {
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e', namespace: 'default' },
    involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' },
    reason: 'Tested',
    message: 'told',
    type: 'Normal',
  };
  const made = await admin.request('POST', '/api/v1/namespaces/default/events', { body: event });
  expect(made.code, made.text).toBe(201);
  const first = await read('/registry/events/default/e');
  expect(first!.lease).not.toBe(0n);
  await admin.request('PATCH', '/api/v1/namespaces/default/events/e', {
    body: { count: 2 },
    headers: { 'content-type': 'application/merge-patch+json' },
  });
  const second = await read('/registry/events/default/e');
  expect(second!.version).toBe(2);
  expect(second!.lease).not.toBe(0n);
  expect((await read('/registry/minions/x'))!.lease).toBe(0n);
});

test('what another program put there by hand harms nobody', async () => {
  using watch = admin.watch('/api/v1/pods?watch=true&fieldSelector=spec.nodeName%3Dx');
  const client = createEtcdClient({ channels, clock });
  const put = (key: string, text: string) =>
    client.write({ guards: [], puts: [{ key, value: Buffer.from(text) }], deletes: [] });
  await put(
    '/registry/pods/default/bare',
    '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"bare"}}',
  );
  await put('/registry/pods/default/garbage', 'k8s\0\n\x01');
  await put('/registry/pods/a/b/c', '{}');
  await put('/elsewhere', 'x');
  const list = await admin.request('GET', '/api/v1/pods');
  expect(list.json<{ items: { metadata: { name: string } }[] }>().items).toMatchObject([
    { metadata: { name: 'bare' } },
  ]);
  expect((await admin.request('GET', '/api/v1/namespaces/default/pods/garbage')).code).toBe(404);
  expect(watch.ended).toBe(false);
});

test('a write whose answer was lost is found to be written, not refused as a conflict', async () => {
  let isLost = false;
  /** Loses the first answer after etcd has done its work. */
  const lossy: ChannelSet = {
    ...channels,
    endpoint: channels.endpoint,
    moveOn: () => channels.moveOn(),
    unary: async (method, request, options) => {
      const response = await channels.unary(method, request, options);
      if (isLost || !method.path.endsWith('/Txn')) return response;
      isLost = true;
      throw new RpcError(StatusCode.UNAVAILABLE, 'the connection broke');
    },
  };
  const client = createEtcdClient({ channels: lossy, clock });
  const key = '/registry/test/lost';
  const value = Buffer.from('{"uid":"1"}');
  const created = await client.write({
    guards: [{ key, revision: 0 }],
    puts: [{ key, value }],
    deletes: [],
  });
  expect(isLost).toBe(true);
  expect(created).toMatchObject({ written: true, revision: (await read(key))!.modRevision });

  isLost = false;
  const revision = (await read(key))!.modRevision;
  const removed = await client.write({ guards: [{ key, revision }], puts: [], deletes: [key] });
  expect(removed.written).toBe(true);
  expect(await read(key)).toBeUndefined();
});

test('a write over what another has written is no success, however often it is tried', async () => {
  const client = createEtcdClient({ channels, clock });
  const key = '/registry/test/other';
  const put = (text: string, revision: number) =>
    client.write({
      guards: [{ key, revision }],
      puts: [{ key, value: Buffer.from(text) }],
      deletes: [],
    });
  await put('one', 0);
  const outcome = await put('two', 0);
  expect(outcome.written).toBe(false);
  if (!outcome.written) expect(Buffer.from(outcome.current[0]!.value).toString()).toBe('one');
});

test('many questions for the revision cost few answers, and each is fresh', async () => {
  let asked = 0;
  const counting: ChannelSet = {
    ...channels,
    endpoint: channels.endpoint,
    moveOn: () => channels.moveOn(),
    unary: (method, request, options) => {
      asked += 1;
      return channels.unary(method, request, options);
    },
  };
  const client = createEtcdClient({ channels: counting, clock });
  await Promise.all(Array.from({ length: 100 }, () => client.currentRevision()));
  expect(asked).toBeLessThanOrEqual(2);
  const write = { guards: [], puts: [{ key: 'x', value: Buffer.from('y') }], deletes: [] };
  const inFlight = client.currentRevision();
  const written = await client.write(write);
  const after = await client.currentRevision();
  await inFlight;
  expect(written.written && after >= written.revision).toBe(true);
});

test('history is forgotten one interval late, and watches go on', async () => {
  using watch = admin.watch('/api/v1/namespaces?watch=true');
  await eventually('the namespaces', () => watch.lines.length >= 4);
  const stop = new AbortController();
  // A thousand times faster: an interval of 0.3 s.
  const compactor = runCompactor(
    {
      etcd: createEtcdClient({ channels, clock }),
      clock: createSystemClock(0.001),
      log: silentLogger,
    },
    stop.signal,
  );
  const old = (await createEtcdClient({ channels, clock }).currentRevision()) - 1;
  await eventually('an old revision is gone', async () => {
    const answer = await admin.request(
      'GET',
      `/api/v1/namespaces?resourceVersion=${old}&resourceVersionMatch=Exact`,
    );
    return answer.code === 410;
  });
  stop.abort();
  await compactor;
  const seen = watch.lines.length;
  await admin.request('POST', '/api/v1/namespaces', {
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'after' } },
  });
  await eventually('one more event', () => watch.lines.length > seen);
});
