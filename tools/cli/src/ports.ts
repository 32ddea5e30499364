/** Ports on the host's loopback: the usual ones when they are free, others when they are taken. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { PortName } from './state.ts';

/** etcd's are those of its own example of three members on one machine. */
export const usualPorts: Readonly<Record<PortName, number>> = {
  api: 6443,
  etcd1: 2379,
  etcd2: 22_379,
  etcd3: 32_379,
  demo: 30_080,
};

/**
 * A port that was chosen before is kept: a kubeconfig names it, and while the cluster runs it is
 * this cluster itself that holds it.
 */
export async function choosePorts(
  remembered: Partial<Record<PortName, number>>,
  wanted: Partial<Record<PortName, number>>,
): Promise<Record<PortName, number>> {
  const chosen: Partial<Record<PortName, number>> = {};
  for (const name of Object.keys(usualPorts) as PortName[]) {
    const usual = wanted[name] ?? usualPorts[name];
    chosen[name] = remembered[name] ?? ((await isFree(usual)) ? usual : await freePort());
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

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
