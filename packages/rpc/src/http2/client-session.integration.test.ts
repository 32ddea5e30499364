import { once } from 'node:events';
import {
  createServer as createHttp2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { eventually } from '@drydock/testing/eventually';
import { describe, expect, test } from 'vitest';
import { ClientSession } from './client-session.ts';
import { frameFlag, frameType } from './frame.ts';
import { encodeHeaders } from './hpack.ts';

const block = encodeHeaders([
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/echo'],
  [':authority', 'localhost'],
]);

/** A server of node's own; `answer` gets each whole body. */
async function serve(
  answer: (stream: ServerHttp2Stream, body: Buffer) => void,
  options: ServerOptions = {},
) {
  const server = createHttp2Server(options);
  const sessions: ServerHttp2Session[] = [];
  server.on('session', (session) => sessions.push(session));
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => undefined);
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => answer(stream, Buffer.concat(chunks)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sessions,
    [Symbol.dispose]: () => {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
}

/** Sends the body back, with a status of gRPC behind it. */
const echo = (stream: ServerHttp2Stream, body: Buffer) => {
  stream.respond({ ':status': 200 }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(body);
};

/** A server that says what it is told, whatever it hears. */
async function serveBytes(onSocket: (socket: Socket) => void) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.dispose]: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function frame(type: number, flags: number, id: number, payload: Buffer = Buffer.alloc(0)) {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(id, 5);
  return Buffer.concat([head, payload]);
}

interface Heard {
  readonly status: string | undefined;
  readonly body: Buffer;
  readonly failure: Error | undefined;
}

function open(port: number, windowBytes = 65_535) {
  const socket = connect({ host: '127.0.0.1', port });
  let isLeft = false;
  const session = new ClientSession({
    socket,
    windowBytes,
    onLeave: () => {
      isLeft = true;
    },
  });
  const send = (body: Buffer) => {
    const chunks: Buffer[] = [];
    const heard = Promise.withResolvers<Heard>();
    const stream = session.open(block, {
      onData: (bytes) => chunks.push(bytes),
      onEnd: ({ grpcStatus }, failure) =>
        heard.resolve({ status: grpcStatus, body: Buffer.concat(chunks), failure }),
    });
    stream.write(body, { isLast: true });
    return { stream, heard: heard.promise };
  };
  return {
    session,
    socket,
    send,
    get isLeft() {
      return isLeft;
    },
    [Symbol.dispose]: () => session.end(new Error('the test is over')),
  };
}

const bodyOf = (index: number) => Buffer.alloc(1_000 * index, index);

describe('a session', () => {
  test.each([
    ['as servers are by default', {}],
    ['that grants little at a time', { settings: { initialWindowSize: 100 } }],
    ['that takes three streams at a time', { settings: { maxConcurrentStreams: 3 } }],
  ])('has many streams at a time with a server %s', async (_what, options) => {
    using server = await serve(echo, options);
    using client = open(server.port);
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => client.send(bodyOf(index)).heard),
    );
    answers.forEach(({ status, body }, index) => {
      expect(status).toBe('0');
      expect(body.equals(bodyOf(index))).toBe(true);
    });
    expect(client.session.streams).toBe(0);
  });

  test('takes an answer that is larger than its windows', async () => {
    const large = Buffer.alloc(3_000_000, 'x');
    using server = await serve((stream) => echo(stream, large));
    using client = open(server.port);
    expect((await client.send(Buffer.alloc(0)).heard).body.equals(large)).toBe(true);
  });

  test('says nothing more of streams that are cancelled, begun or not', async () => {
    const asked: ServerHttp2Stream[] = [];
    const settings = { maxConcurrentStreams: 2 };
    using server = await serve((stream) => asked.push(stream), { settings });
    using client = open(server.port);
    const [cancelled, answered] = [client.send(bodyOf(1)), client.send(bodyOf(2))];
    await eventually('two requests', () => asked.length === 2);
    const [neverBegun, last] = [client.send(bodyOf(3)), client.send(bodyOf(4))];
    neverBegun.stream.cancel();
    const ended = once(asked[0]!, 'close');
    echo(asked[1]!, bodyOf(2));
    expect((await answered.heard).status).toBe('0');
    await eventually('the last request', () => asked.length === 3);
    cancelled.stream.cancel();
    await ended;
    expect(asked[0]!.rstCode).toBe(8);
    echo(asked[2]!, bodyOf(4));
    expect((await last.heard).status).toBe('0');
    const others = [cancelled.heard, neverBegun.heard, Promise.resolve('nothing')];
    expect(await Promise.race(others)).toBe('nothing');
    expect(client.session.streams).toBe(0);
  });

  test('goes on with its streams when the server takes no more', async () => {
    const asked: ServerHttp2Stream[] = [];
    using server = await serve((stream) => asked.push(stream));
    using client = open(server.port);
    const { heard } = client.send(bodyOf(1));
    await eventually('the request', () => asked.length === 1);
    const closed = once(client.socket, 'close');
    server.sessions[0]!.close();
    await eventually('the goodbye', () => client.isLeft);
    echo(asked[0]!, bodyOf(1));
    expect((await heard).status).toBe('0');
    await closed;
  });

  test('asks for pings and answers them', async () => {
    using server = await serve(echo);
    using client = open(server.port);
    await client.send(bodyOf(1)).heard;
    const pong = Promise.withResolvers<void>();
    client.session.ping(pong.resolve);
    await pong.promise;
    await new Promise<void>((resolve, reject) => {
      server.sessions[0]!.ping((error) => (error === null ? resolve() : reject(error)));
    });
  });
});

describe('a server that breaks the protocol loses the connection and is told why', () => {
  const one = Buffer.of(0, 0, 0, 1);
  const status = encodeHeaders([[':status', '200']]);
  test.each<[string, string, Buffer]>([
    ['a frame that is too large', 'a frame is too large', Buffer.of(0xff, 0, 0, 0, 0, 0, 0, 0, 1)],
    ['a push', 'a push', frame(frameType.pushPromise, 4, 1, Buffer.alloc(8))],
    ['half a setting', 'a setting has 6 bytes', frame(frameType.settings, 0, 0, Buffer.alloc(5))],
    ['a short ping', 'a ping has 8 bytes', frame(frameType.ping, 0, 0, Buffer.alloc(4))],
    ['a window of nothing', 'opened by nothing', frame(8, 0, 0, Buffer.alloc(4))],
    ['a window of half a number', 'a number has 4 bytes', frame(8, 0, 0, Buffer.alloc(2))],
    [
      'a window without bounds',
      'a window is too large',
      frame(8, 0, 0, Buffer.of(127, 255, 255, 255)),
    ],
    ['a continuation of nothing', 'a continuation of nothing', frame(9, 4, 1, status)],
    [
      'something else within a header block',
      'a header block is interrupted',
      Buffer.concat([frame(frameType.headers, 0, 1, status), frame(frameType.ping, 0, 0, one)]),
    ],
    ['headers from nowhere', 'there is no header', frame(frameType.headers, 4, 1, Buffer.of(0xff))],
    [
      'more padding than data',
      'more padding',
      frame(frameType.data, frameFlag.padded, 1, Buffer.of(9, 1)),
    ],
  ])('%s', async (_what, why, bytes) => {
    const goodbye = Promise.withResolvers<void>();
    using server = await serveBytes((socket) => {
      socket.once('data', () => socket.write(bytes));
      let heard = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => {
        heard = Buffer.concat([heard, chunk]);
        if (heard.includes(frame(frameType.goAway, 0, 0, Buffer.alloc(8)).subarray(0, 9))) {
          goodbye.resolve();
        }
      });
    });
    using client = open(server.port);
    const { failure } = await client.send(bodyOf(1)).heard;
    // The block that ends in the middle of a number is told in other words.
    expect(failure?.message).toMatch(new RegExp(`${why}|ends early`));
    await goodbye.promise;
    expect(client.isLeft).toBe(true);
  });

  test('an answer that ends without a status is none', async () => {
    using server = await serveBytes((socket) => {
      socket.once('data', () => {
        socket.write(frame(frameType.settings, 0, 0));
        socket.write(frame(frameType.headers, frameFlag.endHeaders, 1, status));
        socket.write(frame(frameType.data, frameFlag.endStream, 1, one));
      });
    });
    using client = open(server.port);
    const heard = await client.send(bodyOf(1)).heard;
    expect(heard.status).toBeUndefined();
    expect(heard.failure?.message).toContain('without a status');
  });

  test('a stream that is reset, and one that was never taken, hear of it', async () => {
    using server = await serveBytes((socket) => {
      socket.once('data', () => {
        socket.write(frame(frameType.settings, 0, 0));
        socket.write(frame(frameType.rstStream, 0, 1, Buffer.of(0, 0, 0, 2)));
        socket.write(frame(frameType.goAway, 0, 0, Buffer.alloc(8)));
      });
    });
    using client = open(server.port);
    const [reset, refused] = [client.send(bodyOf(1)).heard, client.send(bodyOf(1)).heard];
    expect((await reset).failure?.message).toContain('with code 2');
    expect((await refused).failure?.message).toContain('ends the connection');
  });
});
