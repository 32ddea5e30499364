/** exec, attach, run and port-forward with the real kubectl, over WebSocket and over SPDY. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startTestCluster, type TestCluster } from '../testing/agent.ts';
import { startTestEtcd, type TestEtcd } from '../testing/etcd.ts';
import { freePort } from '@drydock/testing/ports';
import { kubectlProgram, startKubectl, type Kubectl } from '../testing/kubectl.ts';

let etcd: TestEtcd;
let cluster: TestCluster;
let client: Kubectl;

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  cluster = await startTestCluster(etcd);
  client = await startKubectl(cluster.server);
  await cluster.runPod('web', {
    metadata: { annotations: { 'simulation.drydock.dev/main': 'listen=8080' } },
    spec: { containers: [{ name: 'main', image: 'busybox', stdin: true }] },
  });
  await cluster.runPod('two', {
    spec: {
      containers: [
        { name: 'a', image: 'busybox' },
        { name: 'b', image: 'busybox' },
      ],
    },
  });
});
afterAll(async () => {
  client[Symbol.dispose]();
  await cluster[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

const transports = [
  { name: 'WebSocket', isSpdy: false },
  { name: 'SPDY', isSpdy: true },
];

describe.each(transports)('over $name', ({ isSpdy }) => {
  const start = (...words: readonly string[]): ChildProcess =>
    spawn(kubectlProgram, words, {
      env: {
        ...client.environment,
        ...(isSpdy
          ? {
              KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false',
              KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false',
            }
          : {}),
      },
    });
  const outcome = async (child: ChildProcess) => {
    const [out, err, [code]] = await Promise.all([
      text(child.stdout!),
      text(child.stderr!),
      once(child, 'exit') as Promise<[number]>,
    ]);
    return { code, out, err };
  };
  const run = (...words: readonly string[]) => outcome(start(...words));

  afterEach(async () => {
    await eventually('every stream is closed', async () => {
      const { server, agent } = await cluster.openStreams();
      return server === 0 && agent === 0;
    });
  });

  test('exec tells the output and the exit code of a command', async () => {
    expect(await run('exec', 'web', '--', 'echo', 'hello')).toMatchObject({
      code: 0,
      out: 'hello\n',
      err: '',
    });
    const failed = await run('exec', 'web', '--', 'sh', '-c', 'echo out; echo bad >&2; exit 7');
    expect(failed).toEqual({
      code: 7,
      out: 'out\n',
      err: 'bad\ncommand terminated with exit code 7\n',
    });
  });

  test('exec -i sends stdin to its end', async () => {
    const child = start('exec', '-i', 'web', '--', 'cat');
    const lines = `${'0123456789abcdef'.repeat(64)}\n`.repeat(1_000);
    child.stdin!.end(lines);
    const { code, out } = await outcome(child);
    expect(code).toBe(0);
    expect(out === lines).toBe(true);
  });

  test('exec brings large output whole', async () => {
    const { code, out } = await run('exec', 'web', '--', 'head', '-c', '5000000', '/dev/zero');
    expect({ code, length: out.length }).toEqual({ code: 0, length: 5_000_000 });
  });

  test('what cannot be executed is refused in words that people know', async () => {
    const missing = await run('exec', 'web', '-c', 'nobody', '--', 'true');
    expect(missing.err).toContain('container nobody is not valid for pod web');
    expect(missing.code).toBe(1);
    const unknown = await run('exec', 'web', '--', 'nonsense');
    expect(unknown).toMatchObject({ code: 127 });
    expect((await run('exec', 'two', '-c', 'b', '--', 'hostname')).out).toBe('two\n');
  });

  test('attach joins the container, which echoes', async () => {
    const child = start('attach', '-i', 'web');
    let out = '';
    child.stdout!.on('data', (bytes: Buffer) => (out += bytes.toString()));
    const line = `to the container over ${isSpdy ? 'SPDY' : 'a WebSocket'}\n`;
    child.stdin!.write(line);
    await eventually('it is echoed', () => out.includes(line));
    expect((await run('logs', 'web', '--tail=1')).out).toBe(line);
    child.kill('SIGINT');
    await once(child, 'exit');
  });

  test('run -i hands over stdin, and ends with it', async () => {
    const name = `cat-${isSpdy ? 'spdy' : 'websocket'}`;
    const overrides = { spec: { nodeName: 'node-1' } };
    const words = ['--image=busybox', '-i', '--rm', '--restart=Never'];
    const child = start('run', name, ...words, `--overrides=${JSON.stringify(overrides)}`);
    child.stdin!.end('one line\n');
    const { code, out, err } = await outcome(child);
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(out).toContain('one line\n');
  });

  test('port-forward carries connections both ways, and tells of a port that is closed', async () => {
    const [open, closed] = [await freePort(), await freePort()];
    const child = start('port-forward', 'web', `${open}:8080`, `${closed}:81`);
    let err = '';
    child.stderr!.on('data', (bytes: Buffer) => (err += bytes.toString()));
    let out = '';
    child.stdout!.on('data', (bytes: Buffer) => (out += bytes.toString()));
    await eventually('it listens', () => out.includes(`127.0.0.1:${closed} -> 81`));

    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => (await fetch(`http://127.0.0.1:${open}/`)).text()),
    );
    expect(answers).toEqual(Array.from({ length: 5 }, () => 'web\n'));

    const socket = connect(open, '127.0.0.1');
    const data = 'back and forth\n'.repeat(20_000);
    socket.end(data);
    expect((await text(socket)) === data).toBe(true);

    const refused = connect(closed, '127.0.0.1');
    refused.on('error', () => undefined);
    await once(refused, 'close');
    await eventually('the reason is told', () =>
      err.includes('dial tcp4 127.0.0.1:81: connect: connection refused'),
    );
    child.kill('SIGINT');
  });
});
