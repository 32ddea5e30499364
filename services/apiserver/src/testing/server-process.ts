/** An apiserver as a process of its own: for what only a signal can do to it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestAuthority } from '@drydock/testing/certificates';
import { eventually } from '@drydock/testing/eventually';
import { freePort } from '@drydock/testing/ports';
import type { TestEtcd } from './etcd.ts';

const main = join(import.meta.dirname, '../main.ts');

export interface ServerProcess extends AsyncDisposable {
  /** Resolves with the exit code once it has ended, null when a signal ended it. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/** Resolves when it is ready. */
export async function startServerProcess(
  etcd: TestEtcd,
  { authority, securePort }: { readonly authority: TestAuthority; readonly securePort: number },
): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-apiserver-'));
  const files = await authority.issueFiles(folder, 'apiserver', { commonName: 'kube-apiserver' });
  const etcdFiles = { ca: etcd.tls.ca, cert: etcd.tls.cert, key: etcd.tls.key };
  for (const [name, bytes] of Object.entries(etcdFiles)) {
    writeFileSync(join(folder, `etcd.${name}`), bytes);
  }
  const healthPort = await freePort();
  const flags = {
    'bind-address': '127.0.0.1',
    'advertise-address': '127.0.0.1',
    'secure-port': securePort,
    'grpc-port': await freePort(),
    'health-port': healthPort,
    'etcd-servers': etcd.endpoints.map((endpoint) => `https://${endpoint}`).join(','),
    'etcd-cafile': join(folder, 'etcd.ca'),
    'etcd-certfile': join(folder, 'etcd.cert'),
    'etcd-keyfile': join(folder, 'etcd.key'),
    'tls-cert-file': files.certFile,
    'tls-private-key-file': files.keyFile,
    'client-ca-file': files.caFile,
    'disable-admission-plugins': 'ServiceAccount',
  };
  const words = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const child = spawn(process.execPath, [main, ...words], {
    stdio: process.env['SHOW_LOGS'] === undefined ? 'ignore' : 'inherit',
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  const stop: ServerProcess['stop'] = async (signal) => {
    if (!isOver()) child.kill(signal);
    const [code] = await ended;
    rmSync(folder, { recursive: true, force: true });
    return code;
  };
  const running: ServerProcess = {
    stop,
    [Symbol.asyncDispose]: async () => void (await stop('SIGKILL')),
  };
  try {
    const isReady = async () => {
      if (isOver()) throw new Error(`it ended with ${child.exitCode}`);
      return (await fetch(`http://127.0.0.1:${healthPort}/readyz`)).ok;
    };
    await eventually('the apiserver is ready', isReady, { timeoutMillis: 120_000 });
  } catch (error) {
    await stop('SIGKILL');
    throw error;
  }
  return running;
}
