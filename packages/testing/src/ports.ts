/**
 * Ports of loopback for processes that a test starts.
 *
 * They are chosen below those that the system gives to whoever asks for any (from 32768 on, see
 * ip_local_port_range): one of those could become the near end of somebody's connection between
 * this choice and the start of the server, even of a connection that a member makes to itself
 * while it looks for a peer that is not there yet.
 */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

const portMin = 10_240;
/** Node ports are above. */
const portEnd = 30_000;
const given = new Set<number>();

/** A port on which nobody listens, and that no other test of this process was given. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(portMin, portEnd);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
}

/** So many of them. */
export async function freePorts(count: number): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, freePort));
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
  server.close();
  await once(server, 'close');
  return true;
}
