/** Whether a backend is alive: it accepts a connection and, for `tls`, answers the handshake. */
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock, Millis } from '@drydock/ports';

export type CheckKind = 'tcp' | 'tls';

export async function isHealthy(
  backend: { readonly host: string; readonly port: number },
  kind: CheckKind,
  timeout: Millis,
  clock: Clock,
): Promise<boolean> {
  return new Promise((resolve) => {
    const target = { host: backend.host, port: backend.port };
    // Nothing is sent or trusted over this connection: only that the process answers matters.
    const socket =
      kind === 'tls' ? connectTls({ ...target, rejectUnauthorized: false }) : connectTcp(target);
    const settle = (healthy: boolean) => {
      timer.cancel();
      socket.destroy();
      resolve(healthy);
    };
    const timer = clock.setTimer(timeout, () => settle(false));
    socket.on('error', () => settle(false));
    socket.once(kind === 'tls' ? 'secureConnect' : 'connect', () => settle(true));
  });
}
