/** Ports on the host's loopback: the usual ones when they are free, others when they are taken. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import type { PortName } from './state.ts';

/** etcd's are those of its own example of three members on one machine. */
export const usualPorts: Readonly<Record<PortName, number>> = {
  api: 6443,
  etcd1: 2379,
  etcd2: 22_379,
  etcd3: 32_379,
  demo: 30_080,
};

export interface PortWishes {
  /**
   * Kept without a look: a kubeconfig names them, and while the cluster runs it is this cluster itself
   * that holds them.
   */
  readonly kept?: Partial<Record<PortName, number>>;
  /** Preferred to the usual ones. */
  readonly wanted?: Partial<Record<PortName, number>>;
  /** Not to be taken even if nobody listens there now. */
  readonly reserved: ReadonlySet<number>;
}

export async function choosePorts(wishes: PortWishes): Promise<Record<PortName, number>> {
  const { kept = {}, wanted = {}, reserved } = wishes;
  const chosen: Partial<Record<PortName, number>> = {};
  const taken = new Set([...reserved, ...Object.values({ ...usualPorts, ...wanted })]);
  for (const name of Object.keys(usualPorts) as PortName[]) {
    const usual = wanted[name] ?? usualPorts[name];
    const isOurs = !reserved.has(usual) && (await isFree(usual));
    const port = kept[name] ?? (isOurs ? usual : await freePort(taken));
    chosen[name] = port;
    taken.add(port);
  }
  return chosen as Record<PortName, number>;
}

export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/**
 * Chosen below the ports that systems give to whoever asks for any (from 32768 on): one of those could
 * be a client's, or another part's, before the part that it is for has started. Node ports are above.
 */
const freePortMin = 10_240;
const freePortEnd = 30_000;

export async function freePort(reserved: ReadonlySet<number>): Promise<number> {
  for (;;) {
    const port = randomInt(freePortMin, freePortEnd);
    if (!reserved.has(port) && (await isFree(port))) return port;
  }
}

/** Of a local cluster's etcd. Members remember each other by these ports in their data: another one would cut a member off. */
export function isPeerPort(name: string): boolean {
  return name.endsWith('/peer');
}
