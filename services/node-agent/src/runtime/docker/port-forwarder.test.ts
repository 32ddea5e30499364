/** The forwarder and its helper, as real processes; this test's own network stands for a pod's. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { createSystemClock } from '@drydock/process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPortForwarder } from './port-forwarder.ts';

/** Idle helpers go at once. */
const clock = createSystemClock(0.001);
const here = createPortForwarder({
  clock,
  enter: () => Promise.resolve({ command: 'env', args: [] }),
});

let server: Server;
let port: number;
const halves: string[] = [];

beforeAll(async () => {
  // Answers only once it was sent everything: the end must come through by itself.
  server = createServer({ allowHalfOpen: true }, (socket) => {
    let text = '';
    socket.on('data', (bytes: Buffer) => (text += bytes.toString()));
    socket.on('error', () => undefined);
    socket.on('end', () => {
      halves.push(text);
      socket.end(`got ${text.length}`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => server.close());

test('connections go through one helper, each with its own two ends', async () => {
  const talk = async (length: number) => {
    const connection = await here.connect('sandbox', port);
    await connection.write(Buffer.alloc(length, 97));
    connection.end();
    let answer = '';
    for await (const bytes of connection.input) answer += Buffer.from(bytes).toString();
    connection.close();
    return answer;
  };
  const answers = await Promise.all([talk(1), talk(1_000_000), talk(0)]);
  expect(answers).toEqual(['got 1', 'got 1000000', 'got 0']);
  expect(halves).toHaveLength(3);
  expect(await talk(5)).toBe('got 5');
});

test('a port that nobody listens on is named with the reason', async () => {
  await expect(here.connect('sandbox', 1)).rejects.toThrow(
    'failed to connect to localhost:1 inside the pod, IPv4: dial tcp4 127.0.0.1:1: connect: connection refused, IPv6: dial tcp6 [::1]:1: connect: ',
  );
});

test('a network that cannot be entered is told of, and tried anew', async () => {
  let tries = 0;
  const broken = createPortForwarder({
    clock,
    enter: () => {
      tries++;
      return Promise.resolve({ command: 'sh', args: ['-c', 'echo no such network >&2; exit 1'] });
    },
  });
  for (let count = 1; count <= 2; count++) {
    await expect(broken.connect('sandbox', 80)).rejects.toThrow(
      'cannot enter the network of the pod: no such network',
    );
    expect(tries).toBe(count);
  }
});
