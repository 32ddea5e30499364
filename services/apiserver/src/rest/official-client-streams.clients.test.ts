/** Streams and metrics as Kubernetes' own JavaScript client asks for them. */
import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import {
  Attach,
  CoreV1Api,
  Exec,
  Log,
  Metrics,
  PortForward,
  topNodes,
  topPods,
  type KubeConfig,
  type V1Status,
} from '@kubernetes/client-node';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startTestCluster, type TestCluster } from '../testing/agent.ts';
import { startTestEtcd, type TestEtcd } from '../testing/etcd.ts';
import { officialConfig } from '../testing/official-client.ts';

const namespace = 'default';
let etcd: TestEtcd;
let cluster: TestCluster;
let config: KubeConfig;

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  cluster = await startTestCluster(etcd);
  config = await officialConfig(cluster.server);
  await cluster.runPod('web', {
    metadata: {
      annotations: { 'simulation.drydock.dev/main': 'listen=8080, cpu=250m, memory=64Mi' },
    },
    spec: {
      containers: [
        {
          name: 'main',
          image: 'busybox',
          stdin: true,
          resources: { requests: { cpu: '100m', memory: '32Mi' }, limits: { memory: '128Mi' } },
        },
      ],
    },
  });
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});
afterEach(async () => {
  await eventually('every stream is closed', async () => {
    const { server, agent } = await cluster.openStreams();
    return server === 0 && agent === 0;
  });
});

/** What was written so far. */
function sink() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write: (chunk: Buffer | string, _encoding, done) => {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

describe('exec', () => {
  const run = async (command: readonly string[], stdin: PassThrough | null = null, tty = false) => {
    const out = sink();
    const err = sink();
    const ended = Promise.withResolvers<V1Status>();
    const socket = await new Exec(config).exec(
      namespace,
      'web',
      'main',
      [...command],
      out.stream,
      tty ? null : err.stream,
      stdin,
      tty,
      ended.resolve,
    );
    const status = await ended.promise;
    if (socket.readyState !== socket.CLOSED) await once(socket, 'close');
    return { status, out: out.text(), err: err.text() };
  };

  test('brings both outputs and the end of a command', async () => {
    expect(await run(['sh', '-c', 'echo out; echo bad >&2'])).toEqual({
      status: { metadata: {}, status: 'Success' },
      out: 'out\n',
      err: 'bad\n',
    });
  });
  test('tells the exit code of a failure', async () => {
    const { status } = await run(['sh', '-c', 'exit 7']);
    expect(status).toMatchObject({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '7' }] },
    });
  });
  test('sends stdin', async () => {
    const stdin = new PassThrough();
    const out = sink();
    const exec = new Exec(config);
    const socket = await exec.exec(namespace, 'web', 'main', 'cat', out.stream, null, stdin, false);
    stdin.write('there and back\n');
    await eventually('it is echoed', () => out.text() === 'there and back\n');
    const closed = once(socket, 'close');
    stdin.end();
    await closed;
  });
  test('has a terminal, and tells of its size again when that changes', async () => {
    const out = sink();
    const terminal = Object.assign(out.stream, { rows: 33, columns: 99 });
    const stdin = new PassThrough();
    // A size comes when it comes: the command is asked until it has heard of it.
    const command = ['sh', '-c', 'read; stty size;'.repeat(100)];
    const exec = new Exec(config);
    const socket = await exec.exec(namespace, 'web', 'main', command, terminal, null, stdin, true);
    const shows = (size: string) => () => {
      stdin.write('\n');
      return out.text().endsWith(`${size}\n`);
    };
    await eventually('the first size', shows('33 99'));
    Object.assign(terminal, { rows: 24, columns: 80 });
    terminal.emit('resize');
    await eventually('the second size', shows('24 80'));
    const closed = once(socket, 'close');
    socket.terminate();
    await closed;
  });
  test('of what is not there is refused', async () => {
    const out = sink();
    const exec = new Exec(config);
    await expect(
      exec.exec(namespace, 'nobody', 'main', 'true', out.stream, null, null, false),
    ).rejects.toMatchObject({ message: expect.stringContaining('404') as string });
  });
});

test('attach joins the container, which echoes', async () => {
  const stdin = new PassThrough();
  const out = sink();
  const attach = new Attach(config);
  const socket = await attach.attach(namespace, 'web', 'main', out.stream, null, stdin, false);
  stdin.write('to the container\n');
  await eventually('it is echoed', () => out.text().includes('to the container\n'));
  socket.close();
  await once(socket, 'close');
});

test('logs are followed until the reader has enough', async () => {
  const out = sink();
  const log = await new Log(config).log(namespace, 'web', 'main', out.stream, {
    follow: true,
    tailLines: 1,
  });
  await eventually('the last line', () => out.text().endsWith('\n'));
  const stdin = new PassThrough();
  const attach = new Attach(config);
  const socket = await attach.attach(namespace, 'web', 'main', null, null, stdin, false);
  stdin.write('one more line\n');
  await eventually('the line that came meanwhile', () => out.text().endsWith('one more line\n'));
  log.abort();
  socket.close();
  await once(socket, 'close');
});

test('port-forward carries a connection', async () => {
  const input = new PassThrough();
  const [out, err] = [sink(), sink()];
  const forward = new PortForward(config);
  const socket = await forward.portForward(namespace, 'web', [8080], out.stream, err.stream, input);
  input.write('there and back\n');
  await eventually('it is echoed', () => out.text() === 'there and back\n');
  if (typeof socket === 'function') throw new Error('nothing was to be tried again');
  const closed = once(socket, 'close');
  input.end();
  await closed;
  expect(err.text()).toBe('');
});

describe('metrics', () => {
  test('are those of pods and nodes', async () => {
    const metrics = new Metrics(config);
    const pods = await eventually('the pod is measured', async () => {
      const { items } = await metrics.getPodMetrics(namespace);
      return items.length === 1 ? items : undefined;
    });
    expect(pods[0]).toMatchObject({
      metadata: { name: 'web', namespace },
      containers: [{ name: 'main', usage: { memory: '64Mi' } }],
    });
    const nodes = await metrics.getNodeMetrics();
    expect(nodes).toMatchObject({
      kind: 'NodeMetricsList',
      items: [{ metadata: { name: 'node-1' } }],
    });
    expect(await metrics.getPodMetrics('kube-system')).toMatchObject({ items: [] });
  });
  test('topPods and topNodes set them beside requests and capacity', async () => {
    const core = config.makeApiClient(CoreV1Api);
    const [pod] = await topPods(core, new Metrics(config), namespace);
    expect(pod!.Memory.CurrentUsage).toBe(BigInt(64 * 1024 * 1024));
    expect(pod!.Memory.LimitTotal).toBe(BigInt(128 * 1024 * 1024));
    expect(Number(pod!.CPU.CurrentUsage)).toBeCloseTo(0.25, 2);
    const [node] = await topNodes(core);
    expect(Number(node!.CPU.RequestTotal)).toBeCloseTo(0.1, 5);
    expect(Number(node!.CPU.Capacity)).toBeGreaterThan(0);
  });
});
