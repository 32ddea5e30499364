import { silentLogger } from '@drydock/ports';
import { createSystemClock, createSystemRandom } from '@drydock/process';
import { createChannelSet, createRpcServer, type TlsMaterial } from '@drydock/rpc';
import { createTestAuthority } from '@drydock/testing/certificates';
import { eventually } from '@drydock/testing/eventually';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createApiClient } from './api.ts';
import { isAlreadyExists, isConflict, isNotFound, isUnavailable } from './errors.ts';
import { createInformer } from './informer.ts';
import { resources } from './resources.ts';
import { createMemoryServer, createMemoryStore, memoryService } from './testing/mod.ts';

const clock = createSystemClock();
const random = createSystemRandom();
let serverTls: TlsMaterial;
let clientTls: TlsMaterial;

beforeAll(async () => {
  const authority = await createTestAuthority();
  serverTls = await authority.issue({ commonName: 'apiserver' });
  clientTls = await authority.issue({ commonName: 'system:kube-scheduler' });
});

/** Two gRPC servers over one store; the client begins with the first. */
async function start() {
  const store = createMemoryStore(clock);
  const servers = await Promise.all(
    [createMemoryServer(store), createMemoryServer(store)].map(async (memory) => {
      const options = { host: '127.0.0.1', port: 0, tls: serverTls, log: silentLogger, clock };
      const rpc = await createRpcServer({ ...options, drainMillis: 0 }, [memoryService(memory)]);
      return { memory, rpc };
    }),
  );
  const channels = createChannelSet({
    endpoints: servers.map(({ rpc }) => `localhost:${rpc.port}`),
    tls: clientTls,
    clock,
    random: { ...random, between: (low) => low },
  });
  onTestFinished(async () => {
    channels[Symbol.dispose]();
    for (const { rpc } of servers) await rpc[Symbol.asyncDispose]();
  });
  const kill = async (index: 0 | 1) => {
    await servers[index]!.rpc[Symbol.asyncDispose]();
  };
  return { store, servers, kill, api: createApiClient({ channels, clock, random }) };
}

const configMap = (name: string, data: Record<string, string> = {}) => ({
  metadata: { name, namespace: 'default' },
  data,
});

describe('over gRPC', () => {
  test('creates, reads, changes and deletes objects; failures carry the Status', async () => {
    const { api } = await start();
    const created = await api.create(resources.configMaps, configMap('a', { v: '1' }));
    expect(created).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { v: '1' } });
    const again = api.create(resources.configMaps, configMap('a'));
    expect(isAlreadyExists(await again.catch((error: unknown) => error))).toBe(true);

    await api.update(resources.configMaps, { ...created, data: { v: '2' } });
    const stale = api.update(resources.configMaps, { ...created, data: { v: '3' } });
    const conflict = await stale.catch((error: unknown) => error);
    expect(isConflict(conflict)).toBe(true);
    expect(conflict).toMatchObject({ code: 409, reason: 'Conflict', status: { kind: 'Status' } });

    const name = { namespace: 'default', name: 'a' };
    const patch = { type: 'merge', value: { data: { w: '4' } } } as const;
    const patched = await api.patch(resources.configMaps, name, patch);
    expect(patched.data).toEqual({ v: '2', w: '4' });
    const wrongUid = api.delete(resources.configMaps, name, { uid: 'another' });
    expect(isConflict(await wrongUid.catch((error: unknown) => error))).toBe(true);
    await api.delete(resources.configMaps, name);
    const gone = await api.get(resources.configMaps, name).catch((error: unknown) => error);
    expect(isNotFound(gone)).toBe(true);
    expect((gone as Error).message).toBe('configmaps "a" not found');
  });

  test('reads and writes go on at the other server when the first is dead', async () => {
    const { api, kill } = await start();
    await api.create(resources.configMaps, configMap('a'));
    await kill(0);
    expect((await api.list(resources.configMaps)).items).toHaveLength(1);
    await api.create(resources.configMaps, configMap('b'));
    expect((await api.list(resources.configMaps)).items).toHaveLength(2);
  });

  test('a write that no connection carried is repeated at the other server', async () => {
    const { api, kill, servers } = await start();
    await kill(0);
    await api.create(resources.configMaps, configMap('a'));
    expect(servers[1]!.memory.calls).toEqual(['Create configmaps']);
  });

  test('a write whose connection breaks under way is not repeated', async () => {
    const { api, servers, store } = await start();
    await api.create(resources.configMaps, configMap('a', { count: '0' }));
    const first = servers[0]!.memory;
    let attempts = 0;
    for (const { memory } of servers) {
      memory.intercept = (method) => {
        if (method !== 'Update') return undefined;
        attempts++;
        void servers[0]!.rpc[Symbol.asyncDispose]();
        return new Promise(() => undefined);
      };
    }
    const current = await api.get(resources.configMaps, { namespace: 'default', name: 'a' });
    const failure = await api
      .update(resources.configMaps, { ...current, data: { count: '1' } })
      .catch((error: unknown) => error);
    expect(isUnavailable(failure)).toBe(true);
    expect([attempts, first.calls.filter((call) => call.startsWith('Update')).length]).toEqual([
      1, 1,
    ]);
    expect(store.revision).toBe(2);
  });

  test('a call ends with the reason of its signal', async () => {
    const { api, servers } = await start();
    const abort = new AbortController();
    servers[0]!.memory.intercept = () => {
      abort.abort(new Error('no longer needed'));
      return new Promise(() => undefined);
    };
    const name = { namespace: 'default', name: 'a' };
    const read = api.get(resources.configMaps, name, { signal: abort.signal });
    await expect(read).rejects.toThrow('no longer needed');
  });

  test('a read leaves a server that hangs within its deadline', async () => {
    const { api, servers } = await start();
    await api.create(resources.configMaps, configMap('a'));
    servers[0]!.memory.intercept = () => new Promise(() => undefined);
    const name = { namespace: 'default', name: 'a' };
    const read = api.get(resources.configMaps, name, { timeoutMillis: 400 });
    expect((await read).metadata.name).toBe('a');
  });

  test('an informer follows across the death of its server without a new list', async () => {
    const { api, servers, kill, store } = await start();
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    const informer = createInformer(
      { resource: resources.configMaps },
      { api, clock, random, log: silentLogger },
    );
    void informer.run(stop.signal);
    await informer.synced(stop.signal);
    await api.create(resources.configMaps, configMap('a'));
    await eventually('a is seen', () => informer.store.get('default/a'));
    await kill(0);
    store.put('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', ...configMap('b') });
    await eventually('b is seen', () => informer.store.get('default/b'));
    expect(servers[1]!.memory.calls).not.toContain('List configmaps');
  });
});
