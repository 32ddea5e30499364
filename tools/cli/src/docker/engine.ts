/**
 * The Docker engine and compose: found, or installed and started where that is possible.
 *
 * 1. An engine that answers is used as it is.
 * 2. Only root on Debian or Ubuntu installs anything, and only the distribution's packages
 *    (scripts/install-tools).
 * 3. An engine that Drydock started itself is remembered, so that its user can be told where its log is.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execute, executeOrFail } from '../execute.ts';
import { repositoryRoot, stateHome, writeFileAtomically } from '../state.ts';
import { CommandFailure } from '../terminal/failure.ts';
import type { Step } from '../terminal/steps.ts';

export interface Engine {
  readonly version: string;
  /** The command of compose: the plugin's two words or the older program's one. */
  readonly compose: readonly string[];
}

/** Where an engine that Drydock starts writes; a test has another place. */
const engineLog = process.env['DRYDOCK_ENGINE_LOG'] ?? '/var/log/drydock-dockerd.log';

export async function ensureEngine(step: Step): Promise<Engine> {
  let answer = await askEngine();
  if (answer.version === undefined) {
    if (/permission denied/i.test(answer.problem)) throw noPermission(answer.problem);
    if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) {
      throw cannotInstall(answer.problem);
    }
    if ((await execute('dockerd', ['--version'])).code !== 0) {
      step.note('installing docker.io');
      await installTools(['docker', 'compose']);
    }
    step.note('starting dockerd');
    answer = await startEngine(step);
  }
  const compose = await ensureCompose(step);
  return { version: answer.version!, compose };
}

interface EngineAnswer {
  readonly version: string | undefined;
  readonly problem: string;
}

export async function askEngine(): Promise<EngineAnswer> {
  const { code, stdout, stderr } = await execute(
    'docker',
    ['version', '--format', '{{.Server.Version}}'],
    { timeoutMillis: 10_000 },
  );
  const version = stdout.trim();
  if (code === 0 && /^\d/.test(version)) return { version, problem: '' };
  return { version: undefined, problem: code === 127 ? 'docker is not installed' : stderr.trim() };
}

export async function findCompose(): Promise<readonly string[] | undefined> {
  for (const command of [['docker', 'compose'], ['docker-compose']]) {
    const [program, ...args] = command as [string, ...string[]];
    const { code } = await execute(program, [...args, 'version'], { timeoutMillis: 10_000 });
    if (code === 0) return command;
  }
  return undefined;
}

async function ensureCompose(step: Step): Promise<readonly string[]> {
  const found = await findCompose();
  if (found !== undefined) return found;
  const remedies = ['install compose: https://docs.docker.com/compose/install/linux/'];
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) {
    throw new CommandFailure('docker has no compose', { remedies });
  }
  step.note('installing docker-compose');
  await installTools(['compose']);
  const installed = await findCompose();
  if (installed === undefined) throw new CommandFailure('docker has no compose', { remedies });
  return installed;
}

export async function installTools(tools: readonly string[]): Promise<void> {
  await executeOrFail(join(repositoryRoot, 'scripts/install-tools'), tools);
}

/** Through systemd where it runs; else as a daemon of our own that outlives this command. */
async function startEngine(step: Step): Promise<EngineAnswer> {
  if (existsSync('/run/systemd/system')) {
    await executeOrFail('systemctl', ['start', 'docker']);
    return waitForEngine(() => true);
  }
  await ensureCgroups();
  let alive = startDaemon();
  let answer = await waitForEngine(alive).catch((error: Error) => error);
  if (!(answer instanceof Error)) return answer;
  // Some kernels lack the tables that the distribution's default iptables asks for.
  if (/iptables|nf_tables/i.test(lastLogLines())) {
    step.note('starting dockerd again, with iptables-legacy');
    await execute('update-alternatives', ['--set', 'iptables', '/usr/sbin/iptables-legacy']);
    alive = startDaemon();
    answer = await waitForEngine(alive).catch((error: Error) => error);
  }
  if (answer instanceof Error) throw answer;
  return answer;
}

/** A machine without an init of its own may have mounted none; no container starts without them. */
async function ensureCgroups(): Promise<void> {
  if (readdirSync('/sys/fs/cgroup').length > 0) return;
  await executeOrFail('mount', ['-t', 'cgroup2', 'none', '/sys/fs/cgroup']);
}

/** Returns whether the daemon still lives. */
function startDaemon(): () => boolean {
  const log = openSync(engineLog, 'a', 0o600);
  const daemon = spawn('dockerd', [], { detached: true, stdio: ['ignore', log, log] });
  let alive = true;
  daemon.on('exit', () => (alive = false));
  daemon.on('error', () => (alive = false));
  daemon.unref();
  mkdirSync(stateHome(), { recursive: true, mode: 0o700 });
  writeFileAtomically(
    join(stateHome(), 'engine.json'),
    `${JSON.stringify({ startedByDrydock: true, pid: daemon.pid, log: engineLog })}\n`,
  );
  return () => alive;
}

async function waitForEngine(isAlive: () => boolean): Promise<EngineAnswer> {
  const deadline = performance.now() + 60_000;
  let answer = await askEngine();
  while (answer.version === undefined && isAlive() && performance.now() < deadline) {
    await sleep(200);
    answer = await askEngine();
  }
  if (answer.version !== undefined) return answer;
  throw new CommandFailure(
    `the Docker engine does not start:\n${lastLogLines() || answer.problem}`,
    {
      remedies: [
        `read its log: ${existsSync('/run/systemd/system') ? 'journalctl -u docker' : engineLog}`,
      ],
    },
  );
}

function lastLogLines(): string {
  return existsSync(engineLog)
    ? readFileSync(engineLog, 'utf8').trim().split('\n').slice(-8).join('\n')
    : '';
}

function noPermission(problem: string): CommandFailure {
  return new CommandFailure(`the Docker engine may not be used by this user: ${problem}`, {
    remedies: [
      'join the docker group: sudo usermod -aG docker "$USER"   (then log in again)',
      'or run as root, or point DOCKER_HOST to an engine of your own',
      'or do without Docker: ./drydock up --local',
    ],
  });
}

function cannotInstall(problem: string): CommandFailure {
  return new CommandFailure(`no Docker engine answers: ${problem}`, {
    remedies: [
      existsSync('/etc/debian_version')
        ? 'install and start it: sudo scripts/install-tools docker compose && sudo systemctl start docker'
        : 'install Docker (https://docs.docker.com/engine/install/) and start it',
      'or do without Docker: ./drydock up --local',
    ],
  });
}
