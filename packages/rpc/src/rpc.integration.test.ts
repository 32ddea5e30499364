import { Metadata, type ServiceDefinition } from '@grpc/grpc-js';
import { silentLogger } from '@drydock/ports';
import { createSystemClock, createSystemRandom } from '@drydock/process';
import { objectApi, type ApiObject, type GetRequest, type WatchEvent } from '@drydock/proto/api';
import { createTestAuthority, type TestAuthority } from '@drydock/testing/certificates';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import { createChannelSet, type ChannelSetOptions } from './channel.ts';
import {
  createRpcServer,
  duplexStream,
  serverStream,
  unary,
  type CallContext,
  type RpcServer,
} from './server.ts';
import { RpcError, StatusCode, toRpcError } from './status.ts';
import type { TlsMaterial } from './tls.ts';

const clock = createSystemClock();
const random = createSystemRandom();
const notImplemented = () => undefined;

let authority: TestAuthority;
let serverTls: TlsMaterial;
let clientTls: TlsMaterial;

beforeAll(async () => {
  authority = await createTestAuthority();
  serverTls = await authority.issue({ commonName: 'apiserver' });
  clientTls = await authority.issue({
    commonName: 'system:node:n1',
    organizations: ['system:nodes'],
  });
});

interface Handlers {
  get?: (request: GetRequest, context: CallContext) => Promise<ApiObject>;
  watch?: (send: (event: WatchEvent) => Promise<void>, context: CallContext) => Promise<void>;
}

function serve(handlers: Handlers, port = 0, host = '127.0.0.1'): Promise<RpcServer> {
  return createRpcServer({ host, port, tls: serverTls, log: silentLogger, clock }, [
    {
      definition: objectApi,
      handlers: {
        Get: unary(silentLogger, handlers.get ?? (() => Promise.reject(new Error('a bug')))),
        Watch: serverStream(silentLogger, (_request, send, context) =>
          handlers.watch!(send as (event: WatchEvent) => Promise<void>, context),
        ),
        List: notImplemented,
        Create: notImplemented,
        Update: notImplemented,
        Patch: notImplemented,
        Delete: notImplemented,
      },
    },
  ]);
}

const channelsTo = (ports: number[], options: Partial<ChannelSetOptions> = {}) =>
  createChannelSet({
    endpoints: ports.map((port) => `localhost:${port}`),
    tls: clientTls,
    clock,
    random: { ...random, between: (low) => low },
    ...options,
  });

const get = { minimumResourceVersion: 7 };
const objectWith = (resourceVersion: number): ApiObject => ({
  json: Buffer.from('{}'),
  resourceVersion,
});

describe('a server with mutual TLS', () => {
  test('sees the caller as its certificate names it', async () => {
    let seen: CallContext['identity'];
    await using server = await serve({
      get: async (request, context) => {
        seen = context.identity;
        return objectWith(request.minimumResourceVersion);
      },
    });
    using channels = channelsTo([server.port]);
    expect((await channels.unary(objectApi.Get, get)).resourceVersion).toBe(7);
    expect(seen).toEqual({ user: 'system:node:n1', groups: ['system:nodes'] });
  });

  test('is called by address when its certificate has the address, and not otherwise', async () => {
    await using server = await serve({ get: async () => objectWith(1) }, 0, '0.0.0.0');
    using byAddress = channelsTo([], { endpoints: [`127.0.0.1:${server.port}`] });
    expect((await byAddress.unary(objectApi.Get, get)).resourceVersion).toBe(1);
    using byAnother = channelsTo([], { endpoints: [`127.0.0.2:${server.port}`] });
    await expect(byAnother.unary(objectApi.Get, get)).rejects.toMatchObject({
      code: StatusCode.UNAVAILABLE,
    });
  });

  test('refuses a caller whose certificate another authority signed', async () => {
    await using server = await serve({ get: async () => objectWith(1) });
    const stranger = await (await createTestAuthority('stranger')).issue({ commonName: 'admin' });
    using channels = channelsTo([server.port], { tls: { ...stranger, ca: authority.ca } });
    await expect(channels.unary(objectApi.Get, get)).rejects.toMatchObject({
      code: StatusCode.UNAVAILABLE,
    });
  });

  test('says nothing to a caller without a certificate', async () => {
    await using server = await serve({ get: async () => objectWith(1) });
    const received = await new Promise<number>((resolve) => {
      let bytes = 0;
      const socket = connectTls({
        port: server.port,
        host: '127.0.0.1',
        servername: 'localhost',
        ca: authority.ca,
        ALPNProtocols: ['h2'],
      });
      socket.on('data', (chunk) => (bytes += chunk.length));
      socket.on('error', () => undefined).on('close', () => resolve(bytes));
    });
    expect(received).toBe(0);
  });

  test('outlives bytes that are neither TLS nor HTTP/2', async () => {
    await using server = await serve({ get: async () => objectWith(1) });
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.end('\0\xff garbage\r\n\r\n'));
      socket.on('close', () => resolve()).on('error', () => resolve());
      socket.resume();
    });
    using channels = channelsTo([server.port]);
    expect((await channels.unary(objectApi.Get, get)).resourceVersion).toBe(1);
  });
});

describe('failures', () => {
  test('an RpcError arrives with its code, text and trailers', async () => {
    const trailers = new Metadata();
    trailers.set('drydock-status-bin', Buffer.from('{"code":404}'));
    await using server = await serve({
      get: () =>
        Promise.reject(new RpcError(StatusCode.NOT_FOUND, 'pods "x" not found', { trailers })),
    });
    using channels = channelsTo([server.port]);
    const error = await channels.unary(objectApi.Get, get).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: StatusCode.NOT_FOUND, message: 'pods "x" not found' });
    const status = (error as RpcError).trailers?.get('drydock-status-bin')[0];
    expect(status?.toString()).toBe('{"code":404}');
  });

  test('a bug in a handler shows neither its text nor its stack', async () => {
    await using server = await serve({});
    using channels = channelsTo([server.port]);
    await expect(channels.unary(objectApi.Get, get)).rejects.toMatchObject({
      code: StatusCode.INTERNAL,
      message: expect.not.stringContaining('a bug') as string,
    });
  });

  test('a call that gets no answer ends at its deadline, naming the server and the method', async () => {
    let ended: Promise<void> | undefined;
    await using server = await serve({
      get: (_request, { signal }) => {
        ended = new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
        return ended.then(() => objectWith(0));
      },
    });
    using channels = channelsTo([server.port]);
    const call = channels.unary(objectApi.Get, get, { timeoutMillis: 50 });
    await expect(call).rejects.toMatchObject({
      code: StatusCode.DEADLINE_EXCEEDED,
      message: expect.stringMatching(/localhost.*\/Get within 50 ms/) as string,
    });
    await ended;
  });
});

describe('a call both ways', () => {
  const definition = {
    Get: { ...objectApi.Get, requestStream: true, responseStream: true },
  } as unknown as ServiceDefinition;
  const serveTalk = (handler: ReturnType<typeof duplexStream<GetRequest, ApiObject>>) =>
    createRpcServer({ host: '127.0.0.1', port: 0, tls: serverTls, log: silentLogger, clock }, [
      { definition, handlers: { Get: handler } },
    ]);

  test('the end of the requests is told to the handler, whose responses go on', async () => {
    const talk = duplexStream<GetRequest, ApiObject>(silentLogger, async (requests, send) => {
      let count = 0;
      while ((await requests.next()).done !== true) count++;
      await send(objectWith(count));
    });
    await using server = await serveTalk(talk);
    using channels = channelsTo([server.port]);
    const stream = channels.duplex<object, ApiObject>(objectApi.Get);
    stream.write(get);
    stream.write(get);
    stream.end();
    const answers: number[] = [];
    for await (const answer of stream) answers.push((answer as ApiObject).resourceVersion);
    expect(answers).toEqual([2]);
  });

  test('a handler that does not read holds its client back, and hears of its end', async () => {
    const begun = Promise.withResolvers<void>();
    const cancelled = Promise.withResolvers<void>();
    const talk = duplexStream<GetRequest, ApiObject>(
      silentLogger,
      (_requests, _send, { signal }) => {
        begun.resolve();
        signal.addEventListener('abort', () => cancelled.resolve());
        return cancelled.promise;
      },
    );
    await using server = await serveTalk(talk);
    using channels = channelsTo([server.port]);
    const stream = channels.duplex<object, ApiObject>(objectApi.Get);
    stream.on('error', () => undefined);
    const large = { ...get, reference: { name: 'x'.repeat(1_000_000) } };
    let taken = 0;
    for (let count = 0; count < 30; count++) stream.write(large, () => taken++);
    await begun.promise;
    let before = -1;
    while (taken !== before) {
      before = taken;
      await clock.sleep(100);
    }
    expect(taken).toBeLessThan(10);
    stream.cancel();
    await cancelled.promise;
  });
});

describe('a set of endpoints', () => {
  test('moves on when one is gone, and its caller decides to repeat', async () => {
    const first = await serve({ get: async () => objectWith(1) });
    await using second = await serve({ get: async () => objectWith(2) });
    using channels = channelsTo([first.port, second.port]);
    expect((await channels.unary(objectApi.Get, get)).resourceVersion).toBe(1);
    await first[Symbol.asyncDispose]();
    await expect(channels.unary(objectApi.Get, get)).rejects.toMatchObject({
      code: StatusCode.UNAVAILABLE,
    });
    expect((await channels.unary(objectApi.Get, get)).resourceVersion).toBe(2);
  });

  test('gives up an address that never answers, and finds a server there later', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const dialled = once(silent, 'connection') as Promise<[Socket]>;
    await using second = await serve({ get: async () => objectWith(2) });
    using channels = channelsTo([port, second.port], { connectTimeoutMillis: 300 });
    const stream = channels.serverStream(objectApi.Watch, {});
    const [error] = (await once(stream, 'error')) as [Error];
    expect(toRpcError(error)).toMatchObject({ code: StatusCode.UNAVAILABLE });
    expect((await channels.unary(objectApi.Get, get)).resourceVersion).toBe(2);
    const [socket] = await dialled;
    silent.close();
    socket.destroy();
    await once(silent, 'close');
    await using _first = await serve({ get: async () => objectWith(1) }, port);
    channels.moveOn();
    expect((await channels.unary(objectApi.Get, get)).resourceVersion).toBe(1);
  });

  test('a slow reader holds back its own stream, not the server', async () => {
    let sent = 0;
    const json = Buffer.alloc(64 * 1024);
    await using server = await serve({
      get: async () => objectWith(1),
      watch: async (send, { signal }) => {
        while (!signal.aborted) {
          await send({ type: 'ADDED', json, resourceVersion: sent });
          sent++;
        }
      },
    });
    using channels = channelsTo([server.port], { flowControlWindowBytes: 256 * 1024 });
    const abort = new AbortController();
    const stream = channels.serverStream(objectApi.Watch, {}, { signal: abort.signal });
    stream.on('error', () => undefined);
    await new Promise((resolve) => stream.once('readable', resolve));
    let before = -1;
    while (sent !== before) {
      before = sent;
      await clock.sleep(50);
    }
    expect(sent).toBeLessThan(200);
    expect((await channels.unary(objectApi.Get, get)).resourceVersion).toBe(1);
    abort.abort();
  });
});
