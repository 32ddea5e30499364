/** Calls that wait when their client goes away or their deadline passes. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Logger } from '@drydock/ports';
import { eventually } from '@drydock/testing/eventually';
import { call, frame, openRaw, uint32 } from '../testing/http2-client.ts';
import { createGrpcServer } from './grpc-server.ts';
import type { Answer } from './grpc.ts';

const ignore = () => undefined;
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore } as unknown as Logger;
const refusedStream = 7;

/** A server of one method, whose calls wait until the test lets them go. */
async function serveWaiting() {
  const waiting: ((answer: Answer) => void)[] = [];
  const grpc = createGrpcServer({
    services: [
      {
        unary: {
          '/test.Test/Wait': () => new Promise<Answer>((resolve) => void waiting.push(resolve)),
        },
        streams: {},
      },
    ],
    messageBytesMax: 1_000,
    plain: () => Promise.resolve({ status: 404, headers: {}, body: '' }),
    limits: { streamsMax: 10_000, keepAlive: { minInterval: 0, interval: 0, timeout: 0 } },
    log,
  });
  const server = createServer((socket) => grpc.accept(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    waiting,
    [Symbol.dispose]: () => {
      grpc[Symbol.dispose]();
      server.close();
    },
  };
}

const body = Buffer.from('x');
const wait = (stream: number, timeout?: string) =>
  call(stream, '/test.Test/Wait', body, timeout === undefined ? [] : [['grpc-timeout', timeout]]);

describe('a unary call that waits', () => {
  it('is answered DEADLINE_EXCEEDED at its deadline, and its late answer is dropped', async () => {
    using server = await serveWaiting();
    using raw = openRaw(server.port);
    await raw.write(wait(1, '30m'), wait(3));
    expect(await raw.status(1)).toBe('4 context deadline exceeded');
    for (const answer of server.waiting) answer(Buffer.from('late'));
    expect(await raw.status(3)).toBe('0');
    expect(raw.frames.filter((one) => one.type === 0).map((one) => one.stream)).toEqual([3]);
  });

  it('counts as a stream after its client cancelled it, until its handler is done', async () => {
    using server = await serveWaiting();
    using raw = openRaw(server.port);
    const count = 10_000;
    const batch = 500;
    for (let first = 0; first < count; first += batch) {
      const ids = Array.from({ length: batch }, (_, at) => 1 + 2 * (first + at));
      await raw.write(...ids.map((id) => wait(id)));
    }
    await eventually('all calls wait', () => server.waiting.length === count);
    const cancels = Array.from({ length: count }, (_, at) =>
      frame('reset', 0, 1 + 2 * at, uint32(8)),
    );
    await raw.write(...cancels);
    const next = 1 + 2 * count;
    await raw.write(wait(next));
    expect(await raw.reset(next)).toBe(refusedStream);
    for (const answer of server.waiting.splice(0)) answer(Buffer.from('late'));
    await raw.write(wait(next + 2));
    await eventually('the next one is let in', () => server.waiting.length === 1);
    server.waiting[0]!(body);
    expect(await raw.status(next + 2)).toBe('0');
    expect(raw.frames.filter((one) => one.type === 0)).toHaveLength(1);
  });
});
