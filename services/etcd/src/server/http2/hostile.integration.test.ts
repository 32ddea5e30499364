/**
 * A member among clients that break the protocol on purpose, or keep to it and mean harm. After each
 * of them the member lives, another client's Put works, and its memory has stayed within bounds.
 */
import { readFileSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PutRequest, RangeRequest, WatchCreateRequest, WatchRequest } from '@drydock/proto/etcd';
import { eventually } from '@drydock/testing/eventually';
import { startTestCluster, type TestCluster } from '../../testing/cluster.ts';
import {
  call,
  frame,
  message,
  openRaw,
  preface,
  requestBlock,
  setting,
  types,
  uint32,
} from '../../testing/http2-client.ts';
import { connect, put } from '../../testing/writers.ts';
import { encodeHeaders } from '@drydock/rpc/http2';

/** Error codes of RFC 9113, 7. */
const code = {
  none: 0,
  protocol: 1,
  flowControl: 3,
  streamClosed: 5,
  frameSize: 6,
  refused: 7,
  compression: 9,
  calm: 11,
} as const;
const putPath = '/etcdserverpb.KV/Put';
const rangePath = '/etcdserverpb.KV/Range';
const watchPath = '/etcdserverpb.Watch/Watch';
const key = Buffer.from('k');
const putBody = PutRequest.encode(PutRequest.from({ key, value: Buffer.from('v') }));
const rangeBody = RangeRequest.encode(RangeRequest.from({ key, serializable: true }));
/** What a member may need above its size at rest, whatever is done to it. */
const growthBytesMax = 700 * 1024 * 1024;

let cluster: TestCluster;
let port: number;
let bytesAtRest: number;
let other: ReturnType<typeof connect>;

function residentBytes(): number {
  const status = readFileSync(`/proc/${cluster.members[0]!.process!.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) * 1024;
}

async function expectUnharmed(): Promise<void> {
  await put(other, { key: Buffer.from('other'), value: Buffer.from('1') }, 10_000);
  expect(cluster.members[0]!.process!.exitCode).toBeNull();
  expect(residentBytes() - bytesAtRest).toBeLessThan(growthBytesMax);
}

beforeAll(async () => {
  cluster = await startTestCluster({ size: 1 });
  port = cluster.members[0]!.clientPort;
  other = connect(cluster.members[0]!.endpoint);
  await put(other, { key: Buffer.from('other'), value: Buffer.from('0') }, 10_000);
  bytesAtRest = residentBytes();
});

afterEach(expectUnharmed);

afterAll(async () => {
  other?.close();
  await cluster?.[Symbol.asyncDispose]();
});

describe('what ends a connection', () => {
  const headers = (stream: number, block: Uint8Array, flags = 5) =>
    frame('headers', flags, stream, block);
  const hex = (text: string) => Buffer.from(text, 'hex');
  const block = requestBlock(rangePath);
  it.each<[string, number, () => Uint8Array]>([
    // Frames (4, 5, 6).
    [
      'a frame larger than we take',
      code.frameSize,
      () => frame('data', 0, 1, Buffer.alloc(16_385)),
    ],
    ['DATA on an idle stream', code.protocol, () => frame('data', 0, 1, 'x')],
    ['DATA on stream 0', code.protocol, () => frame('data', 0, 0, 'x')],
    ['HEADERS on stream 0', code.protocol, () => headers(0, block)],
    ['an even stream', code.protocol, () => headers(2, block)],
    [
      'a stream id that goes back',
      code.protocol,
      () => Buffer.concat([call(5, rangePath, rangeBody), headers(3, block)]),
    ],
    ['padding longer than its frame', code.protocol, () => headers(1, Buffer.of(9, 1), 4 | 8)],
    ['padding without a length', code.frameSize, () => frame('headers', 4 | 8, 1)],
    [
      'DATA with more padding than frame',
      code.protocol,
      () => Buffer.concat([headers(1, block, 4), frame('data', 8, 1, Buffer.of(2, 0))]),
    ],
    ['a short priority in HEADERS', code.frameSize, () => headers(1, Buffer.alloc(4), 4 | 32)],
    ['a short PRIORITY', code.frameSize, () => frame('priority', 0, 1, 'abc')],
    ['PRIORITY of stream 0', code.protocol, () => frame('priority', 0, 0, 'abcde')],
    ['a RST_STREAM of 3 bytes', code.frameSize, () => frame('reset', 0, 1, 'abc')],
    ['RST_STREAM of an idle stream', code.protocol, () => frame('reset', 0, 7, uint32(8))],
    ['a PING of 7 bytes', code.frameSize, () => frame('ping', 0, 0, 'abcdefg')],
    ['a PING on a stream', code.protocol, () => frame('ping', 0, 1, 'abcdefgh')],
    ['PUSH_PROMISE', code.protocol, () => frame('push', 4, 1, 'abcd')],
    ['GOAWAY on a stream', code.protocol, () => frame('goAway', 0, 1, Buffer.alloc(8))],
    ['a stray CONTINUATION', code.protocol, () => frame('continuation', 4, 1, 'abc')],
    [
      'a header block that is interrupted',
      code.protocol,
      () => Buffer.concat([headers(1, block, 0), frame('ping', 0, 0, 'abcdefgh')]),
    ],
    [
      'a CONTINUATION of another stream',
      code.protocol,
      () => Buffer.concat([headers(1, block, 0), frame('continuation', 4, 3)]),
    ],
    // Settings (6.5) and windows (6.9).
    ['SETTINGS of 5 bytes', code.frameSize, () => frame('settings', 0, 0, 'abcde')],
    ['SETTINGS on a stream', code.protocol, () => frame('settings', 0, 1)],
    ['an acknowledgement with settings', code.frameSize, () => frame('settings', 1, 0, 'abcdef')],
    ['a window above 2^31-1', code.flowControl, () => frame('settings', 0, 0, setting(4, 2 ** 31))],
    ['frames of 0 bytes', code.protocol, () => frame('settings', 0, 0, setting(5, 0))],
    ['push of 2', code.protocol, () => frame('settings', 0, 0, setting(2, 2))],
    ['WINDOW_UPDATE of 0', code.protocol, () => frame('window', 0, 0, uint32(0))],
    ['WINDOW_UPDATE of 3 bytes', code.frameSize, () => frame('window', 0, 0, 'abc')],
    [
      "the connection's window above 2^31-1",
      code.flowControl,
      () => frame('window', 0, 0, uint32(2 ** 31 - 1)),
    ],
    ['WINDOW_UPDATE of an idle stream', code.protocol, () => frame('window', 0, 9, uint32(1))],
    // Header compression (RFC 7541).
    ['index 0', code.compression, () => headers(1, hex('80'))],
    ['an index out of range', code.compression, () => headers(1, hex('ff8001'))],
    ['an integer without end', code.compression, () => headers(1, hex('ffffffffffffffffffff7f'))],
    ['an integer cut off', code.compression, () => headers(1, hex('ff80'))],
    ['a string longer than its block', code.compression, () => headers(1, hex('400a6162'))],
    ['wrong Huffman padding', code.compression, () => headers(1, hex('4081f0ffffff'))],
    ['the end of string inside one', code.compression, () => headers(1, hex('4084ffffffff00'))],
    ['a table larger than agreed', code.compression, () => headers(1, hex('3fe25f'))],
    ['a table that changes behind a header', code.compression, () => headers(1, hex('8220'))],
    [
      'a bomb: one large header of the table, a thousand times',
      code.calm,
      () => {
        const entry = Buffer.concat([hex('4001617fa11e'), Buffer.alloc(4_000, 'x')]);
        return headers(1, Buffer.concat([entry, Buffer.alloc(1_000, 0xbe)]));
      },
    ],
    [
      'headers larger than agreed',
      code.calm,
      () => {
        const part = Buffer.alloc(16_000, 0);
        const more = Array.from({ length: 5 }, () => frame('continuation', 0, 1, part));
        return Buffer.concat([headers(1, part, 0), ...more]);
      },
    ],
    [
      'empty CONTINUATIONs without end',
      code.calm,
      () => {
        const empty = Array.from({ length: 10_000 }, () => frame('continuation', 0, 1));
        return Buffer.concat([headers(1, block, 0), ...empty]);
      },
    ],
  ])('%s', async (_title, expected, bytes) => {
    using raw = openRaw(port);
    await raw.write(bytes());
    expect(await raw.goAway()).toBe(expected);
    await raw.closed();
  });

  it('a first frame that is not SETTINGS', async () => {
    using raw = openRaw(port, { isSilent: true });
    await raw.write(preface, frame('ping', 0, 0, 'abcdefgh'));
    expect(await raw.goAway()).toBe(code.protocol);
  });

  it('a preface that goes wrong behind what tells HTTP/2 apart', async () => {
    using raw = openRaw(port, { isSilent: true });
    await raw.write(Buffer.from('PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n'));
    expect(await raw.goAway()).toBe(code.protocol);
  });
});

describe('what ends one stream', () => {
  it.each<[string, number, (stream: number) => Uint8Array]>([
    [
      'a second end',
      code.streamClosed,
      (stream) =>
        Buffer.concat([
          frame('headers', 5, stream, requestBlock(rangePath, [['grpc-timeout', '9S']])),
          frame('data', 1, stream, message(rangeBody)),
        ]),
    ],
    [
      'DATA behind the answer',
      code.streamClosed,
      (stream) =>
        Buffer.concat([call(stream, rangePath, rangeBody), frame('data', 0, stream, 'late')]),
    ],
    [
      'WINDOW_UPDATE of 0',
      code.protocol,
      (stream) =>
        Buffer.concat([
          frame('headers', 4, stream, requestBlock(watchPath)),
          frame('window', 0, stream, uint32(0)),
        ]),
    ],
    [
      'a window above 2^31-1',
      code.flowControl,
      (stream) =>
        Buffer.concat([
          frame('headers', 4, stream, requestBlock(watchPath)),
          frame('window', 0, stream, uint32(2 ** 31 - 1)),
        ]),
    ],
    [
      'trailers without an end',
      code.protocol,
      (stream) =>
        Buffer.concat([
          frame('headers', 4, stream, requestBlock(watchPath)),
          frame('headers', 4, stream, requestBlock(watchPath)),
        ]),
    ],
    [
      'a request without a path',
      code.protocol,
      (stream) => frame('headers', 5, stream, Buffer.of(0x83, 0x86)),
    ],
    [
      'two paths',
      code.protocol,
      (stream) => frame('headers', 5, stream, Buffer.of(0x83, 0x86, 0x84, 0x84)),
    ],
    [
      'a malformed grpc-timeout',
      code.protocol,
      (stream) => call(stream, rangePath, rangeBody, [['grpc-timeout', 'soon']]),
    ],
  ])('%s', async (_title, expected, bytes) => {
    using raw = openRaw(port);
    await raw.write(bytes(1));
    expect(await raw.reset(1)).toBe(expected);
    await raw.write(call(3, putPath, putBody));
    expect(await raw.status(3)).toBe('0');
  });

  it('trailers of the client end its request', async () => {
    using raw = openRaw(port);
    await raw.write(
      frame('headers', 4, 1, requestBlock(rangePath)),
      frame('data', 0, 1, message(rangeBody)),
      frame('headers', 5, 1, Buffer.from('0001780179', 'hex')),
    );
    expect(await raw.status(1)).toBe('0');
  });
});

describe('gRPC as it should not be', () => {
  const open = (path: string) => frame('headers', 4, 1, requestBlock(path));
  it.each<[string, string, Uint8Array]>([
    ['an unknown service', '12 unknown service no.Such', call(1, '/no.Such/Method', rangeBody)],
    [
      'an unknown method',
      '12 unknown method Fly for service etcdserverpb.KV',
      call(1, '/etcdserverpb.KV/Fly', rangeBody),
    ],
    ['no method', '8 malformed method name: "/x"', call(1, '/x', rangeBody)],
    [
      'no message',
      '13 grpc: the call has no message',
      frame('headers', 5, 1, requestBlock(putPath)),
    ],
    [
      'a message larger than the limit',
      `8 grpc: received message larger than max (4294967295 vs. ${1_572_864 + 512 * 1024})`,
      Buffer.concat([open(putPath), frame('data', 0, 1, Buffer.of(0, 255, 255, 255, 255))]),
    ],
    [
      'less data than the prefix says',
      '13 unexpected EOF',
      Buffer.concat([open(putPath), frame('data', 1, 1, Buffer.of(0, 0, 0, 0, 9, 1))]),
    ],
    [
      'two messages of a unary call in one frame',
      '13 cardinality violation: received multiple request messages for a unary call',
      Buffer.concat([
        open(putPath),
        frame('data', 1, 1, Buffer.concat([message(putBody), message(putBody)])),
      ]),
    ],
    [
      'a message that says it is compressed',
      '13 grpc: compressed flag set with identity or empty encoding',
      Buffer.concat([open(putPath), frame('data', 1, 1, Buffer.of(1, 0, 0, 0, 0))]),
    ],
    [
      'a message that is none',
      '13 grpc: error unmarshalling request',
      call(1, putPath, Buffer.from('ffffffffffff', 'hex')),
    ],
    [
      'a deadline that has passed',
      '4 context deadline exceeded',
      call(1, putPath, putBody, [['grpc-timeout', '0n']]),
    ],
  ])('%s', async (_title, expected, bytes) => {
    using raw = openRaw(port);
    await raw.write(bytes);
    expect(await raw.status(1)).toContain(expected);
    await raw.write(call(3, putPath, putBody));
    expect(await raw.status(3)).toBe('0');
  });

  it('a request without content-type is plain HTTP', async () => {
    using raw = openRaw(port);
    await raw.write(frame('headers', 5, 1, Buffer.of(0x82, 0x86, 0x84)));
    const answer = await raw.waitFor('headers', (one) => one.type === types.headers);
    expect(answer.payload[0]).toBe(0x8d);
  });

  it('a call split into one byte a frame, padded, without the header te', async () => {
    using raw = openRaw(port);
    const bytes = message(putBody);
    const parts = Array.from(bytes, (byte) => frame('data', 8, 1, Buffer.of(3, byte, 0, 0, 0)));
    const block = encodeHeaders([
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', putPath],
      ['content-type', 'application/grpc+proto'],
    ]);
    await raw.write(frame('headers', 4, 1, block), ...parts, frame('data', 1, 1));
    expect(await raw.status(1)).toBe('0');
  });

  it('a connection that gets one byte at a time', async () => {
    using raw = openRaw(port, { isSilent: true });
    const all = Buffer.concat([preface, frame('settings'), call(1, putPath, putBody)]);
    raw.socket.setNoDelay(true);
    for (const byte of all) await raw.write(Buffer.of(byte));
    expect(await raw.status(1)).toBe('0');
  });

  it('many messages in one DATA frame are many', async () => {
    using raw = openRaw(port);
    const create = WatchRequest.encode(
      WatchRequest.from({ createRequest: WatchCreateRequest.from({ key }) }),
    );
    const many = Buffer.concat(Array.from({ length: 300 }, () => message(create)));
    await raw.write(open(watchPath), frame('data', 0, 1, many));
    await eventually('300 answers', () => {
      const answers = raw.frames.filter((one) => one.type === types.data);
      return answers.length === 300;
    });
  });
});

describe('floods', () => {
  const stormOf = async (bytes: Uint8Array, rounds: number) => {
    using raw = openRaw(port);
    for (let round = 0; round < rounds && !raw.isClosed; round++) await raw.write(bytes);
    return { code: await raw.goAway(), raw };
  };
  const times = (count: number, one: Uint8Array) =>
    Buffer.concat(Array.from({ length: count }, () => one));

  it.each<[string, Uint8Array]>([
    ['PING', frame('ping', 0, 0, 'abcdefgh')],
    ['SETTINGS', frame('settings', 0, 0, setting(4, 1))],
    ['PRIORITY', frame('priority', 0, 1, 'abcde')],
    ['unknown frames', frame(77, 0, 0, 'x')],
  ])('of %s end the connection', async (_title, one) => {
    const { code: got } = await stormOf(times(1_000, one), 1_000);
    expect(got).toBe(code.calm);
  });

  it('of empty DATA end the connection', async () => {
    using raw = openRaw(port);
    await raw.write(frame('headers', 4, 1, requestBlock(watchPath)));
    const many = times(1_000, frame('data', 0, 1));
    for (let round = 0; round < 1_000 && !raw.isClosed; round++) await raw.write(many);
    expect(await raw.goAway()).toBe(code.calm);
  });

  it('of PINGs whose answers are not read end too, and nothing piles up', async () => {
    using raw = openRaw(port);
    raw.socket.pause();
    const many = times(1_000, frame('ping', 0, 0, 'abcdefgh'));
    for (let round = 0; round < 2_000 && !raw.isClosed; round++) raw.socket.write(many);
    raw.socket.resume();
    await raw.closed();
  });

  it('of streams opened and cancelled at once (rapid reset, CVE-2023-44487) end', async () => {
    using raw = openRaw(port);
    const linearizable = RangeRequest.encode(RangeRequest.from({ key }));
    let stream = 1;
    for (let round = 0; round < 200 && !raw.isClosed; round++) {
      const parts: Buffer[] = [];
      for (let count = 0; count < 500; count++, stream += 2) {
        parts.push(call(stream, rangePath, linearizable), frame('reset', 0, stream, uint32(8)));
      }
      await raw.write(...parts);
    }
    expect(await raw.goAway()).toBe(code.calm);
  });

  it('of streams that are never finished are refused above 10,000', async () => {
    using raw = openRaw(port);
    const block = requestBlock(watchPath);
    for (let stream = 1; stream < 22_000; stream += 200) {
      const some = Array.from({ length: 100 }, (_, at) =>
        frame('headers', 4, stream + at * 2, block),
      );
      await raw.write(...some);
    }
    expect(await raw.reset(20_001)).toBe(code.refused);
  });

  it('of lies about the length of messages cost no memory', async () => {
    using raw = openRaw(port);
    const before = residentBytes();
    const lie = Buffer.concat([Buffer.of(0), uint32(1_500_000), Buffer.of(1)]);
    const block = requestBlock(putPath);
    for (let stream = 1; stream < 18_000; stream += 200) {
      const some = Array.from({ length: 100 }, (_, at) => [
        frame('headers', 4, stream + at * 2, block),
        frame('data', 0, stream + at * 2, lie),
      ]).flat();
      await raw.write(...some);
    }
    await raw.write(frame('ping', 0, 0, 'all read'));
    await raw.waitFor('the ping', (one) => one.type === types.ping);
    expect(residentBytes() - before).toBeLessThan(250 * 1024 * 1024);
  });
});

describe('answers that nobody reads', () => {
  it('hold a bounded amount of memory, and nobody else up', async () => {
    const value = Buffer.alloc(1_000_000, 'v');
    for (let at = 0; at < 8; at++) {
      await put(other, { key: Buffer.from(`large/${at}`), value }, 20_000);
    }
    const all = { key: Buffer.from('large/'), rangeEnd: Buffer.from('large0') };
    const attackers = Array.from({ length: 8 }, (_, index) => {
      // Half stall by a window of nothing, half by not reading the socket.
      const window = index % 2 === 0 ? 0 : 2 ** 31 - 1;
      const raw = openRaw(port, { settings: [setting(4, window)] });
      if (index % 2 === 1) raw.socket.pause();
      return raw;
    });
    using stack = new DisposableStack();
    for (const raw of attackers) stack.use(raw);
    for (const serializable of [true, false]) {
      const body = RangeRequest.encode(RangeRequest.from({ ...all, serializable }));
      for (const raw of attackers) {
        const first = serializable ? 1 : 1_001;
        const calls = Array.from({ length: 200 }, (_, at) => call(first + at * 2, rangePath, body));
        void raw.write(...calls);
      }
    }
    const started = performance.now();
    for (let count = 0; count < 30; count++) await expectUnharmed();
    expect(performance.now() - started).toBeLessThan(30_000);
    await attackers[0]!.waitFor(
      'a refusal: 8 MB each, 400 asked for',
      (one) => one.type === types.headers && one.payload.toString('latin1').includes('unread'),
    );
  });

  it('and windows opened a byte at a time cost little', async () => {
    using raw = openRaw(port, { settings: [setting(4, 0)] });
    const calls = Array.from({ length: 5_000 }, (_, at) => call(1 + at * 2, rangePath, rangeBody));
    await raw.write(...calls);
    await raw.write(frame('ping', 0, 0, 'all read'));
    await raw.waitFor('the ping', (one) => one.type === types.ping);
    const crumbs = Buffer.concat(
      Array.from({ length: 1_000 }, () => [
        frame('window', 0, 0, uint32(1)),
        frame('window', 0, 1, uint32(1)),
      ]).flat(),
    );
    const started = performance.now();
    for (let round = 0; round < 50; round++) await raw.write(crumbs);
    await expectUnharmed();
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('slowness', () => {
  const raceTo = async (write: (raw: ReturnType<typeof openRaw>) => Promise<void>) => {
    using raw = openRaw(port, { isSilent: true });
    await write(raw);
    await raw.closed();
    return raw.frames;
  };

  it('ends silent, half-open and dawdling connections within bounded time', async () => {
    const dawdle = async (raw: ReturnType<typeof openRaw>, bytes: Uint8Array) => {
      // A byte every now and then is no progress.
      let at = 0;
      await eventually(
        'the server loses patience',
        async () => {
          if (!raw.isClosed && at < bytes.length) await raw.write(bytes.subarray(at, ++at));
          return raw.isClosed;
        },
        { intervalMillis: 1_000 },
      );
    };
    await Promise.all([
      raceTo(async () => {}),
      raceTo((raw) => dawdle(raw, preface)),
      raceTo((raw) => raw.write(preface)),
      raceTo((raw) => dawdle(raw, Buffer.from('GET /health HTTP/1.1\r\nx: '.padEnd(99, 'x')))),
      raceTo(async (raw) => {
        await raw.write(preface, frame('settings'));
        await raw.write(frame('headers', 0, 1, requestBlock(rangePath)));
      }).then((frames) => expect(frames.at(-1)!.payload.readUInt32BE(4)).toBe(code.calm)),
    ]);
  });

  it('a client that half closes gets what was asked for or an end, and no socket is left', async () => {
    const socket = connectSocket(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    socket.end(Buffer.concat([preface, frame('settings'), call(1, putPath, putBody)]));
    await eventually('the server closes too', () => socket.closed);
  });

  it('a call ends at its deadline with DEADLINE_EXCEEDED, and a stream too', async () => {
    using raw = openRaw(port);
    await raw.write(
      frame('headers', 4, 1, requestBlock(putPath, [['grpc-timeout', '50m']])),
      frame('headers', 4, 3, requestBlock(watchPath, [['grpc-timeout', '60000u']])),
    );
    expect(await raw.status(1)).toBe('4 context deadline exceeded');
    expect(await raw.status(3)).toBe('4 context deadline exceeded');
  });
});
