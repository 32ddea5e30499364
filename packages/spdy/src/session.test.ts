import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemoryCarrier, type MemoryCarrier } from './testing/memory-carrier.ts';
import type { Frame } from './frame.ts';
import { createHeaderEncoder } from './headers.ts';
import { createSpdyClientSession, createSpdySession, type SpdySession } from './session.ts';
import type { SpdyStream } from './stream.ts';

interface Client {
  readonly carrier: MemoryCarrier;
  readonly session: SpdySession;
  readonly streams: SpdyStream[];
  readonly open: (streamId: number, type?: string) => void;
}

function connect(): Client {
  const carrier = createMemoryCarrier();
  const encoder = createHeaderEncoder();
  const streams: SpdyStream[] = [];
  const session = createSpdySession({ carrier, onStream: (stream) => streams.push(stream) });
  return {
    carrier,
    session,
    streams,
    open: (streamId, type = 'data') => {
      const block = encoder.encode(new Map([['streamtype', type]]));
      carrier.receive({ kind: 'syn-stream', streamId, fin: false, block });
    },
  };
}

const data = (streamId: number, bytes: number, fin = false): Frame => ({
  kind: 'data',
  streamId,
  fin,
  data: Buffer.alloc(bytes, 97),
});
const settle = () => new Promise((resolve) => setImmediate(resolve));
const ofKind = (carrier: MemoryCarrier, kind: Frame['kind']) =>
  carrier.sent.filter((frame) => frame.kind === kind);

test('a stream is answered, carries data both ways and ends by halves', async () => {
  const { carrier, streams, open } = connect();
  open(1, 'stdin');
  const [stream] = streams;
  expect(stream!.headers.get('streamtype')).toBe('stdin');
  expect(ofKind(carrier, 'syn-reply')).toHaveLength(1);
  carrier.receive(data(1, 10), data(1, 5, true));
  let length = 0;
  for await (const bytes of stream!.input) length += bytes.length;
  expect(length).toBe(15);
  await stream!.write(Buffer.from('answer'));
  await stream!.end();
  const answers = ofKind(carrier, 'data') as Extract<Frame, { kind: 'data' }>[];
  expect(answers.map((frame) => [frame.data.toString(), frame.fin])).toEqual([
    ['answer', false],
    ['', true],
  ]);
});

test('what is read is given back to the windows of the stream and of the session', async () => {
  const { carrier, streams, open } = connect();
  open(1);
  carrier.receive(data(1, 1_000));
  await streams[0]!.input[Symbol.asyncIterator]().next();
  void streams[0]!.input[Symbol.asyncIterator]().next();
  await settle();
  expect(ofKind(carrier, 'window-update')).toEqual([
    { kind: 'window-update', streamId: 0, delta: 1_000 },
    { kind: 'window-update', streamId: 1, delta: 1_000 },
  ]);
});

test('a client that ignores windows is held back by its connection, and let go on', async () => {
  const { carrier, streams, open } = connect();
  open(1);
  for (let count = 0; count < 9; count++) carrier.receive(data(1, 32 * 1024));
  expect(carrier.isPaused).toBe(true);
  const reader = streams[0]!.input[Symbol.asyncIterator]();
  for (let count = 0; count < 9; count++) await reader.next();
  expect(carrier.isPaused).toBe(false);
  carrier.destroy();
});

test('a client with windows is never sent more than they allow', async () => {
  const { carrier, streams, open } = connect();
  carrier.receive({ kind: 'settings', settings: new Map([[7, 1_000]]) });
  open(1);
  const write = streams[0]!.write(Buffer.alloc(2_500));
  await settle();
  const sent = () =>
    (ofKind(carrier, 'data') as Extract<Frame, { kind: 'data' }>[]).reduce(
      (sum, frame) => sum + frame.data.length,
      0,
    );
  expect(sent()).toBe(1_000);
  carrier.receive({ kind: 'window-update', streamId: 1, delta: 700 });
  await settle();
  expect(sent()).toBe(1_700);
  carrier.receive({ kind: 'window-update', streamId: 1, delta: 5_000 });
  await write;
  expect(sent()).toBe(2_500);
});

test('the window of the session bounds all streams together', async () => {
  const { carrier, streams, open } = connect();
  carrier.receive({ kind: 'settings', settings: new Map([[7, 1_000_000]]) });
  open(1);
  const write = streams[0]!.write(Buffer.alloc(100_000));
  await settle();
  carrier.receive({ kind: 'window-update', streamId: 0, delta: 100_000 });
  await write;
  expect(ofKind(carrier, 'data').length).toBeGreaterThan(3);
});

test('a client that has gone fails what reads and what writes', async () => {
  const { carrier, streams, open } = connect();
  carrier.receive({ kind: 'settings', settings: new Map([[7, 10]]) });
  open(1);
  const read = streams[0]!.input[Symbol.asyncIterator]().next();
  const write = streams[0]!.write(Buffer.alloc(100));
  carrier.destroy();
  await expect(read).rejects.toThrow('the client has gone');
  await expect(write).rejects.toThrow('the client has gone');
});

test('pings are answered, but not the answers to our own', () => {
  const { carrier } = connect();
  carrier.receive({ kind: 'ping', id: 5 }, { kind: 'ping', id: 2 });
  expect(ofKind(carrier, 'ping')).toEqual([{ kind: 'ping', id: 5 }]);
});

test.each<[string, Frame]>([
  ['a stream of the server', { kind: 'syn-stream', streamId: 2, fin: false, block: Buffer.of(0) }],
  ['headers that are none', { kind: 'syn-stream', streamId: 3, fin: false, block: Buffer.of(0) }],
  ['data that nothing was opened for', data(9, 3)],
  ['a window beyond all', { kind: 'window-update', streamId: 0, delta: 0x7fff_ffff }],
])('%s ends the session with GOAWAY', async (_title, frame) => {
  const { carrier, open, streams } = connect();
  open(1);
  carrier.receive(frame);
  await settle();
  expect(carrier.sent.at(-1)).toMatchObject({ kind: 'go-away', status: 1 });
  expect(carrier.isEnded).toBe(true);
  await expect(streams[0]!.write(Buffer.of(1))).rejects.toThrow();
});

test('a stream too many is refused, and the others go on', () => {
  const { carrier, open, streams } = connect();
  for (let count = 0; count < 513; count++) open(1 + count * 2);
  expect(streams).toHaveLength(512);
  expect(ofKind(carrier, 'rst-stream')).toEqual([
    { kind: 'rst-stream', streamId: 1025, status: 3 },
  ]);
});

test('a client that asks and never reads is cut off', () => {
  const { carrier } = connect();
  carrier.block();
  for (let count = 0; count < 6_000; count++) carrier.receive({ kind: 'ping', id: 1 });
  expect(carrier.isEnded).toBe(true);
});

test('whatever bytes come, the session ends or goes on, and nothing is thrown', async () => {
  const piece = fc.uint8Array({ maxLength: 80 });
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 10 }), async (pieces) => {
      const { carrier, open, streams } = connect();
      open(1);
      for (const one of pieces) carrier.receiveBytes(Buffer.from(one));
      await settle();
      carrier.destroy();
      for (const { input } of streams) {
        await Promise.allSettled([input[Symbol.asyncIterator]().next()]);
      }
    }),
    { numRuns: 300 },
  );
});

test('a client and a server understand each other, and each learns how the other ends', async () => {
  const client = createMemoryCarrier();
  const server = createMemoryCarrier();
  const served: SpdyStream[] = [];
  client.pipeTo(server);
  server.pipeTo(client);
  createSpdySession({ carrier: server, onStream: (stream) => served.push(stream) });
  const session = createSpdyClientSession(client);
  const asked = session.open(new Map([['streamtype', 'data']]));
  const other = session.open(new Map([['streamtype', 'error']]));
  expect(served.map(({ id, headers }) => [id, headers.get('streamtype')])).toEqual([
    [1, 'data'],
    [3, 'error'],
  ]);
  await asked.write(Buffer.from('question'));
  await asked.end();
  expect(await textOf(served[0]!.input)).toBe('question');
  // What came before a reset is read, for a client.
  await served[0]!.write(Buffer.from('answer'));
  served[0]!.reset();
  expect(await textOf(asked.input)).toBe('answer');
  await expect(asked.write(Buffer.from('more'))).rejects.toThrow('gone');
  await session.close();
  await expect(textOf(served[1]!.input)).rejects.toThrow('reset');
  expect(await textOf(other.input)).toBe('');
  expect(() => session.open(new Map())).toThrow('gone');
});

async function textOf(input: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const bytes of input) text += bytes.toString();
  return text;
}
