/** Three members on loopback, ours or the distribution's, plain http as both are by default. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@drydock/testing/eventually';
import { capture } from './command.ts';

export type Contender = 'drydock' | 'etcd';

export interface BenchCluster extends AsyncDisposable {
  readonly contender: Contender;
  /** Where each member serves clients. */
  readonly urls: readonly string[];
  /** The position of the member that leads, when all three are there. */
  leader(): Promise<number>;
  /** The revision of the store. */
  revision(): Promise<number>;
  /** Resident bytes of each member. */
  memoryBytes(): Promise<number[]>;
  /** SIGKILL. Resolves when the process is gone; `killed` is called as soon as it is told to die. */
  kill(member: number, killed?: () => void): Promise<void>;
  /** Starts a member that was killed. Does not wait for it. */
  start(member: number): void;
}

interface EndpointStatus {
  readonly Endpoint: string;
  readonly Status: {
    readonly leader?: number;
    readonly header: { readonly member_id: number; readonly revision: number };
  };
}

interface Member {
  readonly client: string;
  readonly flags: readonly string[];
  readonly log: string;
  process: ChildProcess | undefined;
}

const mainFile = join(import.meta.dirname, '../../../services/etcd/src/main.ts');
/** Flags of ours only, so that a profile can be taken: DRYDOCK_BENCH_NODE_OPTIONS="--cpu-prof ...". */
const nodeOptions = (process.env['DRYDOCK_BENCH_NODE_OPTIONS'] ?? '').split(' ').filter(Boolean);

function membersIn(folder: string, basePort: number): Member[] {
  const names = [0, 1, 2].map((index) => ({
    name: `m${index}`,
    client: `http://127.0.0.1:${basePort + index * 2}`,
    peer: `http://127.0.0.1:${basePort + index * 2 + 1}`,
  }));
  const initialCluster = names.map((one) => `${one.name}=${one.peer}`).join(',');
  return names.map(({ name, client, peer }) => ({
    client,
    flags: [
      `--name=${name}`,
      `--data-dir=${join(folder, name)}`,
      `--initial-cluster=${initialCluster}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--listen-peer-urls=${peer}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
    ],
    log: join(folder, `${name}.log`),
    process: undefined,
  }));
}

function launch(contender: Contender, member: Member): void {
  const log = openSync(member.log, 'a');
  const stdio: ['ignore', number, number] = ['ignore', log, log];
  member.process =
    contender === 'etcd'
      ? spawn('etcd', member.flags, { stdio })
      : spawn(process.execPath, [...nodeOptions, mainFile, ...member.flags], { stdio });
  closeSync(log);
}

async function stop(member: Member, signal: NodeJS.Signals): Promise<void> {
  const child = member.process;
  member.process = undefined;
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

/** Orderly for ours when it is profiled, as the profile is written at the end. */
const lastSignal = (contender: Contender) =>
  contender === 'drydock' && nodeOptions.length > 0 ? 'SIGTERM' : 'SIGKILL';

export async function startBenchCluster(
  contender: Contender,
  basePort: number,
): Promise<BenchCluster> {
  const folder = mkdtempSync(join(tmpdir(), `bench-${contender}-`));
  const members = membersIn(folder, basePort);
  for (const member of members) launch(contender, member);
  const endpoints = members.map((one) => one.client).join(',');
  // Also when the benchmark is interrupted.
  const cleanUp = () => {
    for (const member of members) member.process?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', cleanUp);

  const statuses = async (): Promise<EndpointStatus[]> => {
    const args = [`--endpoints=${endpoints}`, 'endpoint', 'status', '--write-out=json'];
    return JSON.parse(await capture('etcdctl', args)) as EndpointStatus[];
  };
  const leader = () =>
    eventually(`a leader of ${contender}`, async () => {
      const all = await statuses();
      if (all.length < members.length) return undefined;
      return all.find((one) => one.Status.leader === one.Status.header.member_id);
    });
  const cluster: BenchCluster = {
    contender,
    urls: members.map((one) => one.client),
    leader: async () => {
      const { Endpoint } = await leader();
      return members.findIndex((one) => one.client === Endpoint);
    },
    revision: async () => (await leader()).Status.header.revision,
    memoryBytes: () =>
      Promise.all(
        members.map(async (member) => {
          const text = await capture('ps', ['-o', 'rss=', '-p', String(member.process?.pid)]);
          return Number(text) * 1024;
        }),
      ),
    kill: async (index, killed) => {
      const stopped = stop(members[index]!, 'SIGKILL');
      killed?.();
      await stopped;
    },
    start: (index) => launch(contender, members[index]!),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(members.map((member) => stop(member, lastSignal(contender))));
      process.removeListener('exit', cleanUp);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await leader();
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
  return cluster;
}
