/**
 * What most integration tests begin with: etcd, apiservers on it, and an administrator's client of each,
 * started before the tests of a file and ended after them.
 *
 *   const { server, admin } = useTestServer();
 *   test('…', async () => expect((await admin.request('GET', '/livez')).code).toBe(200));
 */
import { createTestAuthority } from '@drydock/testing/certificates';
import { afterAll, beforeAll } from 'vitest';
import { startTestEtcd, type TestEtcd, type TestEtcdOptions } from './etcd.ts';
import {
  startTestServer,
  type TestClient,
  type TestServer,
  type TestServerOptions,
} from './server.ts';

export interface UsedServersOptions {
  /** Of etcd; 1 when absent. */
  readonly members?: 1 | 3;
  readonly etcd?: TestEtcdOptions;
  readonly server?: TestServerOptions;
}

/** What they hold is there once the tests run, and in what is called before them after this. */
export interface UsedServers {
  readonly etcd: TestEtcd;
  /** All of one authority, so that a client can turn to any. */
  readonly servers: readonly TestServer[];
  readonly clients: readonly TestClient[];
}

export function useTestServers(count: number, options: UsedServersOptions = {}): UsedServers {
  const parts = new AsyncDisposableStack();
  const servers: TestServer[] = [];
  const clients: TestClient[] = [];
  let etcd: TestEtcd | undefined;
  beforeAll(async () => {
    etcd = parts.use(await startTestEtcd(options.members ?? 1, options.etcd));
    const authority = await createTestAuthority('kubernetes');
    for (let index = 0; index < count; index += 1) {
      const server = parts.use(await startTestServer(etcd, { authority, ...options.server }));
      servers.push(server);
      clients.push(parts.use(await server.admin()));
    }
  });
  afterAll(() => parts.disposeAsync());
  const indexes = Array.from({ length: count }, (_, index) => index);
  return {
    etcd: later('etcd', () => etcd),
    servers: indexes.map((index) => later('the server', () => servers[index])),
    clients: indexes.map((index) => later('the client', () => clients[index])),
  };
}

/** One server. */
export function useTestServer(options: UsedServersOptions = {}): {
  readonly etcd: TestEtcd;
  readonly server: TestServer;
  readonly admin: TestClient;
} {
  const { etcd, servers, clients } = useTestServers(1, options);
  return { etcd, server: servers[0]!, admin: clients[0]! };
}

/** Stands for something that is made later, so that it can be a constant of its file. */
function later<T extends object>(what: string, find: () => T | undefined): T {
  return new Proxy({} as T, {
    get: (_target, key) => {
      const found = find();
      if (found === undefined) throw new Error(`${what} has not been started yet`);
      return Reflect.get(found, key) as unknown;
    },
  });
}
