/** One member of ours as a process, by any command line and environment, and what it says. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@drydock/testing/eventually';
import { freePorts } from '@drydock/testing/ports';

const mainFile = join(import.meta.dirname, '..', 'main.ts');

export interface MemberProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Standard output and error so far. */
  output(): string;
  /** Waits for its end, and answers with its exit code. */
  exitCode(): Promise<number | null>;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

export interface ProcessOptions {
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly uid?: number;
  /** The distribution's instead of ours. */
  readonly program?: 'etcd';
}

export function startProcess(options: ProcessOptions): MemberProcess {
  const { flags = [], environment = {}, uid, program } = options;
  const [command, ...words] = program === undefined ? [process.execPath, mainFile] : [program];
  const child = spawn(command, [...words, ...flags], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid }),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    if (hasEnded()) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  return {
    child,
    output: () => output,
    exitCode: async () => {
      await eventually('the process ends', hasEnded);
      return child.exitCode;
    },
    kill,
    [Symbol.asyncDispose]: () => kill(),
  };
}

export interface MemberPlace extends Disposable {
  readonly folder: string;
  readonly dataFolder: string;
  readonly clientPort: number;
  readonly peerPort: number;
  readonly metricsPort: number;
  /** Flags of a member that is alone there. */
  readonly flags: readonly string[];
}

/** A folder and ports for one member. */
export async function makePlace(scheme: 'http' | 'https' = 'http'): Promise<MemberPlace> {
  const folder = mkdtempSync(join(tmpdir(), 'etcd-member-'));
  const [clientPort, peerPort, metricsPort] = (await freePorts(3)) as [number, number, number];
  const at = (port: number, how: string = scheme) => `${how}://127.0.0.1:${port}`;
  const dataFolder = join(folder, 'data');
  return {
    folder,
    dataFolder,
    clientPort,
    peerPort,
    metricsPort,
    flags: [
      '--name=lonely',
      `--data-dir=${dataFolder}`,
      `--initial-cluster=lonely=${at(peerPort)}`,
      `--initial-advertise-peer-urls=${at(peerPort)}`,
      `--listen-peer-urls=${at(peerPort)}`,
      `--listen-client-urls=${at(clientPort)}`,
      `--advertise-client-urls=${at(clientPort)}`,
      `--listen-metrics-urls=${at(metricsPort, 'http')}`,
    ],
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface Page {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

export async function getPage(port: number, path: string, init?: RequestInit): Promise<Page> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text: await response.text(),
  };
}

/** Waits until the member serves requests. */
export const untilReady = (port: number) =>
  eventually('the member is ready', async () => {
    try {
      return (await getPage(port, '/readyz')).status === 200;
    } catch {
      return false;
    }
  });
