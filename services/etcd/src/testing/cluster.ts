/**
 * Clusters of real processes on loopback, ours or the distribution's, and the distribution's etcdctl:
 * what the tests with real clients and the benchmark share.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestAuthority } from '@drydock/testing/certificates';
import { eventually } from '@drydock/testing/eventually';
import { freePorts } from '@drydock/testing/ports';
import { follow, run, type CommandResult, type FollowedCommand } from './commands.ts';

const memoryFolder = '/dev/shm';
const mainFile = join(import.meta.dirname, '..', 'main.ts');

export interface TestClusterOptions {
  /** Ours by default. */
  readonly program?: 'drydock' | 'etcd';
  readonly tls?: boolean;
  /** Members; three by default. */
  readonly size?: number;
  /** More flags of every member. */
  readonly flags?: readonly string[];
  /** Keeps the data in memory where the machine has room there, so that syncs cost nothing. */
  readonly isVolatile?: boolean;
  /** As whom the wait for a leader asks, once auth is enabled: NAME:PASSWORD. */
  readonly asUser?: string;
  /** Before the first start, with the flags that say who the member is: what a restore takes too. */
  readonly prepare?: (identityFlags: readonly string[]) => Promise<void>;
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

export interface TestCluster extends AsyncDisposable {
  readonly members: readonly TestMember[];
  readonly endpoints: string;
  /** Flags by which etcdctl reaches it. */
  readonly clientFlags: readonly string[];
  readonly certificates: { certFile: string; keyFile: string; caFile: string } | undefined;
  etcdctl(args: readonly string[], options?: { input?: string }): Promise<CommandResult>;
  /** Flags for etcdctl with a certificate of that name from the cluster's authority. */
  certificateFlags(commonName: string): Promise<readonly string[]>;
  /** A command that goes on, as watch does, until it is killed. */
  follow(args: readonly string[]): FollowedCommand;
  /** `flags` come after those of every start, and win. */
  start(index: number, flags?: readonly string[]): void;
  /** Ends the process by a signal and waits for its end. */
  kill(index: number, signal?: NodeJS.Signals): Promise<void>;
  /** Waits for a leader that all running members agree on. */
  leader(): Promise<number>;
}

interface MemberState {
  readonly name: string;
  readonly clientUrl: string;
  readonly clientPort: number;
  readonly peerUrl: string;
  readonly peerPort: number;
  readonly folder: string;
  readonly logFile: string;
  process: ChildProcess | undefined;
}

/** What all members of a cluster are started by. */
interface Layout {
  readonly program: 'drydock' | 'etcd';
  readonly states: readonly MemberState[];
  readonly certificates: TestCluster['certificates'];
  readonly flags: readonly string[];
  readonly clientTlsFlags: readonly string[];
  readonly userFlags: readonly string[];
}

export async function startTestCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const { program = 'drydock', size = 3 } = options;
  const parent = options.isVolatile === true && existsSync(memoryFolder) ? memoryFolder : tmpdir();
  const folder = mkdtempSync(join(parent, `etcd-${program}-`));
  const scheme = options.tls === true ? 'https' : 'http';
  const authority = options.tls === true ? await createTestAuthority('etcd-ca') : undefined;
  const certificates = await authority?.issueFiles(folder, 'member', { commonName: 'member' });
  const ports = await freePorts(2 * size);
  const states: MemberState[] = Array.from({ length: size }, (_, index) => ({
    name: `m${index + 1}`,
    clientUrl: `${scheme}://127.0.0.1:${ports[index * 2]!}`,
    clientPort: ports[index * 2]!,
    peerPort: ports[index * 2 + 1]!,
    peerUrl: `${scheme}://127.0.0.1:${ports[index * 2 + 1]!}`,
    folder: join(folder, `m${index + 1}`),
    logFile: join(folder, `m${index + 1}.log`),
    process: undefined,
  }));
  const layout: Layout = {
    program,
    states,
    certificates,
    flags: options.flags ?? [],
    clientTlsFlags: tlsFlags('', certificates, 'client'),
    userFlags: options.asUser === undefined ? [] : [`--user=${options.asUser}`],
  };
  const endpoints = states.map((one) => one.clientUrl).join(',');
  const clientFlags = [`--endpoints=${endpoints}`, ...layout.clientTlsFlags];
  const start = (index: number, flags: readonly string[], shellPrefix?: string) => {
    states[index]!.process = launch(layout, states[index]!, flags, shellPrefix);
  };
  const cluster: TestCluster = {
    members: states.map(memberOf),
    endpoints,
    clientFlags,
    certificates,
    etcdctl: (args, more = {}) => run('etcdctl', [...clientFlags, ...args], more.input),
    certificateFlags: async (commonName) => {
      if (authority === undefined) throw new Error('the cluster has no TLS');
      const files = await authority.issueFiles(folder, `client-${commonName}`, { commonName });
      return [`--endpoints=${endpoints}`, ...tlsFlags('', files, 'client')];
    },
    follow: (args) => follow([...clientFlags, ...args]),
    start: (index, flags = []) => start(index, flags),
    kill: (index, signal = 'SIGKILL') => kill(states[index]!, signal),
    leader: () => findLeader(layout),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(states.map((state) => kill(state, 'SIGKILL')));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  for (const state of states) await options.prepare?.(identityFlagsOf(layout, state));
  for (const index of states.keys()) start(index, [], options.shellPrefix);
  await cluster.leader();
  return cluster;
}

function memberOf(state: MemberState): TestMember {
  return {
    name: state.name,
    endpoint: state.clientUrl,
    clientPort: state.clientPort,
    peerPort: state.peerPort,
    folder: state.folder,
    get process() {
      return state.process;
    },
    log: () => readFileSync(state.logFile, 'utf8'),
  };
}

function identityFlagsOf({ states }: Layout, state: MemberState): string[] {
  return [
    `--name=${state.name}`,
    `--data-dir=${state.folder}`,
    `--initial-cluster=${states.map((one) => `${one.name}=${one.peerUrl}`).join(',')}`,
    `--initial-advertise-peer-urls=${state.peerUrl}`,
  ];
}

function flagsOf(layout: Layout, state: MemberState): string[] {
  const { certificates, flags } = layout;
  return [
    ...identityFlagsOf(layout, state),
    `--listen-peer-urls=${state.peerUrl}`,
    `--listen-client-urls=${state.clientUrl}`,
    `--advertise-client-urls=${state.clientUrl}`,
    ...tlsFlags('', certificates, 'server'),
    ...tlsFlags('peer-', certificates, 'server'),
    ...flags,
  ];
}

function launch(
  layout: Layout,
  state: MemberState,
  more: readonly string[],
  shellPrefix?: string,
): ChildProcess {
  const log = openSync(state.logFile, 'a');
  const stdio: ['ignore', number, number] = ['ignore', log, log];
  const flags = [...flagsOf(layout, state), ...more];
  const env = { ...process.env, NODE_OPTIONS: '' };
  const ours = [process.execPath, mainFile, ...flags];
  try {
    if (layout.program === 'etcd') return spawn('etcd', flags, { stdio });
    if (shellPrefix === undefined) return spawn(ours[0]!, ours.slice(1), { stdio, env });
    return spawn('bash', ['-c', `${shellPrefix}; exec "$@"`, 'member', ...ours], { stdio, env });
  } finally {
    closeSync(log);
  }
}

async function kill(state: MemberState, signal: NodeJS.Signals): Promise<void> {
  const child = state.process;
  state.process = undefined;
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

/** The index of the leader that all running members agree on, once there is one. */
async function findLeader({ states, clientTlsFlags, userFlags }: Layout): Promise<number> {
  const { index } = await eventually('a leader that all running members agree on', async () => {
    const running = states.filter((one) => one.process !== undefined);
    const { stdout } = await run('etcdctl', [
      `--endpoints=${running.map((one) => one.clientUrl).join(',')}`,
      ...clientTlsFlags,
      ...userFlags,
      'endpoint',
      'status',
      '--write-out=json',
    ]);
    const statuses = JSON.parse(stdout) as {
      Endpoint: string;
      Status: { leader?: number; header: { member_id: number } };
    }[];
    const leaders = new Set(statuses.map((one) => one.Status.leader ?? 0));
    const leading = statuses.find((one) => leaders.has(one.Status.header.member_id));
    const at = states.findIndex((one) => leading?.Endpoint.endsWith(`:${one.clientPort}`));
    if (statuses.length === running.length && leaders.size === 1 && at >= 0) return { index: at };
    throw new Error(`${stdout}${running.map(lastWords).join('')}`);
  });
  return index;
}

/** How a member is, for whoever reads why there is no leader. */
function lastWords({ name, process: child, logFile }: MemberState): string {
  const end = child?.exitCode ?? child?.signalCode ?? 'runs';
  return `\n${name} (${end}):\n${readFileSync(logFile, 'utf8').slice(-1_500)}`;
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
