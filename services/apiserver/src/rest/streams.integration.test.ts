/** Streams from a client's connection to a real node-agent: each way they are spoken, and their ends. */
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { podManifest } from '../testing/server.ts';
import { podsPath, startTestCluster, type TestCluster } from '../testing/agent.ts';
import { startTestEtcd, type TestEtcd } from '../testing/etcd.ts';
import { connectSpdy, type SpdyClient } from '../testing/spdy-client.ts';
import { connectWebSocket } from '../testing/websocket-client.ts';

let etcd: TestEtcd;
let cluster: TestCluster;

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  cluster = await startTestCluster(etcd);
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
  const unbound = { containers: [{ name: 'main', image: 'busybox' }] };
  const metadata = { name: 'unbound' };
  const body = { apiVersion: 'v1', kind: 'Pod', metadata, spec: unbound };
  await cluster.admin.request('POST', podsPath, { body });
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

const port = () => cluster.server.server.securePort;
const commandOf = (...words: readonly string[]) =>
  words.map((word) => `command=${encodeURIComponent(word)}`).join('&');
const execPath = (words: readonly string[], streams: string, pod = 'web') =>
  `${podsPath}/${pod}/exec?${commandOf(...words)}&${streams}`;

const openWebSocket = (
  path: string,
  protocols: readonly string[],
  certificate = cluster.certificate,
) => connectWebSocket({ port: port(), certificate, path, protocols });

/** The answer to a handshake that is refused. */
async function refusal(path: string, protocol = 'v4.channel.k8s.io', tls = cluster.certificate) {
  const socket = new WebSocket(`wss://localhost:${port()}${path}`, protocol, { ...tls });
  socket.on('error', () => undefined);
  const [request, response] = (await once(socket, 'unexpected-response')) as [
    { destroy(): void },
    AsyncIterable<Buffer> & { statusCode: number },
  ];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  request.destroy();
  const text = Buffer.concat(chunks).toString();
  return { code: response.statusCode, text };
}
const messageOf = ({ text }: { text: string }) => (JSON.parse(text) as { message: string }).message;

const success = { metadata: {}, status: 'Success' };

describe('exec in a WebSocket', () => {
  test.each(['v5.channel.k8s.io', 'v4.channel.k8s.io'])('%s', async (protocol) => {
    const script = ['sh', '-c', 'echo out; echo bad >&2; exit 7'];
    const talk = await openWebSocket(execPath(script, 'stdout=1&stderr=1'), [protocol]);
    expect(talk.socket.protocol).toBe(protocol);
    expect(await talk.closed).toBe(1000);
    expect([talk.text(1), talk.text(2)]).toEqual(['out\n', 'bad\n']);
    expect(JSON.parse(talk.text(3))).toEqual({
      metadata: {},
      status: 'Failure',
      message:
        'command terminated with non-zero exit code: error executing command [sh -c echo out; echo bad >&2; exit 7], exit code 7',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '7' }] },
    });
  });

  test('v5 ends stdin alone, and the rest of the output follows', async () => {
    const talk = await openWebSocket(execPath(['cat'], 'stdin=1&stdout=1'), ['v5.channel.k8s.io']);
    talk.socket.send(Buffer.from('\0hello'));
    talk.socket.send(Buffer.of(255, 0));
    expect(await talk.closed).toBe(1000);
    expect(talk.text(1)).toBe('hello');
    expect(JSON.parse(talk.text(3))).toEqual(success);
  });

  test('the oldest protocols tell of success by silence, and base64 is text', async () => {
    const path = execPath(['echo', 'x'], 'stdout=1');
    const plain = await openWebSocket(path, ['channel.k8s.io']);
    await plain.closed;
    expect([plain.text(1), plain.channels.has(3)]).toEqual(['x\n', false]);
    const base64 = await openWebSocket(path, ['v4.base64.channel.k8s.io']);
    await base64.closed;
    const digit = '1'.charCodeAt(0);
    expect(Buffer.from(base64.text(digit), 'base64').toString()).toBe('x\n');
  });

  test('a terminal has the size that its client tells, and tells anew', async () => {
    const script = ['sh', '-c', 'read; stty size; read; stty size'];
    const path = execPath(script, 'stdin=1&stdout=1&tty=1');
    const talk = await openWebSocket(path, ['v5.channel.k8s.io']);
    talk.socket.send(Buffer.from('\x04{"Width":99,"Height":33}'));
    talk.socket.send(Buffer.from('\0\n'));
    await eventually('the first size', () => talk.text(1) === '33 99\n');
    talk.socket.send(Buffer.from('\x04{"Width":40,"Height":10}'));
    talk.socket.send(Buffer.from('\0\n'));
    await talk.closed;
    expect(talk.text(1)).toBe('33 99\n10 40\n');
  });
});

describe('what is refused', () => {
  const streams = 'stdout=1';
  test.each([
    [
      'no command',
      `${podsPath}/web/exec?stdout=1`,
      'you must specify at least one command for the container',
    ],
    [
      'no streams',
      `${podsPath}/web/exec?command=ls`,
      'you must specify at least one of stdin, stdout, stderr',
    ],
    [
      'a container of many',
      execPath(['ls'], streams, 'two'),
      'a container name must be specified for pod two, choose one of: [a b]',
    ],
    [
      'no such container',
      execPath(['ls'], `${streams}&container=x`),
      'container x is not valid for pod web',
    ],
    [
      'a pod without a node',
      execPath(['ls'], streams, 'unbound'),
      'pod unbound does not have a host assigned',
    ],
  ])('%s', async (_title, path, message) => {
    const answer = await refusal(path);
    expect(answer.code).toBe(400);
    expect(messageOf(answer)).toBe(message);
  });

  test('a request that asks for no upgrade, over HTTP/2', async () => {
    const answer = await cluster.admin.request('GET', execPath(['ls'], streams));
    expect(answer.code).toBe(400);
    expect(answer.json<{ message: string }>().message).toBe('Upgrade request required');
  });

  test('someone who may not', async () => {
    const nobody = await cluster.server.certificate('nobody');
    const answer = await refusal(execPath(['ls'], streams), 'v5.channel.k8s.io', nobody);
    expect(answer.code).toBe(403);
    expect(messageOf(answer)).toContain('User "nobody" cannot get resource "pods/exec"');
  });

  test('a protocol that nobody speaks', async () => {
    expect((await refusal(execPath(['ls'], streams), 'v9.channel.k8s.io')).code).toBe(400);
    const spdy = await connectSpdy(port(), cluster.certificate, {
      path: execPath(['ls'], streams),
      protocols: ['v9.channel.k8s.io'],
    });
    expect(spdy).toMatchObject({ kind: 'refused', code: 403 });
  });

  test('a container that does not run: as an answer, and to v5 on its channel', async () => {
    const annotations = { 'simulation.drydock.dev/main': 'run=1ms' };
    const spec = { nodeName: 'node-1', restartPolicy: 'Never' };
    const body = podManifest('brief', { metadata: { annotations }, spec });
    await cluster.admin.request('POST', podsPath, { body });
    const path = execPath(['ls'], streams, 'brief');
    await eventually('it is over', async () => (await refusal(path)).code === 500);
    expect((await refusal(path)).text).toBe('container not found ("main")');
    const talk = await openWebSocket(path, ['v5.channel.k8s.io']);
    await talk.closed;
    expect(JSON.parse(talk.text(3))).toMatchObject({
      reason: 'InternalError',
      message:
        'Internal error occurred: unable to upgrade connection: container not found ("main")',
    });
  });
});

test('attach joins a container that runs, and may leave it', async () => {
  const path = `${podsPath}/web/attach?stdin=1&stdout=1`;
  const talk = await openWebSocket(path, ['v4.channel.k8s.io']);
  talk.socket.send(Buffer.from('\0one line\n'));
  await eventually('it is echoed', () => talk.text(1) === 'one line\n');
  talk.socket.close();
  await talk.closed;
});

const spdyOf = async (path: string, protocol: string): Promise<SpdyClient> => {
  const answer = await connectSpdy(port(), cluster.certificate, { path, protocols: [protocol] });
  if (answer.kind === 'refused') throw new Error(`${answer.code} ${answer.text}`);
  return answer.client;
};

describe('SPDY/3.1', () => {
  test('exec: streams by their type, stdin with an end, the exit code', async () => {
    const path = execPath(['cat'], 'stdin=1&stdout=1');
    using client = await spdyOf(path, 'v4.channel.k8s.io');
    const [error, stdin, stdout] = ['error', 'stdin', 'stdout'].map((type) =>
      client.open({ streamtype: type }),
    );
    const big = Buffer.alloc(1_000_000, 'abc');
    stdin!.write(big);
    stdin!.end();
    expect((await stdout!.whole()).equals(big)).toBe(true);
    expect(JSON.parse((await error!.whole()).toString())).toEqual(success);
    await client.closed;
  });

  test('a client that breaks the protocol gets GOAWAY, and its command goes', async () => {
    const client = await spdyOf(execPath(['cat'], 'stdin=1&stdout=1'), 'v4.channel.k8s.io');
    for (const type of ['error', 'stdin', 'stdout']) client.open({ streamtype: type });
    await eventually('it runs', async () => (await cluster.openStreams()).agent === 1);
    client.sendBytes(Buffer.of(0x80, 2, 0, 1, 0, 0, 0, 0));
    await client.closed;
    expect(client.goAway).toBe(1);
  });

  test('port-forward: many connections, each with its own end; a closed port is told of', async () => {
    using client = await spdyOf(`${podsPath}/web/portforward`, 'portforward.k8s.io');
    const dial = (request: string, to: number) => {
      const headers = { port: String(to), requestid: request };
      const error = client.open({ ...headers, streamtype: 'error' });
      const data = client.open({ ...headers, streamtype: 'data' });
      error.end();
      return { error, data };
    };
    const pairs = ['0', '1', '2'].map((request) => dial(request, 8080));
    for (const [index, { data }] of pairs.entries()) {
      data.write(Buffer.from(`connection ${index}`));
      data.end();
    }
    for (const [index, { data, error }] of pairs.entries()) {
      expect((await data.whole()).toString()).toBe(`connection ${index}`);
      expect((await error.whole()).toString()).toBe('');
    }
    const refused = dial('3', 81);
    expect((await refused.error.whole()).toString()).toMatch(
      /^error forwarding port 81 to pod [0-9a-f]{64}, uid : failed to connect to localhost:81 .*connection refused$/,
    );
  });
});

describe('port-forward in a WebSocket', () => {
  test('a plain one has two channels for each port', async () => {
    const path = `${podsPath}/web/portforward?ports=8080,81`;
    const talk = await openWebSocket(path, ['v4.channel.k8s.io']);
    talk.socket.send(Buffer.from('\0hello'));
    await eventually('all is there', () => talk.text(0).endsWith('hello') && talk.text(3) !== '');
    expect(talk.channels.get(0)!.subarray(0, 2).readUInt16LE()).toBe(8080);
    expect(talk.channels.get(1)!.readUInt16LE()).toBe(8080);
    expect(talk.text(3)).toContain('connection refused');
    talk.socket.close();
    await talk.closed;
  });
});

describe('a side that breaks or is slow', () => {
  test('a client that vanishes frees its command', async () => {
    const talk = await openWebSocket(execPath(['sleep', '1000'], 'stdout=1'), [
      'v5.channel.k8s.io',
    ]);
    await eventually('it runs', async () => (await cluster.openStreams()).agent === 1);
    talk.socket.terminate();
  });

  test.each([
    ['a terminal', ['sleep', '1000'], 'stdin=1&stdout=1&tty=1', '\0typed'],
    ['a command without input', ['sleep', '1000'], 'stdout=1', undefined],
    ['a command that was given none', ['sleep', '1000'], 'stdin=1&stdout=1', undefined],
  ])('a client that leaves %s in order frees it', async (_title, command, streams, input) => {
    const talk = await openWebSocket(execPath(command, streams), ['v5.channel.k8s.io']);
    await eventually('it runs', async () => (await cluster.openStreams()).agent === 1);
    if (input !== undefined) talk.socket.send(Buffer.from(input));
    talk.socket.close(1000);
    // Well before the time that a command has for what its client sent last.
    await eventually('it is freed', async () => (await cluster.openStreams()).agent === 0, {
      timeoutMillis: 20_000,
    });
  });

  test('a client that does not read stalls its command, not the server’s memory', async () => {
    const talk = await openWebSocket(execPath(['yes'], 'stdout=1'), ['v5.channel.k8s.io']);
    const raw = (talk.socket as unknown as { _socket: TLSSocket })._socket;
    await eventually('it writes', () => (talk.channels.get(1)?.length ?? 0) > 100_000);
    talk.socket.pause();
    // The server lives in this process, so what it kept would show here.
    let before = { received: -1, memory: 0 };
    const isStalled = () => {
      const now = { received: raw.bytesRead, memory: process.memoryUsage().rss };
      const grown = now.memory - before.memory;
      const stalled = now.received === before.received && grown < 32 * 1024 * 1024;
      before = now;
      return stalled;
    };
    await eventually('nothing more comes, and nothing grows', isStalled, { intervalMillis: 1_000 });
    expect((await cluster.openStreams()).agent).toBe(1);
    talk.socket.terminate();
  });

  test('a command that does not read holds its client back, whose end is noticed all the same', async () => {
    const path = execPath(['sleep', '1000'], 'stdin=1&stdout=1');
    using client = await spdyOf(path, 'v4.channel.k8s.io');
    const [, stdin] = ['error', 'stdin', 'stdout'].map((type) => client.open({ streamtype: type }));
    await eventually('it runs', async () => (await cluster.openStreams()).agent === 1);
    for (let count = 0; count < 640; count++) stdin!.write(Buffer.alloc(32 * 1024));
    let before = -1;
    const isStalled = () => {
      const stalled = client.unsentBytes === before;
      before = client.unsentBytes;
      return stalled;
    };
    await eventually('nothing more goes', isStalled, { intervalMillis: 1_000 });
    expect(client.unsentBytes).toBeGreaterThan(5_000_000);
  });

  test('an agent that dies is told of to its clients', async () => {
    const talk = await openWebSocket(execPath(['sleep', '1000'], 'stdout=1'), [
      'v5.channel.k8s.io',
    ]);
    await eventually('it runs', async () => (await cluster.openStreams()).agent === 1);
    await cluster.killAgent();
    expect(await talk.closed).toBe(1000);
    expect(JSON.parse(talk.text(3))).toMatchObject({ status: 'Failure', reason: 'InternalError' });
    const again = await openWebSocket(execPath(['ls'], 'stdout=1'), ['v5.channel.k8s.io']);
    await again.closed;
    expect(again.text(3)).toContain('error dialing backend: node \\"node-1\\" at 127.0.0.1:');
    await cluster.startAgent();
  });

  test('a request cut off in the middle of its handshake leaves nothing', async () => {
    const socket = connectTls({
      port: port(),
      ALPNProtocols: ['http/1.1'],
      ...cluster.certificate,
      servername: 'localhost',
    });
    await once(socket, 'secureConnect');
    socket.write(
      `GET ${execPath(['yes'], 'stdout=1')} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n`,
    );
    await once(socket, 'data');
    socket.destroy();
  });
});
