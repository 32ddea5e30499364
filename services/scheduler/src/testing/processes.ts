/** The real processes around a scheduler: etcd, API servers, schedulers, on loopback. */
import { createApiClient, type ApiClient } from '@drydock/client';
import { createSystemClock, createSystemRandom } from '@drydock/process';
import { createChannelSet, readTls, type TlsFiles } from '@drydock/rpc';
import { createTestAuthority } from '@drydock/testing/certificates';
import { eventually } from '@drydock/testing/eventually';
import { freePort } from '@drydock/testing/ports';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RunningProcess {
  readonly name: string;
  readonly healthPort: number;
  /** SIGKILL, and wait for the end. */
  kill(): Promise<void>;
  /** SIGSTOP: alive, connected, silent. */
  pause(): void;
  resume(): void;
  /** Its last lines, for the reader of a failed test. */
  readonly output: string;
}

export interface Processes extends AsyncDisposable {
  readonly api: ApiClient;
  readonly etcdPort: number;
  startApiserver(grpcPort: number): Promise<RunningProcess>;
  startScheduler(name: string): Promise<RunningProcess>;
  readonly apiservers: readonly RunningProcess[];
}

const services = join(import.meta.dirname, '..', '..', '..');

async function start(
  name: string,
  component: string,
  flags: Record<string, string | number>,
  path = '/readyz',
): Promise<RunningProcess> {
  const healthPort = await freePort();
  const main = join(services, component, 'src', 'main.ts');
  const given = Object.entries({ ...flags, 'health-port': healthPort });
  const child: ChildProcess = spawn(
    process.execPath,
    [main, ...given.map(([flag, value]) => `--${flag}=${value}`)],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  const keep = (chunk: Buffer) => void (output = (output + chunk.toString()).slice(-20_000));
  child.stdout!.on('data', keep);
  child.stderr!.on('data', keep);
  const ended = once(child, 'exit');
  const running: RunningProcess = {
    name,
    healthPort,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    get output() {
      return output;
    },
  };
  try {
    await eventually(`${name} is ready`, async () => {
      if (child.exitCode !== null) throw new Error(`${name} ended: ${output}`);
      return (await fetch(`http://127.0.0.1:${healthPort}${path}`)).ok;
    });
  } catch (error) {
    await running.kill();
    throw new Error(`${name} does not start; its output ends with:\n${output}`, { cause: error });
  }
  return running;
}

const flagsOf = ({ certFile, keyFile }: TlsFiles) => ({
  'tls-cert-file': certFile,
  'tls-private-key-file': keyFile,
});

/** One etcd member and two API servers. */
export async function startProcesses(options: { timeScale: number }): Promise<Processes> {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'drydock-scheduler-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const authority = await createTestAuthority();
  const admin = await authority.issueFiles(folder, 'admin', {
    commonName: 'admin',
    organizations: ['system:masters'],
  });
  const server = await authority.issueFiles(folder, 'apiserver', { commonName: 'kube-apiserver' });
  const own = await authority.issueFiles(folder, 'own', { commonName: 'system:kube-scheduler' });

  const [etcdPort, peerPort] = [await freePort(), await freePort()];
  const launch = async (...given: Parameters<typeof start>) => {
    const running = await start(...given);
    stack.defer(() => running.kill());
    return running;
  };
  await launch('etcd', 'etcd', {
    'data-dir': join(folder, 'etcd'),
    'listen-client-urls': `http://127.0.0.1:${etcdPort}`,
    'advertise-client-urls': `http://127.0.0.1:${etcdPort}`,
    'listen-peer-urls': `http://127.0.0.1:${peerPort}`,
    'initial-advertise-peer-urls': `http://127.0.0.1:${peerPort}`,
    'initial-cluster': `default=http://127.0.0.1:${peerPort}`,
  });
  const grpcPorts = [await freePort(), await freePort()] as const;
  const startApiserver = async (grpcPort: number) =>
    launch(`apiserver-${grpcPort}`, 'apiserver', {
      'bind-address': '127.0.0.1',
      'advertise-address': '127.0.0.1',
      'secure-port': await freePort(),
      'grpc-port': grpcPort,
      'etcd-servers': `http://127.0.0.1:${etcdPort}`,
      'client-ca-file': admin.caFile,
      // No controller makes service accounts here.
      'disable-admission-plugins': 'ServiceAccount',
      ...flagsOf(server),
    });
  const apiservers = [await startApiserver(grpcPorts[0]), await startApiserver(grpcPorts[1])];

  const endpoints = grpcPorts.map((port) => `localhost:${port}`);
  const clock = createSystemClock();
  const random = createSystemRandom();
  const channels = createChannelSet({ endpoints, tls: readTls(admin), clock, random });
  stack.defer(() => channels[Symbol.dispose]());
  const parts = stack.move();
  return {
    api: createApiClient({ channels, clock, random }),
    etcdPort,
    apiservers,
    startApiserver,
    startScheduler: async (name) => {
      const running = await start(name, 'scheduler', {
        apiservers: endpoints.join(','),
        'ca-file': own.caFile,
        'time-scale': options.timeScale,
        'leader-elect-identity': name,
        'log-level': 'debug',
        ...flagsOf(own),
      });
      parts.defer(() => running.kill());
      return running;
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}
