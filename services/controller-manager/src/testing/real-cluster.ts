/**
 * Real processes on loopback for integration tests: one etcd member, one API server, any number of
 * controller managers, with certificates of their own; and a client with an administrator's rights.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiClient, type ApiClient } from '@drydock/client';
import { createSystemClock, createSystemRandom } from '@drydock/process';
import { createChannelSet } from '@drydock/rpc';
import { createTestAuthority } from '@drydock/testing/certificates';
import { eventually } from '@drydock/testing/eventually';
import { freePort } from '@drydock/testing/ports';

export interface ManagerProcess {
  readonly identity: string;
  readonly healthPort: number;
  send(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Resolves with the exit code, null when a signal ended it. */
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>;
}

export interface RealCluster extends AsyncDisposable {
  readonly api: ApiClient;
  /** Path of a kubeconfig with an administrator's rights. */
  readonly kubeconfig: string;
  startManager(identity: string): Promise<ManagerProcess>;
}

/** Timers run this much faster: a lease of 15 s expires after 3. */
const timeScale = 0.2;

const services = join(import.meta.dirname, '..', '..', '..');

function flagList(flags: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
}

export async function startRealCluster(): Promise<RealCluster> {
  const parts = new AsyncDisposableStack();
  try {
    return await start(parts);
  } catch (error) {
    await parts.disposeAsync();
    throw error;
  }
}

async function start(parts: AsyncDisposableStack): Promise<RealCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-controllers-'));
  parts.defer(() => rmSync(folder, { recursive: true, force: true }));
  const run = (service: string, flags: Record<string, string | number>): ChildProcess => {
    const main = join(services, service, 'src', 'main.ts');
    const child = spawn(process.execPath, [main, ...flagList(flags)], {
      stdio: ['ignore', process.env['SHOW_LOGS'] === undefined ? 'ignore' : 'inherit', 'inherit'],
    });
    parts.defer(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    });
    return child;
  };

  const [clientPort, peerPort, securePort, grpcPort, apiHealthPort] = await Promise.all(
    Array.from({ length: 5 }, freePort),
  );
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const clientUrl = `http://127.0.0.1:${clientPort}`;
  run('etcd', {
    name: 'one',
    'data-dir': join(folder, 'etcd'),
    'initial-cluster': `one=${peerUrl}`,
    'initial-advertise-peer-urls': peerUrl,
    'listen-peer-urls': peerUrl,
    'listen-client-urls': clientUrl,
    'advertise-client-urls': clientUrl,
  });

  const authority = await createTestAuthority();
  const certificate = (name: string, commonName: string, organizations: string[] = []) =>
    authority.issueFiles(folder, name, { commonName, organizations });
  const server = await certificate('apiserver', 'kube-apiserver');
  run('apiserver', {
    'bind-address': '127.0.0.1',
    'secure-port': securePort!,
    'grpc-port': grpcPort!,
    'etcd-servers': clientUrl,
    'tls-cert-file': server.certFile,
    'tls-private-key-file': server.keyFile,
    'client-ca-file': server.caFile,
    'health-port': apiHealthPort!,
    'time-scale': timeScale,
  });

  // By name: TLS names its server, and an address is no name.
  const endpoint = `localhost:${grpcPort}`;
  const powers = { clock: createSystemClock(timeScale), random: createSystemRandom() };
  const tls = await authority.issue({ commonName: 'admin', organizations: ['system:masters'] });
  const channels = parts.use(createChannelSet({ endpoints: [endpoint], tls, ...powers }));
  const api = createApiClient({ channels, ...powers });
  await eventually('the API server is ready', () => isReady(apiHealthPort!));

  const admin = await certificate('admin', 'admin', ['system:masters']);
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigOf(`https://localhost:${securePort}`, admin));

  const manager = await certificate('manager', 'system:kube-controller-manager');
  const startManager = async (identity: string): Promise<ManagerProcess> => {
    const healthPort = await freePort();
    const child = run('controller-manager', {
      apiservers: endpoint,
      'tls-cert-file': manager.certFile,
      'tls-private-key-file': manager.keyFile,
      'ca-file': manager.caFile,
      'root-ca-file': manager.caFile,
      'leader-elect-identity': identity,
      'health-port': healthPort,
      'time-scale': timeScale,
    });
    await eventually(`${identity} is ready`, () => isReady(healthPort));
    return {
      identity,
      healthPort,
      send: (signal) => void child.kill(signal),
      kill: async (signal) => {
        child.kill(signal);
        const [code] = (await once(child, 'exit')) as [number | null];
        return code;
      },
    };
  };

  return { api, kubeconfig, startManager, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

async function isReady(healthPort: number): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${healthPort}/readyz`)).ok;
}

/** JSON is YAML. */
function kubeconfigOf(
  server: string,
  files: { readonly certFile: string; readonly keyFile: string; readonly caFile: string },
): string {
  const user = { 'client-certificate': files.certFile, 'client-key': files.keyFile };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': files.caFile } }],
    users: [{ name: 'admin', user }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  });
}
