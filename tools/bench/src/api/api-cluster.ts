/**
 * What the rows measure: three etcd members of ours and one apiserver, each a process, on loopback. The
 * apiserver speaks TLS to its clients, who show a bearer token, since h2load has no certificates.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestAuthority, type TestAuthority } from '@drydock/testing/certificates';
import { eventually } from '@drydock/testing/eventually';
import { RangeRequest, RangeResponse } from '@drydock/proto/etcd';
import { GrpcConnection } from '../client/connection.ts';
import { startBenchCluster } from '../etcd-cluster.ts';
import { RestClient } from './rest-client.ts';

export const token = 'benchmark-token';

export interface ApiCluster extends AsyncDisposable {
  readonly url: string;
  readonly client: RestClient;
  readonly caFile: string;
  /** Of the component API, on loopback. */
  readonly grpcPort: number;
  /** Signs what the component API takes for its clients. */
  readonly authority: TestAuthority;
  /** Milliseconds from the start of the process until /readyz says yes; the last start counts. */
  readonly readyMillis: number;
  /** Resident bytes of the apiserver. */
  memoryBytes(): number;
  /** Processor time that the apiserver has used, user and system. */
  cpuMillis(): number;
  /** Objects in etcd below a prefix of /registry, as etcd itself counts them. */
  count(resource: string): Promise<number>;
  /** Resolves when so many watches of pods are open. */
  awaitWatchers(count: number): Promise<void>;
  /** Ends the apiserver and starts another one on the same etcd. */
  restart(): Promise<void>;
}

const root = join(import.meta.dirname, '../../../..');
/** As the launcher and the images have it. */
const environment = {
  NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compile'),
  NODE_OPTIONS: '--max-old-space-size=512 --max-semi-space-size=8',
};
const mainFile = join(root, 'services/apiserver/src/main.ts');
const nodeOptions = (process.env['DRYDOCK_BENCH_NODE_OPTIONS'] ?? '').split(' ').filter(Boolean);
/** Of the kernel: /proc counts in these. */
const ticksPerSecond = 100;

async function writeFiles(folder: string) {
  const authority = await createTestAuthority('kubernetes');
  const files = await authority.issueFiles(folder, 'server', { commonName: 'kube-apiserver' });
  const tokens = join(folder, 'tokens.csv');
  writeFileSync(tokens, `${token},kubernetes-admin,admin,"system:masters"\n`);
  return { ...files, tokens, authority };
}

export async function startApiCluster(basePort: number): Promise<ApiCluster> {
  await using stack = new AsyncDisposableStack();
  const etcd = stack.use(await startBenchCluster('drydock', basePort));
  const folder = mkdtempSync(join(tmpdir(), 'bench-api-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const { certFile, keyFile, caFile, tokens, authority } = await writeFiles(folder);
  const port = basePort + 10;
  const flags = [
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--grpc-port=${port + 1}`,
    `--etcd-servers=${etcd.urls.map((url) => url.replace('127.0.0.1', 'localhost')).join(',')}`,
    `--tls-cert-file=${certFile}`,
    `--tls-private-key-file=${keyFile}`,
    `--client-ca-file=${caFile}`,
    `--token-auth-file=${tokens}`,
  ];
  const url = `https://localhost:${port}`;
  let child: ChildProcess | undefined;
  let client: RestClient | undefined;
  let readyMillis = 0;

  const start = async () => {
    const log = openSync(join(folder, 'apiserver.log'), 'a');
    const begin = performance.now();
    child = spawn(process.execPath, [...nodeOptions, mainFile, ...flags], {
      stdio: ['ignore', log, log],
      env: { ...environment, ...process.env },
    });
    closeSync(log);
    process.once('exit', kill);
    client = await eventually('a ready apiserver', () => connect(url, caFile), {
      intervalMillis: 5,
      timeoutMillis: 60_000,
    });
    readyMillis = performance.now() - begin;
  };
  const kill = () => child?.kill('SIGKILL');
  const stop = async () => {
    client?.[Symbol.dispose]();
    process.removeListener('exit', kill);
    if (child === undefined || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    // In order, so that a profile is written.
    child.kill('SIGTERM');
    await exited;
  };
  stack.defer(stop);
  await start();
  await client!.create('/api/v1/namespaces/default/serviceaccounts', {
    kind: 'ServiceAccount',
    apiVersion: 'v1',
    metadata: { name: 'default' },
  });
  const running = stack.move();
  return {
    url,
    caFile,
    grpcPort: port + 1,
    authority,
    get client() {
      return client!;
    },
    get readyMillis() {
      return readyMillis;
    },
    memoryBytes: () => {
      const status = readFileSync(`/proc/${child!.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) * 1024;
    },
    cpuMillis: () => {
      const fields = readFileSync(`/proc/${child!.pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
      return ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond;
    },
    count: (resource) => countKeys(etcd.urls[0]!, `/registry/${resource}/`),
    awaitWatchers: async (count) => {
      await eventually(`${count} watches of pods`, async () => {
        const { text } = await client!.request('GET', '/metrics');
        return text.includes(`apiserver_watchers{resource="pods"} ${count}\n`);
      });
    },
    restart: async () => {
      await stop();
      await start();
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Undefined while the server does not say that it is ready. */
async function connect(url: string, caFile: string): Promise<RestClient | undefined> {
  const client = await RestClient.open(url, { ca: readFileSync(caFile), token });
  const { status } = await client.request('GET', '/readyz');
  if (status === 200) return client;
  client[Symbol.dispose]();
  return undefined;
}

async function countKeys(url: string, prefix: string): Promise<number> {
  using connection = await GrpcConnection.open(url);
  const key = Buffer.from(prefix);
  const rangeEnd = Buffer.from(prefix);
  rangeEnd[rangeEnd.length - 1]! += 1;
  const request = RangeRequest.encode(RangeRequest.from({ key, rangeEnd, countOnly: true }));
  const answer = await connection.unary('/etcdserverpb.KV/Range', request);
  if (answer === undefined) throw new Error(`${url} did not count ${prefix}`);
  return RangeResponse.decode(answer).count;
}
