/**
 * A node that is played by the test: its agent runs commands on this machine, in a folder that goes with
 * the test, and connects to this machine's loopback. For what simulated containers have no program for.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  nodeApi,
  type PortForwardInput,
  type PortForwardOutput,
  type ProcessInput,
  type ProcessOutput,
} from '@drydock/proto/node';
import { createSystemClock } from '@drydock/process';
import { silentLogger } from '@drydock/ports';
import { createRpcServer, duplexStream, RpcError, StatusCode } from '@drydock/rpc';
import { createTestAuthority } from '@drydock/testing/certificates';
import type { TestEtcd } from './etcd.ts';
import { podManifest, startTestServer, type TestClient, type TestServer } from './server.ts';

const nodeName = 'played';
export const playedPodAddress = '10.244.9.9';

export interface PlayedCluster extends AsyncDisposable {
  readonly server: TestServer;
  readonly admin: TestClient;
  /** Where commands run. */
  readonly folder: string;
  /** Creates a pod of the node and says that it runs. Its ports are those of this machine's loopback. */
  runPod(name: string, more?: Parameters<typeof podManifest>[1]): Promise<void>;
}

export async function startPlayedCluster(etcd: TestEtcd): Promise<PlayedCluster> {
  await using parts = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'drydock-played-'));
  parts.defer(() => rmSync(folder, { recursive: true, force: true }));
  const authority = await createTestAuthority('kubernetes');
  const identity = { commonName: `system:node:${nodeName}`, dnsNames: [nodeName] };
  const agent = parts.use(
    await createRpcServer(
      {
        host: '127.0.0.1',
        port: 0,
        tls: await authority.issue({ ...identity, organizations: ['system:nodes'] }),
        log: silentLogger,
        clock: createSystemClock(),
      },
      [{ definition: nodeApi, handlers: { Exec: exec(folder), PortForward: portForward } }],
    ),
  );
  const server = parts.use(
    await startTestServer(etcd, {
      authority,
      kubeletTls: await authority.issue({ commonName: 'kube-apiserver-kubelet-client' }),
    }),
  );
  const admin = parts.use(await server.admin());
  const must = async (method: string, path: string, body: unknown, headers = {}) => {
    const answer = await admin.request(method, path, { body, headers });
    if (answer.code >= 300) throw new Error(answer.text);
  };
  const merge = { 'content-type': 'application/merge-patch+json' };
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName } };
  await must('POST', '/api/v1/nodes', node);
  const status = {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: agent.port } },
  };
  await must('PATCH', `/api/v1/nodes/${nodeName}/status`, { status }, merge);
  const runPod: PlayedCluster['runPod'] = async (name, more = {}) => {
    const spec = { nodeName, ...(more['spec'] as object | undefined) };
    const pods = '/api/v1/namespaces/default/pods';
    await must('POST', pods, podManifest(name, { ...more, spec }));
    const running = {
      phase: 'Running',
      podIP: playedPodAddress,
      podIPs: [{ ip: playedPodAddress }],
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [
        {
          name: 'main',
          image: 'busybox',
          imageID: '',
          ready: true,
          restartCount: 0,
          state: { running: {} },
        },
      ],
    };
    await must('PATCH', `${pods}/${name}/status`, { status: running }, merge);
  };
  const running = parts.move();
  return { server, admin, folder, runPod, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

const exec = (folder: string) =>
  duplexStream<ProcessInput, ProcessOutput>(silentLogger, async (requests, send, context) => {
    const first = await requests.next();
    const start = first.done === true ? undefined : first.value.start;
    if (!start) throw new RpcError(StatusCode.INVALID_ARGUMENT, 'no start');
    await send({ started: {} });
    const [program = '', ...words] = start.command;
    const child = spawn(program, words, { cwd: folder });
    context.signal.addEventListener('abort', () => child.kill('SIGKILL'), { once: true });
    const failed = once(child, 'error').then(([error]) => error as Error);
    const exited = once(child, 'close') as Promise<[number | null]>;
    void feed(child, requests).catch(() => undefined);
    const outputs = Promise.all([
      readInto(child.stdout, (data) => send({ stdout: data })),
      readInto(child.stderr, (data) => send({ stderr: data })),
    ]);
    const ended = await Promise.race([failed, exited]);
    if (ended instanceof Error) {
      const failure = `error executing command in container: ${ended.message}`;
      await send({ end: { exitCode: 0, failure } });
      return;
    }
    await outputs;
    await send({ end: { exitCode: ended[0] ?? 137, failure: '' } });
  });

async function readInto(
  output: AsyncIterable<Buffer>,
  send: (data: Buffer) => Promise<void>,
): Promise<void> {
  for await (const data of output) await send(data);
}

async function feed(
  { stdin }: ChildProcess,
  requests: AsyncIterator<ProcessInput, void>,
): Promise<void> {
  stdin!.on('error', () => undefined);
  for (;;) {
    const next = await requests.next();
    if (next.done === true || next.value.stdinEnd === true) break;
    if (next.value.stdin === undefined || stdin!.write(next.value.stdin)) continue;
    await once(stdin!, 'drain');
  }
  stdin!.end();
}

const portForward = duplexStream<PortForwardInput, PortForwardOutput>(
  silentLogger,
  async (requests, send, context) => {
    const first = await requests.next();
    const port = first.done === true ? 0 : (first.value.start?.port ?? 0);
    const socket = connect(port, '127.0.0.1');
    context.signal.addEventListener('abort', () => socket.destroy(), { once: true });
    try {
      await once(socket, 'connect');
    } catch {
      const reason = `failed to connect to localhost:${port} inside the pod, IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused`;
      throw new RpcError(StatusCode.UNAVAILABLE, reason);
    }
    await send({ connected: {} });
    const input = (async () => {
      for (;;) {
        const next = await requests.next();
        if (next.done === true) break;
        if (next.value.data !== undefined && !socket.write(next.value.data)) {
          await once(socket, 'drain');
        }
      }
      socket.end();
    })();
    try {
      for await (const data of socket.iterator({ destroyOnReturn: false })) {
        await send({ data: data as Buffer });
      }
      await send({ dataEnd: true });
      await input;
    } catch (error) {
      throw new RpcError(StatusCode.UNAVAILABLE, (error as Error).message);
    } finally {
      socket.destroy();
    }
  },
);
