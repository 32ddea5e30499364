/** The balancer between real sockets on loopback. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { silentLogger } from '@drydock/ports';
import { createSystemClock } from '@drydock/process';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createBalancer, type Balancer, type BalancerOptions } from './balancer.ts';

const clock = createSystemClock(0.1);
let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

interface TestBackend {
  readonly address: string;
  readonly sockets: Set<Socket>;
  stop(): Promise<void>;
}

async function listen(serve: (socket: Socket) => void, port = 0): Promise<TestBackend> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    serve(socket);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    if (!server.listening) return;
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  stack.defer(stop);
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, sockets, stop };
}

const greet = (name: string) => (socket: Socket) => void socket.end(name);

async function balance(
  backends: readonly string[],
  options: Partial<BalancerOptions> = {},
): Promise<Balancer> {
  return stack.use(
    await createBalancer(
      { listen: { host: '127.0.0.1', port: 0 }, backends, check: 'tcp', ...options },
      { clock, log: silentLogger },
    ),
  );
}

const ask = async (port: number) => text(connect({ host: '127.0.0.1', port }));
const unusedAddress = async () => {
  const backend = await listen(() => undefined);
  await backend.stop();
  return backend.address;
};

describe('where a connection goes', () => {
  test('backends take turns', async () => {
    const one = await listen(greet('one'));
    const two = await listen(greet('two'));
    const { port } = await balance([one.address, two.address]);
    const answers = [await ask(port), await ask(port), await ask(port), await ask(port)];
    expect(answers.toSorted()).toEqual(['one', 'one', 'two', 'two']);
  });

  test('a refused connection goes to the next backend, before any check has noticed', async () => {
    const live = await listen(greet('live'));
    const { port } = await balance([await unusedAddress(), live.address], {
      checkInterval: 1_000_000,
    });
    for (let count = 0; count < 6; count++) expect(await ask(port)).toBe('live');
  });

  test('with no backend left the connection is closed, and a backend that returns is used', async () => {
    const address = await unusedAddress();
    const balancer = await balance([address], { checkInterval: 100 });
    expect(await ask(balancer.port)).toBe('');
    await vi.waitFor(() => expect(balancer.backends()[0]!.healthy).toBe(false));
    await listen(greet('back'), Number(address.split(':')[1]));
    await vi.waitFor(() => expect(balancer.backends()[0]!.healthy).toBe(true));
    expect(await ask(balancer.port)).toBe('back');
  });

  test('above its bound a connection is closed at once', async () => {
    const backend = await listen(() => undefined);
    const balancer = await balance([backend.address], { connectionsMax: 1 });
    const first = connect({ host: '127.0.0.1', port: balancer.port });
    await vi.waitFor(() => expect(balancer.backends()[0]!.connections).toBe(1));
    expect(await ask(balancer.port)).toBe('');
    expect(first.destroyed).toBe(false);
    first.destroy();
  });
});

describe('what passes through', () => {
  test('an end of one direction leaves the other open', async () => {
    const backend = await listen((socket) => {
      let bytes = 0;
      socket.on('data', (chunk) => (bytes += chunk.length));
      socket.on('end', () => socket.end(`got ${bytes} bytes`));
    });
    const { port } = await balance([backend.address]);
    const client = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    const payload = Buffer.alloc(4 << 20, 'x');
    client.end(payload);
    expect(await text(client)).toBe(`got ${payload.length} bytes`);
  });

  test('a large answer arrives whole although the backend closes at once', async () => {
    const body = 'y'.repeat(8 << 20);
    const backend = await listen((socket) => void socket.end(body));
    const { port } = await balance([backend.address]);
    expect((await ask(port)).length).toBe(body.length);
  });

  test('the death of a backend ends its connections', async () => {
    const backend = await listen((socket) => void socket.write('hello'));
    const { port } = await balance([backend.address]);
    const client = connect({ host: '127.0.0.1', port });
    await once(client, 'data');
    const closed = once(client, 'close');
    client.on('error', () => undefined);
    for (const socket of backend.sockets) socket.resetAndDestroy();
    await closed;
  });
});

test('a process that accepts but never answers a handshake loses its connections', async () => {
  const stuck = await listen(() => undefined);
  const balancer = await balance([stuck.address], { check: 'tls', connectTimeout: 500 });
  const client = connect({ host: '127.0.0.1', port: balancer.port });
  client.on('error', () => undefined);
  await once(client, 'close');
  expect(balancer.backends()[0]).toMatchObject({ healthy: false });
});
