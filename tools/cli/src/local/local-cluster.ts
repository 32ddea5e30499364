/** A cluster of processes on loopback, behind its supervisor's socket. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { get, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildStatus } from '@drydock/process';
import { noSuchPart, type Cluster, type Part } from '../cluster/parts.ts';
import { execute } from '../execute.ts';
import { stateHome, type ClusterState, type StateFolder } from '../state.ts';
import { CommandFailure } from '../terminal/failure.ts';
import { printMerged } from '../terminal/merged-output.ts';
import { folderVariable, localParts } from './plan.ts';

/** Longest path of a socket that Linux takes. */
const socketPathMax = 107;

export function createLocalCluster(state: ClusterState, folder: StateFolder): Cluster {
  const socket = folder.file('supervisor.sock');

  const parts = async (): Promise<readonly Part[]> => {
    const status = await askSupervisor<readonly ChildStatus[]>(socket, 'GET', '/status');
    if (status === undefined) {
      return localParts.map((name) => ({
        name,
        running: false,
        crashing: false,
        detail: 'stopped',
      }));
    }
    return status.map(({ name, state, pid, restarts, lastEnd }) => {
      const again =
        restarts > 0 ? `, started again ${restarts} times, last ended by ${lastEnd}` : '';
      return {
        name,
        running: state === 'running',
        crashing: state === 'waiting',
        detail: `${state}${pid === undefined ? '' : ` (pid ${pid})`}${again}`,
      };
    });
  };
  const chosen = async (names: readonly string[]): Promise<readonly string[]> => {
    for (const name of names) {
      if (!localParts.includes(name)) throw noSuchPart(name, await parts());
    }
    return names.length === 0 ? localParts : names;
  };
  const shutDown = async (): Promise<void> => {
    await askSupervisor(socket, 'POST', '/shutdown');
    await killLeftovers(folder.path);
    rmSync(socket, { force: true });
  };

  return {
    state,
    folder,
    parts,
    failures: async () =>
      (await askSupervisor<readonly ChildStatus[]>(socket, 'GET', '/status')) ?? [],
    lastWords: async (part) => {
      const file = folder.file(`logs/${part}.log`);
      return execute('tail', ['-n', '40', file]).then(({ stdout }) => stdout);
    },
    unreadyReason: async (part) => {
      const port = state.localPorts[`${part}/health`]!;
      return askHealth(
        `http://127.0.0.1:${port}${part.startsWith('etcd-') ? '/health' : '/readyz'}`,
      );
    },
    start: async (names) => {
      const wanted = await chosen(names);
      if ((await askSupervisor(socket, 'GET', '/status')) === undefined) {
        await startSupervisor(folder, socket);
        if (names.length === 0) return;
        const others = localParts.filter((part) => !wanted.includes(part));
        await Promise.all(others.map((part) => askSupervisor(socket, 'POST', `/stop/${part}`)));
        return;
      }
      for (const part of wanted) await askSupervisor(socket, 'POST', `/start/${part}`);
    },
    stop: async (names) => {
      const wanted = await chosen(names);
      if (names.length === 0) return shutDown();
      await Promise.all(wanted.map((part) => askSupervisor(socket, 'POST', `/stop/${part}`)));
    },
    logs: async (names, { follow, tail }) =>
      printMerged(
        (await chosen(names)).map((name) => ({
          name,
          command: 'tail',
          args: [...tailFlags(follow, tail), folder.file(`logs/${name}.log`)],
        })),
      ),
    remains: async () => [
      ...processesOf(folder.path).map((pid) => `process ${pid}`),
      ...(existsSync(folder.path) ? [`folder ${folder.path}`] : []),
    ],
    remove: async () => {
      await shutDown();
      rmSync(folder.path, { recursive: true, force: true });
    },
  };
}

function tailFlags(follow: boolean, tail: number | undefined): readonly string[] {
  const lines = ['-n', tail === undefined ? '+1' : String(tail)];
  return follow ? ['-F', ...lines] : lines;
}

async function startSupervisor(folder: StateFolder, socket: string): Promise<void> {
  if (socket.length > socketPathMax) {
    throw new CommandFailure(`the path ${socket} is too long for a socket`, {
      remedies: ['choose a shorter folder: export DRYDOCK_HOME=/some/shorter/path'],
    });
  }
  // A supervisor that was killed leaves its parts behind; they would hold the ports.
  await killLeftovers(folder.path);
  mkdirSync(folder.file('logs'), { recursive: true, mode: 0o700 });
  const logFile = folder.file('logs/supervisor.log');
  const log = openSync(logFile, 'a', 0o600);
  const main = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, [main, '--cluster-name', folder.name], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: '/',
    env: { ...process.env, DRYDOCK_HOME: stateHome(), [folderVariable]: folder.path },
  });
  let ended = false;
  child.on('exit', () => (ended = true));
  child.unref();
  const deadline = performance.now() + 20_000;
  while ((await askSupervisor(socket, 'GET', '/status')) === undefined) {
    if (ended || performance.now() > deadline) {
      const words = readFileSync(logFile, 'utf8').trim().split('\n').slice(-3).join('\n');
      throw new CommandFailure(`the supervisor of the local cluster does not start:\n${words}`);
    }
    await sleep(20);
  }
}

/** Undefined when no supervisor answers. */
async function askSupervisor<T>(
  socketPath: string,
  method: string,
  path: string,
): Promise<T | undefined> {
  return new Promise((resolve) => {
    const sent = request({ socketPath, method, path, timeout: 30_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(JSON.parse(text) as T));
      response.on('error', () => resolve(undefined));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(undefined));
    sent.end();
  });
}

async function askHealth(url: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const sent = get(url, { timeout: 2_000, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        if (response.statusCode === 200) return resolve(undefined);
        const failed = text.split('\n').filter((line) => line.startsWith('[-]'));
        resolve(failed.join('; ') || `status ${response.statusCode}`);
      });
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer')));
    sent.on('error', (error) => resolve(error.message));
  });
}

/** The cluster's processes, by the mark in their environment; the supervisor is one of them. */
function processesOf(folder: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        return environment.includes(`${folderVariable}=${folder}`);
      } catch {
        // Another user's, or gone already.
        return false;
      }
    })
    .map(Number);
}

async function killLeftovers(folder: string): Promise<void> {
  for (const pid of processesOf(folder)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself in between.
    }
  }
  const deadline = performance.now() + 5_000;
  while (processesOf(folder).length > 0 && performance.now() < deadline) await sleep(20);
}
