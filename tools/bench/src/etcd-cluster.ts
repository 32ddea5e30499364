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
  /** Where the leader serves clients. */
  leaderUrl(): Promise<string>;
  /** The revision of the store. */
  revision(): Promise<number>;
  /** Resident bytes of each member. */
  memoryBytes(): Promise<number[]>;
}

interface EndpointStatus {
  readonly Endpoint: string;
  readonly Status: {
    readonly leader?: number;
    readonly header: { readonly member_id: number; readonly revision: number };
  };
}

const mainFile = join(import.meta.dirname, '../../../services/etcd/src/main.ts');

export async function startBenchCluster(
  contender: Contender,
  basePort: number,
): Promise<BenchCluster> {
  const folder = mkdtempSync(join(tmpdir(), `bench-${contender}-`));
  const members = [0, 1, 2].map((index) => ({
    name: `m${index}`,
    client: `http://127.0.0.1:${basePort + index * 2}`,
    peer: `http://127.0.0.1:${basePort + index * 2 + 1}`,
  }));
  const initialCluster = members.map((one) => `${one.name}=${one.peer}`).join(',');
  const children: ChildProcess[] = members.map((one) => {
    const flags = [
      `--name=${one.name}`,
      `--data-dir=${join(folder, one.name)}`,
      `--initial-cluster=${initialCluster}`,
      `--initial-advertise-peer-urls=${one.peer}`,
      `--listen-peer-urls=${one.peer}`,
      `--listen-client-urls=${one.client}`,
      `--advertise-client-urls=${one.client}`,
    ];
    const log = openSync(join(folder, `${one.name}.log`), 'a');
    const stdio: ['ignore', number, number] = ['ignore', log, log];
    const child =
      contender === 'etcd'
        ? spawn('etcd', flags, { stdio })
        : spawn(process.execPath, [mainFile, ...flags], { stdio });
    closeSync(log);
    return child;
  });
  const endpoints = members.map((one) => one.client).join(',');
  // Also when the benchmark is interrupted.
  const cleanUp = () => {
    for (const child of children) child.kill('SIGKILL');
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
    leaderUrl: async () => (await leader()).Endpoint,
    revision: async () => (await leader()).Status.header.revision,
    memoryBytes: () =>
      Promise.all(
        children.map(async ({ pid }) => {
          const text = await capture('ps', ['-o', 'rss=', '-p', String(pid)]);
          return Number(text) * 1024;
        }),
      ),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(
        children.map(async (child) => {
          if (child.exitCode !== null) return;
          const exited = once(child, 'exit');
          child.kill('SIGKILL');
          await exited;
        }),
      );
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
