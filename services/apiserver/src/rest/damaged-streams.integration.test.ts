/**
 * Streams whose client sends what no client may send: the server says so or closes, frees the command in
 * the pod, and goes on serving everybody else. Bytes are damaged by seeds.
 */
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { createSeededRandom, type Random } from '@drydock/ports';
import { createHeaderEncoder, encodeFrame } from '@drydock/spdy';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { podsPath, startTestCluster, type TestCluster } from '../testing/agent.ts';
import { startTestEtcd, type TestEtcd } from '../testing/etcd.ts';
import { connectSpdy, type SpdyClient } from '../testing/spdy-client.ts';
import { connectWebSocket } from '../testing/websocket-client.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? 1);
const execCat = `${podsPath}/web/exec?command=cat&stdin=1&stdout=1`;
const portForward = `${podsPath}/web/portforward`;

let etcd: TestEtcd;
let cluster: TestCluster;

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  cluster = await startTestCluster(etcd);
  await cluster.runPod('web', {
    metadata: { annotations: { 'simulation.drydock.dev/main': 'listen=8080' } },
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
  const talk = await connectWebSocket({
    port: port(),
    certificate: cluster.certificate,
    path: `${podsPath}/web/exec?command=echo&command=sound&stdout=1`,
    protocols: ['v5.channel.k8s.io'],
  });
  await talk.closed;
  expect(talk.text(1)).toBe('sound\n');
});

const port = () => cluster.server.server.securePort;
const isRunning = async () => (await cluster.openStreams()).agent > 0;

describe('a WebSocket', () => {
  /** After the answer to the handshake. */
  async function open(path: string, protocol: string): Promise<TLSSocket> {
    const socket = connect({
      port: port(),
      servername: 'localhost',
      ALPNProtocols: ['http/1.1'],
      ...cluster.certificate,
    });
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    const lines = [
      `GET ${path} HTTP/1.1`,
      'Host: localhost',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      `Sec-WebSocket-Protocol: ${protocol}`,
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 101 /);
    return socket;
  }

  /** What comes until the connection is over; the code of a goodbye, if there was one. */
  async function goodbye(socket: TLSSocket): Promise<number | undefined> {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(socket, 'close');
    const all = Buffer.concat(chunks);
    const at = all.lastIndexOf(Buffer.of(0x88));
    return at < 0 || all.length < at + 4 ? undefined : all.readUInt16BE(at + 2);
  }

  const mask = [1, 2, 3, 4];
  const nothing = [0x80, ...mask];
  const damages: readonly (readonly [string, readonly number[], number])[] = [
    ['a frame without a mask', [0x82, 1, 0], 1002],
    ['reserved bits', [0xf2, ...nothing], 1002],
    ['an operation that nobody knows', [0x83, ...nothing], 1002],
    ['a ping in pieces', [0x09, ...nothing], 1002],
    ['a ping too long', [0x89, 0xfe, 0, 200, ...mask], 1002],
    ['more of a message that never began', [0x80, ...nothing], 1002],
    ['a second message within one', [0x02, ...nothing, 0x82, ...nothing], 1002],
    ['text that is none', [0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe], 1007],
    ['a goodbye with half a code', [0x88, 0x81, 0, 0, 0, 0, 3], 1002],
    ['a goodbye with a code that is none', [0x88, 0x82, 0, 0, 0, 0, 0, 1], 1002],
    ['a message beyond its bound', [0x82, 0xff, 0, 0, 0, 0, 3, 0, 0, 0, ...mask], 1009],
    [
      'a length beyond all numbers',
      [0x82, 0xff, 0x7f, ...Array<number>(7).fill(255), ...mask],
      1009,
    ],
  ];

  test.each(damages)('with %s is refused', async (_title, bytes, code) => {
    const socket = await open(execCat, 'v5.channel.k8s.io');
    await eventually('it runs', isRunning);
    socket.write(Buffer.from(bytes));
    expect(await goodbye(socket)).toBe(code);
  });

  test('that ends within a frame frees its command', async () => {
    const socket = await open(execCat, 'v5.channel.k8s.io');
    await eventually('it runs', isRunning);
    socket.end(Buffer.of(0x82, 0xfe, 0xff, 0xff, ...mask, 7, 7));
    await goodbye(socket);
  });

  test('of port-forward, and of SPDY in messages, is refused, too', async () => {
    const plain = await open(`${portForward}?ports=8080`, 'v4.channel.k8s.io');
    await eventually('it runs', isRunning);
    plain.write(Buffer.of(0x83, ...nothing));
    expect(await goodbye(plain)).toBe(1002);
    const tunnel = await open(portForward, 'SPDY/3.1+portforward.k8s.io');
    // A whole message, whose bytes are no SPDY.
    tunnel.write(Buffer.of(0x82, 0x88, 0, 0, 0, 0, 0x80, 2, 0, 1, 0, 0, 0, 0));
    await goodbye(tunnel);
  });

  test('with noise is closed or ignored, and leaves nothing', async () => {
    const random = createSeededRandom(seed);
    for (let round = 0; round < 20; round += 1) {
      const socket = await open(execCat, random.pick(['v5.channel.k8s.io', 'v4.channel.k8s.io']));
      socket.end(noise(random, 200));
      await goodbye(socket);
    }
  });
});

const noise = (random: Random, lengthMax: number) =>
  Buffer.from(Array.from({ length: random.between(1, lengthMax) }, () => random.between(0, 255)));

describe('SPDY', () => {
  const open = async (path: string, protocol: string): Promise<SpdyClient> => {
    const answer = await connectSpdy(port(), cluster.certificate, { path, protocols: [protocol] });
    if (answer.kind === 'refused') throw new Error(`${answer.code} ${answer.text}`);
    return answer.client;
  };
  const openExec = async () => {
    const client = await open(execCat, 'v4.channel.k8s.io');
    const [, stdin] = ['error', 'stdin', 'stdout'].map((type) => client.open({ streamtype: type }));
    stdin!.write(Buffer.from('some input'));
    await eventually('it runs', isRunning);
    return client;
  };
  const control = (version: number, type: number, body: readonly number[], length = body.length) =>
    Buffer.of(0x80, version, 0, type, 0, 0, length >> 8, length & 255, ...body);
  const synStream = (id: number, block: readonly number[]) =>
    control(3, 1, [0, 0, 0, id, 0, 0, 0, 0, 0, 0, ...block]);
  const protocolError = 1;

  test.each([
    ['another version', control(2, 1, [])],
    ['a stream that the server would open', synStream(8, [])],
    ['a stream without a number', synStream(0, [])],
    ['a stream that is open already', synStream(1, [])],
    ['headers that are not compressed', synStream(9, [1, 2, 3, 4, 5, 6, 7, 8])],
    ['a control frame without its fields', control(3, 3, [0, 0])],
    ['settings that end early', control(3, 4, [0, 0, 0, 9, 0, 0])],
    ['a control frame beyond all measure', Buffer.of(0x80, 3, 0, 1, 0, 255, 255, 255)],
  ])('with %s gets GOAWAY', async (_title, bytes) => {
    using client = await openExec();
    client.sendBytes(bytes);
    await client.closed;
    expect(client.goAway).toBe(protocolError);
  });

  test('with a frame that is not whole frees its command', async () => {
    const client = await openExec();
    client.sendBytes(Buffer.of(0, 0, 0, 3, 0, 0, 255, 255, 1, 2));
    client[Symbol.dispose]();
    await client.closed;
  });

  test('with noise, and with bits turned over, is closed or ignored, and leaves nothing', async () => {
    const random = createSeededRandom(seed);
    for (let round = 0; round < 30; round += 1) {
      const isExec = random.chance(0.5);
      const client = isExec
        ? await open(execCat, 'v4.channel.k8s.io')
        : await open(portForward, 'portforward.k8s.io');
      const sound = conversation(isExec);
      const sent = random.chance(0.3) ? noise(random, 300) : damage(random, sound);
      const cut = random.between(0, sent.length);
      client.sendBytes(sent.subarray(0, cut));
      client.sendBytes(sent.subarray(cut));
      // What it makes of them: an answer, GOAWAY, or nothing. None of it outlives the connection.
      await new Promise((resolve) => setImmediate(resolve));
      client[Symbol.dispose]();
      await client.closed;
    }
  });

  function conversation(isExec: boolean): Buffer {
    const encoder = createHeaderEncoder();
    const types = isExec ? ['error', 'stdin', 'stdout'] : ['error', 'data'];
    const more = isExec ? {} : { port: '8080', requestid: '0' };
    const opened = types.map((streamtype, index) =>
      encodeFrame({
        kind: 'syn-stream',
        streamId: 2 * index + 1,
        fin: false,
        block: encoder.encode(new Map(Object.entries({ ...more, streamtype }))),
      }),
    );
    const data = Buffer.from('some input');
    return Buffer.concat([
      ...opened,
      encodeFrame({ kind: 'data', streamId: 3, fin: false, data }),
      encodeFrame({ kind: 'ping', id: 1 }),
      encodeFrame({ kind: 'data', streamId: 3, fin: true, data }),
    ]);
  }

  function damage(random: Random, sound: Buffer): Buffer {
    const bytes = Buffer.from(sound);
    for (let count = random.between(1, 5); count > 0; count -= 1) {
      const at = random.between(0, bytes.length - 1);
      bytes[at] = bytes[at]! ^ (1 << random.between(0, 7));
    }
    return bytes;
  }
});
