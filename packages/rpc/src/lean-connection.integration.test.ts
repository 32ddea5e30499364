import { once } from 'node:events';
import { createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { silentLogger } from '@drydock/ports';
import { createSystemClock, createSystemRandom } from '@drydock/process';
import { objectApi, type ApiObject, type GetRequest } from '@drydock/proto/api';
import { createTestAuthority } from '@drydock/testing/certificates';
import { createManualClock } from '@drydock/testing/manual-clock';
import { eventually } from '@drydock/testing/eventually';
import { beforeAll, describe, expect, test } from 'vitest';
import { createChannelSet, type ChannelSet } from './channel.ts';
import { createRpcServer, unary, type CallContext, type RpcServer } from './server.ts';
import { RpcError, StatusCode } from './status.ts';
import type { TlsMaterial } from './tls.ts';
import { LeanConnection } from './lean-connection.ts';

const clock = createSystemClock();
const random = { ...createSystemRandom(), between: (low: number) => low };
const get = { minimumResourceVersion: 7 };
const notImplemented = () => undefined;

let serverTls: TlsMaterial;
let clientTls: TlsMaterial;

beforeAll(async () => {
  const authority = await createTestAuthority();
  serverTls = await authority.issue({ commonName: 'apiserver' });
  clientTls = await authority.issue({ commonName: 'someone' });
});

const objectWith = (resourceVersion: number, json = Buffer.from('{}')): ApiObject => ({
  json,
  resourceVersion,
});

type Handler = (request: GetRequest, context: CallContext) => Promise<ApiObject>;

function serve(handler: Handler, port = 0): Promise<RpcServer> {
  return createRpcServer({ host: '127.0.0.1', port, tls: serverTls, log: silentLogger, clock }, [
    {
      definition: objectApi,
      handlers: {
        Get: unary(silentLogger, handler),
        Watch: notImplemented,
        List: notImplemented,
        Create: notImplemented,
        Update: notImplemented,
        Patch: notImplemented,
        Delete: notImplemented,
      },
    },
  ]);
}

const channelsTo = (...ports: number[]): ChannelSet =>
  createChannelSet({
    endpoints: ports.map((port) => `localhost:${port}`),
    tls: clientTls,
    clock,
    random,
    connectTimeoutMillis: 300,
    isLean: true,
  });

/** A server of plain HTTP/2 that answers as told. */
async function serveHttp2(answer: (stream: ServerHttp2Stream) => void) {
  const server = createHttp2Server({});
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('stream', answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `localhost:${port}`,
    [Symbol.dispose]: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

const plain = (endpoint: string) =>
  new LeanConnection({
    endpoint,
    tls: undefined,
    clock,
    connectTimeoutMillis: 300,
    windowBytes: 1024 * 1024,
  });

describe('a unary call past grpc-js', () => {
  test('is answered, many at a time, whatever the size', async () => {
    await using server = await serve(async ({ minimumResourceVersion }, { identity }) => {
      expect(identity?.user).toBe('someone');
      const bytes = minimumResourceVersion % 100 === 0 ? 300_000 : 10;
      return objectWith(minimumResourceVersion, Buffer.alloc(bytes, 'x'));
    });
    using channels = channelsTo(server.port);
    const numbers = Array.from({ length: 500 }, (_, index) => index);
    const answers = await Promise.all(
      numbers.map((minimumResourceVersion) =>
        channels.unary(objectApi.Get, { minimumResourceVersion }),
      ),
    );
    expect(answers.map(({ resourceVersion }) => resourceVersion)).toEqual(numbers);
    expect(answers[100]!.json.length).toBe(300_000);
    const reference = { name: 'x'.repeat(2_000_000) };
    const large = { ...get, reference } as unknown as GetRequest;
    expect((await channels.unary(objectApi.Get, large)).resourceVersion).toBe(7);
  });

  test('fails with the status of its server, in any script', async () => {
    await using server = await serve(() =>
      Promise.reject(new RpcError(StatusCode.NOT_FOUND, 'pods "größe" 100% not found')),
    );
    using channels = channelsTo(server.port);
    await expect(channels.unary(objectApi.Get, get)).rejects.toMatchObject({
      code: StatusCode.NOT_FOUND,
      message: 'pods "größe" 100% not found',
    });
  });

  test('ends at its deadline or when its caller gives up; the server hears of both', async () => {
    const ends: Promise<void>[] = [];
    await using server = await serve((_request, { signal }) => {
      const ended = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve());
      });
      ends.push(ended);
      return ended.then(() => objectWith(0));
    });
    using channels = channelsTo(server.port);
    const late = channels.unary(objectApi.Get, get, { timeoutMillis: 50 });
    await expect(late).rejects.toMatchObject({
      code: StatusCode.DEADLINE_EXCEEDED,
      message: expect.stringMatching(/localhost.*\/Get within 50 ms/) as string,
    });
    const abort = new AbortController();
    const given = channels.unary(objectApi.Get, get, { signal: abort.signal });
    await eventually('the second call', () => ends.length === 2);
    abort.abort();
    await expect(given).rejects.toMatchObject({ code: StatusCode.CANCELLED });
    await Promise.all(ends);
  });

  test('moves on from a server that goes, and finds another one at its address', async () => {
    const first = await serve(async () => objectWith(1));
    await using second = await serve(async () => objectWith(2));
    using channels = channelsTo(first.port, second.port);
    expect((await channels.unary(objectApi.Get, get)).resourceVersion).toBe(1);
    await first[Symbol.asyncDispose]();
    await expect(channels.unary(objectApi.Get, get)).rejects.toMatchObject({
      code: StatusCode.UNAVAILABLE,
    });
    expect((await channels.unary(objectApi.Get, get)).resourceVersion).toBe(2);
    await using _again = await serve(async () => objectWith(3), first.port);
    channels.moveOn();
    expect((await channels.unary(objectApi.Get, get)).resourceVersion).toBe(3);
  });

  test('gives up an address that takes connections and says nothing', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const dialled = once(silent, 'connection') as Promise<[Socket]>;
    using channels = channelsTo((silent.address() as AddressInfo).port);
    await expect(channels.unary(objectApi.Get, get)).rejects.toMatchObject({
      code: StatusCode.UNAVAILABLE,
      message: expect.stringContaining('no connection within 300 ms') as string,
    });
    const [socket] = await dialled;
    socket.destroy();
    silent.close();
  });

  test('fails when its connection breaks within it', async () => {
    using server = await serveHttp2((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
      stream.write(Buffer.of(0, 0, 0));
      stream.session!.destroy();
    });
    using connection = plain(server.endpoint);
    await expect(connection.call(objectApi.Get, get).response).rejects.toMatchObject({
      code: StatusCode.UNAVAILABLE,
    });
  });

  test('what is no gRPC answer, or half of one, is no answer', async () => {
    const answers: ((stream: ServerHttp2Stream) => void)[] = [
      (stream) => {
        stream.respond({ ':status': 503 });
        stream.end('overloaded');
      },
      (stream) => {
        stream.respond({ ':status': 200 }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.end(Buffer.of(0, 0, 0, 0, 9, 1));
      },
    ];
    using server = await serveHttp2((stream) => answers.shift()!(stream));
    using connection = plain(server.endpoint);
    await expect(connection.call(objectApi.Get, get).response).rejects.toMatchObject({
      code: StatusCode.UNKNOWN,
      message: `${server.endpoint} answered with HTTP status 503`,
    });
    await expect(connection.call(objectApi.Get, get).response).rejects.toMatchObject({
      code: StatusCode.INTERNAL,
    });
  });

  test('a server that answers no pings is left by those who wait for it', async () => {
    const begun = Promise.withResolvers<void>();
    using server = await serveHttp2(() => begun.resolve());
    await using relay = await createRelay(Number(server.endpoint.split(':')[1]));
    const manual = createManualClock();
    using connection = new LeanConnection({
      endpoint: relay.endpoint,
      tls: undefined,
      clock: manual,
      connectTimeoutMillis: 300,
      windowBytes: 1024 * 1024,
    });
    const { response } = connection.call(objectApi.Get, get);
    const failed = expect(response).rejects.toMatchObject({
      code: StatusCode.UNAVAILABLE,
      message: expect.stringContaining('no answer to a ping') as string,
    });
    await begun.promise;
    relay.cut();
    await manual.advance(15_000);
    await failed;
  });
});

/** In front of a server; once it is cut, nothing passes and nobody is told. */
async function createRelay(port: number) {
  const sockets: Socket[] = [];
  const relay = createServer((client) => {
    const upstream = connect({ host: 'localhost', port });
    sockets.push(client, upstream);
    client.pipe(upstream);
    upstream.pipe(client);
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  return {
    endpoint: `localhost:${(relay.address() as AddressInfo).port}`,
    cut: () => {
      for (const socket of sockets) socket.unpipe().resume();
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      relay.close();
      await once(relay, 'close');
    },
  };
}
