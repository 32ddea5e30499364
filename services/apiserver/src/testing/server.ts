/** An apiserver in the test's own process, and clients of it with real certificates. */
import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { createSystemClock, createSystemRandom } from '@drydock/process';
import { silentLogger, type Clock, type Logger } from '@drydock/ports';
import {
  createTestAuthority,
  type IssuedCertificate,
  type TestAuthority,
} from '@drydock/testing/certificates';
import { eventually } from '@drydock/testing/eventually';
import { Registry as MetricsRegistry } from 'prom-client';
import { createApiServer, type ApiServer, type ApiServerOptions } from '../api-server.ts';
import { certificatesOnly } from '../authn/options.ts';
import { createIPRange, createPortRange } from '../registry/services/range.ts';
import type { TestEtcd } from './etcd.ts';

export interface Answer {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON. */
  json<T = Record<string, unknown>>(): T;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface WatchLine {
  readonly type: string;
  readonly object: {
    kind: string;
    metadata: { name: string; resourceVersion: string; annotations?: Record<string, string> };
    code?: number;
    [field: string]: unknown;
  };
}

export interface TestWatch extends Disposable {
  readonly lines: readonly WatchLine[];
  readonly ended: boolean;
}

export interface TestClient extends Disposable {
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  watch(path: string): TestWatch;
  readonly session: ClientHttp2Session;
}

export interface TestServer extends AsyncDisposable {
  readonly server: ApiServer;
  readonly authority: TestAuthority;
  readonly metrics: MetricsRegistry;
  /** A client with a certificate of this name and these groups. */
  client(commonName: string, ...organizations: string[]): Promise<TestClient>;
  admin(): Promise<TestClient>;
  certificate(commonName: string, ...organizations: string[]): Promise<IssuedCertificate>;
}

export interface TestServerOptions extends Partial<ApiServerOptions> {
  /** Share it to let one client reach several servers. */
  readonly authority?: TestAuthority;
  /** Whether to wait until it is ready; true when absent. */
  readonly awaitsReady?: boolean;
  readonly clock?: Clock;
  /** Silent when absent. */
  readonly log?: Logger;
}

export async function startTestServer(
  etcd: TestEtcd,
  { awaitsReady = true, ...options }: TestServerOptions = {},
): Promise<TestServer> {
  const authority = options.authority ?? (await createTestAuthority('kubernetes'));
  const tls = await authority.issue({ commonName: 'kube-apiserver' });
  const clock = options.clock ?? createSystemClock();
  const log = options.log ?? silentLogger;
  const metrics = new MetricsRegistry();
  const server = await createApiServer(
    { clock, random: createSystemRandom(), log, metrics },
    {
      bindAddress: '127.0.0.1',
      securePort: 0,
      grpcPort: 0,
      advertiseAddress: '127.0.0.1',
      etcdEndpoints: etcd.endpoints,
      etcdTls: etcd.tls,
      tls,
      authentication: certificatesOnly,
      // Most tests have no controller that makes service accounts.
      disabledAdmissionPlugins: ['ServiceAccount'],
      kubeletTls: undefined,
      serviceIPs: createIPRange('10.96.0.0/16'),
      nodePorts: createPortRange('30000-32767'),
      eventTtlMillis: 3_600_000,
      requestTimeoutMillis: 60_000,
      readsInFlightMax: 400,
      writesInFlightMax: 200,
      ...options,
    },
  );
  const certificate = (commonName: string, ...organizations: string[]) =>
    authority.issue({ commonName, organizations });
  const client = async (commonName: string, ...organizations: string[]) =>
    connectClient(server.securePort, await certificate(commonName, ...organizations));
  const admin = () => client('kubernetes-admin', 'system:masters');
  if (awaitsReady) {
    using ready = await admin();
    await eventually('the server has its namespaces and roles', async () => {
      const { code } = await ready.request('GET', '/readyz');
      return code === 200;
    });
  }
  return {
    server,
    authority,
    metrics,
    client,
    admin,
    certificate,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Without a certificate the client is a stranger. */
export function connectClient(
  port: number,
  certificate: { ca: Buffer; cert?: Buffer; key?: Buffer },
): TestClient {
  const session = connect(`https://localhost:${port}`, { ...certificate });
  session.on('error', () => undefined);
  return {
    session,
    request: (method, path, { body, headers = {} } = {}) =>
      new Promise((resolve, reject) => {
        const fields = {
          ':method': method,
          ':path': path,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        };
        // Node would end the stream of a DELETE before its body.
        const stream = session.request(fields, { endStream: body === undefined });
        let head: IncomingHttpHeaders = {};
        const chunks: Buffer[] = [];
        stream.on('response', (received) => {
          head = received;
        });
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('error', reject);
        stream.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const code = Number(head[':status']);
          resolve({ code, headers: head, text, json: <T>() => JSON.parse(text) as T });
        });
        if (body !== undefined) stream.end(typeof body === 'string' ? body : JSON.stringify(body));
      }),
    watch: (path) => {
      const stream = session.request({ ':method': 'GET', ':path': path });
      const lines: WatchLine[] = [];
      let rest = '';
      let ended = false;
      stream.on('data', (chunk: Buffer) => {
        const parts = (rest + chunk.toString()).split('\n');
        rest = parts.pop() ?? '';
        for (const part of parts) lines.push(JSON.parse(part) as WatchLine);
      });
      stream.on('end', () => {
        ended = true;
      });
      stream.on('error', () => {
        ended = true;
      });
      return {
        lines,
        get ended() {
          return ended;
        },
        [Symbol.dispose]: () => stream.close(),
      };
    },
    [Symbol.dispose]: () => session.destroy(),
  };
}

export function podManifest(name: string, more: Record<string, unknown> = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...(more['metadata'] as object | undefined) },
    spec: {
      containers: [{ name: 'main', image: 'busybox' }],
      ...(more['spec'] as object | undefined),
    },
  };
}
