import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { choosePorts, freePort } from './ports.ts';

const nothing = new Set<number>();

test('a wanted port that is free is taken, and one that somebody listens on is not', async () => {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const taken = (listener.address() as AddressInfo).port;
  const free = await freePort(nothing);
  const ports = await choosePorts({ wanted: { api: taken, demo: free }, reserved: nothing });
  listener.close();
  expect(ports.api).not.toBe(taken);
  expect(ports.demo).toBe(free);
});

test('a port that another cluster remembers is not taken, though nobody listens there now', async () => {
  const remembered = await freePort(nothing);
  const ports = await choosePorts({
    wanted: { etcd1: remembered },
    reserved: new Set([remembered]),
  });
  expect(ports.etcd1).not.toBe(remembered);
});

test('a running cluster keeps its ports, whoever listens there', async () => {
  const kept = { api: 1, etcd1: 2, etcd2: 3, etcd3: 4, demo: 5 };
  expect(await choosePorts({ kept, reserved: nothing })).toEqual(kept);
});

test('ports chosen are below those that systems give to clients and to whoever asks for any', async () => {
  for (let count = 0; count < 20; count++) expect(await freePort(nothing)).toBeLessThan(32_768);
});
