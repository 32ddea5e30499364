/** The component API over real gRPC on a real etcd. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSystemClock, createSystemRandom } from '@drydock/process';
import { objectApi, type ApiObject, type WatchEvent } from '@drydock/proto/api';
import { StatusCode, createChannelSet, type ChannelSet, type RpcError } from '@drydock/rpc';
import { eventually } from '@drydock/testing/eventually';
import { podManifest } from '../testing/server.ts';
import { useTestServer } from '../testing/use-server.ts';

const { server } = useTestServer();

let channels: ChannelSet;

const connect = async (commonName: string, ...organizations: string[]) =>
  createChannelSet({
    endpoints: [`localhost:${server.server.grpcPort}`],
    tls: await server.certificate(commonName, ...organizations),
    clock: createSystemClock(),
    random: createSystemRandom(),
  });

beforeAll(async () => {
  channels = await connect('kubernetes-admin', 'system:masters');
});
afterAll(async () => {
  channels[Symbol.dispose]();
});

const podReference = (name: string, subresource = '') => ({
  group: '',
  version: 'v1',
  resource: 'pods',
  namespace: 'default',
  name,
  subresource,
});
const encode = (value: unknown) => Buffer.from(JSON.stringify(value));
const decode = (object: Pick<ApiObject, 'json'>) =>
  JSON.parse(object.json.toString()) as {
    kind: string;
    metadata: { name: string; resourceVersion: string; labels?: Record<string, string> };
    spec: { nodeName?: string };
    status: { phase?: string; conditions?: { type: string; status: string }[] };
  };
const create = (name: string, from: ChannelSet = channels) =>
  from.unary(objectApi.Create, { reference: podReference(name), json: encode(podManifest(name)) });
const failure = (call: Promise<unknown>): Promise<RpcError> =>
  call.then(
    () => Promise.reject(new Error('the call succeeded')),
    (error: unknown) => error as RpcError,
  );
const statusOf = (error: RpcError) =>
  JSON.parse(String(error.trailers?.get('drydock-status-bin')[0])) as Record<string, unknown>;

describe('the component API', () => {
  test('creates, reads, updates, patches and deletes', async () => {
    const created = await create('cycle');
    expect(created.resourceVersion).toBe(Number(decode(created).metadata.resourceVersion));
    const read = await channels.unary(objectApi.Get, { reference: podReference('cycle') });
    expect(decode(read)).toEqual(decode(created));

    const changed = { ...decode(read), status: { phase: 'Running' } };
    const updated = await channels.unary(objectApi.Update, {
      reference: podReference('cycle', 'status'),
      json: encode(changed),
    });
    expect(decode(updated).status.phase).toBe('Running');

    const patched = await channels.unary(objectApi.Patch, {
      reference: podReference('cycle'),
      type: 'MERGE_PATCH',
      patch: encode({ metadata: { labels: { a: 'b' } } }),
    });
    expect(decode(patched).metadata.labels).toEqual({ a: 'b' });

    const gone = await channels.unary(objectApi.Delete, { reference: podReference('cycle') });
    expect(decode(gone).kind).toBe('Status');
    expect(gone.resourceVersion).toBe(0);
    const missing = await failure(
      channels.unary(objectApi.Get, { reference: podReference('cycle') }),
    );
    expect(missing.code).toBe(StatusCode.NOT_FOUND);
    expect(statusOf(missing)).toMatchObject({
      reason: 'NotFound',
      message: 'pods "cycle" not found',
      code: 404,
    });
  });

  test('a conflict is ABORTED, a taken name ALREADY_EXISTS, an invalid object INVALID_ARGUMENT', async () => {
    const created = await create('conflict');
    const taken = await failure(create('conflict'));
    expect(taken.code).toBe(StatusCode.ALREADY_EXISTS);
    const stale = { ...decode(created) };
    stale.metadata = { ...stale.metadata, resourceVersion: '1' };
    const conflict = await failure(
      channels.unary(objectApi.Update, {
        reference: podReference('conflict'),
        json: encode(stale),
      }),
    );
    expect(conflict.code).toBe(StatusCode.ABORTED);
    expect(statusOf(conflict)['reason']).toBe('Conflict');
    const invalid = await failure(
      channels.unary(objectApi.Create, {
        reference: podReference(''),
        json: encode(podManifest('Bad_Name')),
      }),
    );
    expect(invalid.code).toBe(StatusCode.INVALID_ARGUMENT);
    expect(statusOf(invalid)['reason']).toBe('Invalid');
    const malformed = await failure(
      channels.unary(objectApi.Create, { reference: podReference(''), json: Buffer.from('{') }),
    );
    expect(malformed.code).toBe(StatusCode.INVALID_ARGUMENT);
  });

  test('a binding assigns a pod once', async () => {
    await create('bound');
    const binding = {
      kind: 'Binding',
      apiVersion: 'v1',
      metadata: { name: 'bound' },
      target: { kind: 'Node', name: 'node-1' },
    };
    const bind = () =>
      channels.unary(objectApi.Create, {
        reference: podReference('bound', 'binding'),
        json: encode(binding),
      });
    const pod = decode(await bind());
    expect(pod.spec.nodeName).toBe('node-1');
    expect(pod.status.conditions).toMatchObject([{ type: 'PodScheduled', status: 'True' }]);
    expect((await failure(bind())).code).toBe(StatusCode.ABORTED);
  });

  test('a list and a watch from its version miss nothing', async () => {
    await create('listed');
    const reference = podReference('');
    const list = await channels.unary(objectApi.List, { reference });
    const names = list.items.map((json) => decode({ json }).metadata.name);
    expect(names).toContain('listed');
    const events: WatchEvent[] = [];
    const stop = new AbortController();
    const stream = channels.serverStream(
      objectApi.Watch,
      { reference, resourceVersion: list.resourceVersion },
      { signal: stop.signal },
    );
    stream.on('data', (event: WatchEvent) => events.push(event));
    stream.on('error', () => undefined);
    await create('later');
    await channels.unary(objectApi.Delete, { reference: podReference('later') });
    await eventually('both events', () => events.length >= 2);
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'DELETED']);
    for (const event of events) {
      expect(String(event.resourceVersion)).toBe(decode(event).metadata.resourceVersion);
    }
    stop.abort();
  });

  test('a watch without a version begins with what is there, and a bookmark ends that', async () => {
    const events: WatchEvent[] = [];
    const stop = new AbortController();
    const reference = { group: '', version: 'v1', resource: 'namespaces' };
    const stream = channels.serverStream(
      objectApi.Watch,
      { reference, bookmarks: true },
      { signal: stop.signal },
    );
    stream.on('data', (event: WatchEvent) => events.push(event));
    stream.on('error', () => undefined);
    await eventually('a bookmark', () => events.some(({ type }) => type === 'BOOKMARK'));
    expect(events.filter(({ type }) => type === 'ADDED')).toHaveLength(4);
    stop.abort();
  });

  test('each identity may do what its role says', async () => {
    using scheduler = await connect('system:kube-scheduler');
    const refused = await failure(create('by-scheduler', scheduler));
    expect(refused.code).toBe(StatusCode.PERMISSION_DENIED);
    expect(refused.message).toBe(
      'pods "by-scheduler" is forbidden: User "system:kube-scheduler" cannot create resource "pods" in API group "" in the namespace "default"',
    );
    await scheduler.unary(objectApi.List, { reference: podReference('') });

    using agent = await connect('system:node:node-2', 'system:nodes');
    const foreign = await failure(
      agent.unary(objectApi.Patch, {
        reference: podReference('bound', 'status'),
        type: 'MERGE_PATCH',
        patch: encode({ status: { phase: 'Failed' } }),
      }),
    );
    expect(foreign.code).toBe(StatusCode.PERMISSION_DENIED);
    using owner = await connect('system:node:node-1', 'system:nodes');
    const own = await owner.unary(objectApi.Patch, {
      reference: podReference('bound', 'status'),
      type: 'MERGE_PATCH',
      patch: encode({ status: { phase: 'Running' } }),
    });
    expect(decode(own).status.phase).toBe('Running');
  });

  test('what is not served is NOT_FOUND, what names nothing INVALID_ARGUMENT', async () => {
    const unknown = await failure(
      channels.unary(objectApi.List, {
        reference: { group: 'example.com', version: 'v1', resource: 'widgets' },
      }),
    );
    expect(unknown.code).toBe(StatusCode.NOT_FOUND);
    const empty = await failure(channels.unary(objectApi.Get, {}));
    expect(empty.code).toBe(StatusCode.INVALID_ARGUMENT);
  });
});
