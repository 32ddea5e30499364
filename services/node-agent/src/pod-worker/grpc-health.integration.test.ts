import { createServer } from 'node:net';
import { once } from 'node:events';
import { Server, ServerCredentials, status, type sendUnaryData } from '@grpc/grpc-js';
import { createSystemClock } from '@drydock/process';
import { freePort } from '@drydock/testing/ports';
import { expect, it } from 'vitest';
import { askHealth } from './grpc-health.ts';

const clock = createSystemClock();
const host = '127.0.0.1';
const ask = (port: number, service: string, timeoutMillis = 10_000) =>
  askHealth(clock, { host, port, service }, timeoutMillis);

/** A server whose services are as well as `health` says; of others it has not heard. */
async function serve(health: Readonly<Record<string, number>>): Promise<[number, Server]> {
  const server = new Server();
  const identity = (bytes: Buffer) => bytes;
  const definition = {
    Check: {
      path: '/grpc.health.v1.Health/Check',
      requestStream: false,
      responseStream: false,
      requestSerialize: identity,
      requestDeserialize: (bytes: Buffer) => ({ service: bytes.subarray(2).toString() }),
      responseSerialize: (value: { status: number }) =>
        Buffer.from(value.status === 0 ? [] : [0x08, value.status]),
      responseDeserialize: identity,
    },
  };
  server.addService(definition, {
    Check: (
      { request }: { request: { service: string } },
      answer: sendUnaryData<{ status: number }>,
    ) => {
      const found = health[request.service];
      if (found === undefined) answer({ code: status.NOT_FOUND, details: 'unknown service' });
      else answer(null, { status: found });
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:0`, ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return [port, server];
}

it('says what the health service answers, in the words of upstream', async () => {
  const [port, server] = await serve({ '': 1, sick: 2, unsure: 0 });
  try {
    expect(await ask(port, '')).toEqual({ isHealthy: true, output: 'service healthy' });
    expect(await ask(port, 'sick')).toEqual({
      isHealthy: false,
      output: 'service unhealthy (responded with "NOT_SERVING")',
    });
    expect((await ask(port, 'unsure')).output).toBe('service unhealthy (responded with "UNKNOWN")');
    expect((await ask(port, 'nobody')).output).toBe(
      'error: health rpc probe failed: rpc error: code = NotFound desc = unknown service',
    );
  } finally {
    server.forceShutdown();
  }
});

it('tells a server without a health service', async () => {
  const server = new Server();
  const port = await new Promise<number>((resolve) => {
    server.bindAsync(`${host}:0`, ServerCredentials.createInsecure(), (_, bound) => resolve(bound));
  });
  try {
    expect((await ask(port, '')).output).toMatch(
      /^error: this server does not implement the grpc health protocol \(grpc\.health\.v1\.Health\): /,
    );
  } finally {
    server.forceShutdown();
  }
});

it('waits no longer than it was told, for a server that is not there or says nothing', async () => {
  const absent = await freePort();
  expect(await ask(absent, '', 300)).toEqual({
    isHealthy: false,
    output: `timeout: failed to connect service "127.0.0.1:${absent}" within 300ms: context deadline exceeded`,
  });
  const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, host);
  await once(silent, 'listening');
  const { port } = silent.address() as { port: number };
  expect((await ask(port, '', 300)).output).toMatch(/^timeout: /);
  silent.close();
});
