/**
 * Clusters of real processes on loopback, ours or the distribution's, and the distribution's etcdctl:
 * what the tests with real clients and the benchmark share.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestAuthority } from '@drydock/testing/certificates';
import { eventually } from '@drydock/testing/eventually';

const mainFile = join(import.meta.dirname, '..', 'main.ts');

export interface TestClusterOptions {
  /** Ours by default. */
  readonly program?: 'drydock' | 'etcd';
  readonly tls?: boolean;
  /** Members; three by default. */
  readonly size?: number;
  /** More flags of every member. */
  readonly flags?: readonly string[];
  /** Shell text before the program at its first start, say a limit; ours only. */
  readonly shellPrefix?: string;
}

export interface TestMember {
  readonly name: string;
  readonly endpoint: string;
  readonly clientPort: number;
  readonly peerPort: number;
  readonly folder: string;
  readonly process: ChildProcess | undefined;
  /** Everything it has written since the cluster began. */
  log(): string;
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TestCluster extends AsyncDisposable {
  readonly members: readonly TestMember[];
  readonly endpoints: string;
  /** Flags by which etcdctl reaches it. */
  readonly clientFlags: readonly string[];
  readonly certificates: { certFile: string; keyFile: string; caFile: string } | undefined;
  etcdctl(args: readonly string[], options?: { input?: string }): Promise<CommandResult>;
  /** A command that goes on, as watch does, until it is killed. */
  follow(args: readonly string[]): FollowedCommand;
  start(index: number): void;
  /** Ends the process by a signal and waits for its end. */
  kill(index: number, signal?: NodeJS.Signals): Promise<void>;
  /** Waits for a leader that all running members agree on. */
  leader(): Promise<number>;
}

export interface FollowedCommand extends AsyncDisposable {
  stdout(): string;
}

interface MemberState {
  readonly name: string;
  readonly clientPort: number;
  readonly peerPort: number;
  readonly folder: string;
  readonly logFile: string;
  process: ChildProcess | undefined;
}

/** Ports of loopback that are free now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(
    servers.map(async (server) => {
      server.close();
      await once(server, 'close');
    }),
  );
  return ports;
}

export async function startTestCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const { program = 'drydock' } = options;
  const folder = mkdtempSync(join(tmpdir(), `etcd-${program}-`));
  const scheme = options.tls === true ? 'https' : 'http';
  const certificates =
    options.tls === true
      ? await (
          await createTestAuthority('etcd-ca')
        ).issueFiles(folder, 'member', {
          commonName: 'member',
        })
      : undefined;
  const { size = 3 } = options;
  const ports = await freePorts(2 * size);
  const states: MemberState[] = Array.from({ length: size }, (_, index) => ({
    name: `m${index + 1}`,
    clientPort: ports[index * 2]!,
    peerPort: ports[index * 2 + 1]!,
    folder: join(folder, `m${index + 1}`),
    logFile: join(folder, `m${index + 1}.log`),
    process: undefined,
  }));
  const initialCluster = states
    .map((one) => `${one.name}=${scheme}://127.0.0.1:${one.peerPort}`)
    .join(',');
  const endpoints = states.map((one) => `${scheme}://127.0.0.1:${one.clientPort}`).join(',');
  const clientFlags = [`--endpoints=${endpoints}`, ...tlsFlags('', certificates, 'client')];

  const flagsOf = (state: MemberState) => [
    `--name=${state.name}`,
    `--data-dir=${state.folder}`,
    `--initial-cluster=${initialCluster}`,
    `--initial-advertise-peer-urls=${scheme}://127.0.0.1:${state.peerPort}`,
    `--listen-peer-urls=${scheme}://127.0.0.1:${state.peerPort}`,
    `--listen-client-urls=${scheme}://127.0.0.1:${state.clientPort}`,
    `--advertise-client-urls=${scheme}://127.0.0.1:${state.clientPort}`,
    ...tlsFlags('', certificates, 'server'),
    ...tlsFlags('peer-', certificates, 'server'),
    ...(options.flags ?? []),
  ];
  const launch = (state: MemberState, shellPrefix?: string): ChildProcess => {
    const log = openSync(state.logFile, 'a');
    const stdio: ['ignore', number, number] = ['ignore', log, log];
    const flags = flagsOf(state);
    const environment = { ...process.env, NODE_OPTIONS: '' };
    const ours = [process.execPath, mainFile, ...flags];
    const child =
      program === 'etcd'
        ? spawn('etcd', flags, { stdio })
        : shellPrefix === undefined
          ? spawn(ours[0]!, ours.slice(1), { stdio, env: environment })
          : spawn('bash', ['-c', `${shellPrefix}; exec "$@"`, 'member', ...ours], {
              stdio,
              env: environment,
            });
    closeSync(log);
    return child;
  };
  const start = (index: number, shellPrefix?: string) => {
    const state = states[index]!;
    state.process = launch(state, shellPrefix);
  };
  const kill = async (index: number, signal: NodeJS.Signals = 'SIGKILL') => {
    const child = states[index]!.process;
    states[index]!.process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  const etcdctl = (args: readonly string[], more: { input?: string } = {}) =>
    run('etcdctl', [...clientFlags, ...args], more.input);

  const cluster: TestCluster = {
    members: states.map((state) => ({
      name: state.name,
      endpoint: `${scheme}://127.0.0.1:${state.clientPort}`,
      clientPort: state.clientPort,
      peerPort: state.peerPort,
      folder: state.folder,
      get process() {
        return state.process;
      },
      log: () => readFileSync(state.logFile, 'utf8'),
    })),
    endpoints,
    clientFlags,
    certificates,
    etcdctl,
    follow: (args) => follow([...clientFlags, ...args]),
    start: (index) => start(index),
    kill,
    leader: () =>
      eventually('a leader that all running members agree on', async () => {
        const running = states.filter((one) => one.process !== undefined);
        const addresses = running.map((one) => `${scheme}://127.0.0.1:${one.clientPort}`);
        const { stdout } = await run('etcdctl', [
          `--endpoints=${addresses.join(',')}`,
          ...tlsFlags('', certificates, 'client'),
          'endpoint',
          'status',
          '--write-out=json',
        ]);
        const statuses = JSON.parse(stdout) as {
          Endpoint: string;
          Status: { leader?: number; header: { member_id: number } };
        }[];
        const leaders = new Set(statuses.map((one) => one.Status.leader ?? 0));
        if (statuses.length !== running.length || leaders.size !== 1) return undefined;
        const leading = statuses.find((one) => leaders.has(one.Status.header.member_id));
        const index = states.findIndex((one) => leading?.Endpoint.endsWith(`:${one.clientPort}`));
        return index < 0 ? undefined : { index };
      }).then(({ index }) => index),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(states.map((_, index) => kill(index)));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  for (const index of states.keys()) start(index, options.shellPrefix);
  await cluster.leader();
  return cluster;
}

function tlsFlags(
  prefix: '' | 'peer-',
  certificates: TestCluster['certificates'],
  side: 'server' | 'client',
): string[] {
  if (certificates === undefined) return [];
  const { certFile, keyFile, caFile } = certificates;
  if (side === 'client') return [`--cert=${certFile}`, `--key=${keyFile}`, `--cacert=${caFile}`];
  return [
    `--${prefix}cert-file=${certFile}`,
    `--${prefix}key-file=${keyFile}`,
    `--${prefix}trusted-ca-file=${caFile}`,
    `--${prefix}client-cert-auth`,
  ];
}

const environmentOfCtl = { ...process.env, ETCDCTL_API: '3' };

/** Runs a program to its end, at most 20 s. */
export async function run(
  program: string,
  args: readonly string[],
  input?: string,
): Promise<CommandResult> {
  const child = spawn(program, args, {
    env: environmentOfCtl,
    stdio: 'pipe',
    timeout: 20_000,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

function follow(args: readonly string[]): FollowedCommand {
  const child = spawn('etcdctl', args, {
    env: environmentOfCtl,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  return {
    stdout: () => stdout,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
