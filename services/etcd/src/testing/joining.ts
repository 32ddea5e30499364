/** A member that joins a test cluster, as the commands of the runbook do it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { eventually } from '@drydock/testing/eventually';
import type { TestCluster } from './cluster.ts';
import type { CommandResult } from './commands.ts';
import { freePorts } from '@drydock/testing/ports';

const mainFile = join(import.meta.dirname, '..', 'main.ts');

export interface JoiningMember extends AsyncDisposable {
  readonly name: string;
  readonly endpoint: string;
  readonly peerUrl: string;
  readonly folder: string;
  /** `member add`; `more` are further flags of it, as --learner. */
  add(more?: readonly string[]): Promise<CommandResult>;
  /** The same, again and again until the cluster takes it: members must be connected for 5 s. */
  addEventually(more?: readonly string[]): Promise<void>;
  start(flags?: readonly string[]): void;
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Resolves with its exit code. */
  exited(): Promise<number | null>;
  readonly process: ChildProcess | undefined;
  log(): string;
  /** As etcdctl shows it. */
  id(): Promise<string>;
}

export async function createJoiningMember(
  cluster: TestCluster,
  name: string,
  flags: readonly string[] = [],
): Promise<JoiningMember> {
  const [clientPort, peerPort] = (await freePorts(2)) as [number, number];
  const base = dirname(cluster.members[0]!.folder);
  const folder = join(base, name);
  const logFile = join(base, `${name}.log`);
  const endpoint = `http://127.0.0.1:${clientPort}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  let initial = '';
  let child: ChildProcess | undefined;
  const add = async (more: readonly string[] = []) => {
    const added = await cluster.etcdctl(['member', 'add', name, `--peer-urls=${peerUrl}`, ...more]);
    initial = /ETCD_INITIAL_CLUSTER="([^"]+)"/.exec(added.stdout)?.[1] ?? initial;
    return added;
  };
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const exit = once(ending, 'exit');
    ending.kill(signal);
    await exit;
  };
  return {
    name,
    endpoint,
    peerUrl,
    folder,
    add,
    addEventually: async (more) => {
      await eventually(`the cluster takes ${name}`, async () => (await add(more)).code === 0);
    },
    start(more = []) {
      const log = openSync(logFile, 'a');
      child = spawn(
        process.execPath,
        [
          mainFile,
          `--name=${name}`,
          `--data-dir=${folder}`,
          `--initial-cluster=${initial}`,
          '--initial-cluster-state=existing',
          `--initial-advertise-peer-urls=${peerUrl}`,
          `--listen-peer-urls=${peerUrl}`,
          `--listen-client-urls=${endpoint}`,
          `--advertise-client-urls=${endpoint}`,
          ...flags,
          ...more,
        ],
        { stdio: ['ignore', log, log], env: { ...process.env, NODE_OPTIONS: '' } },
      );
      closeSync(log);
    },
    kill,
    async exited() {
      if (child!.exitCode === null) await once(child!, 'exit');
      return child!.exitCode;
    },
    get process() {
      return child;
    },
    log: () => readFileSync(logFile, 'utf8'),
    async id() {
      const { stdout } = await cluster.etcdctl(['member', 'list']);
      const line = stdout.split('\n').find((one) => one.includes(peerUrl));
      if (line === undefined) throw new Error(`${peerUrl} is no member: ${stdout}`);
      return line.split(',')[0]!;
    },
    [Symbol.asyncDispose]: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
