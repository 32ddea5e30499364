/**
 * Keeps child processes running, as an init does for a machine.
 *
 * 1. Each child is a process of its own: one that dies is started again alone, after a back-off that
 *    doubles from `backoffMin` to `backoffMax` and starts over once it has lived for `stableAfter`.
 * 2. A child that was stopped on purpose stays stopped until it is started.
 * 3. `stop` sends SIGTERM to all and, after `stopGrace`, SIGKILL to what is left; nothing that was
 *    started survives its supervisor's orderly end.
 */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Clock, Logger, Millis, Timer } from '@drydock/ports';

export interface ChildSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to this process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Appended to with the child's output; by default the output is this process's own. */
  readonly logFile?: string;
  /**
   * Default 0. `stop` ends later stages before earlier ones, so that a child still finds what it
   * depends on.
   */
  readonly stage?: number;
}

export interface SupervisorOptions {
  readonly children: readonly ChildSpec[];
  readonly backoffMin?: Millis;
  readonly backoffMax?: Millis;
  readonly stableAfter?: Millis;
  readonly stopGrace?: Millis;
  /** Each stage starts so much after the one before it; by default all start at once. */
  readonly stageDelay?: Millis;
}

type ChildState = 'running' | 'waiting' | 'stopped';

export interface ChildStatus {
  readonly name: string;
  /** `waiting` is dead, and will be started when its back-off ends. */
  readonly state: ChildState;
  readonly pid: number | undefined;
  readonly restarts: number;
  /**
   * Runs that failed one after another: ended by themselves with an exit code other than 0, or were no
   * start at all. A stable run, a signal or a start on purpose begins anew.
   */
  readonly failures: number;
  /** How the last run ended, say `exit code 1` or `SIGKILL`. */
  readonly lastEnd: string | undefined;
}

export interface Supervisor extends AsyncDisposable {
  /** Resolves false when no child has that name. */
  startChild(name: string): boolean;
  /** Resolves when the child is dead. */
  stopChild(name: string, signal?: NodeJS.Signals): Promise<boolean>;
  status(): readonly ChildStatus[];
  /** Stops every child; idempotent. */
  stop(): Promise<void>;
}

interface Child {
  readonly spec: ChildSpec;
  process: ChildProcess | undefined;
  wanted: boolean;
  backoff: Millis;
  startedAt: Millis;
  restarts: number;
  failures: number;
  lastEnd: string | undefined;
  timer: Timer | undefined;
  readonly deathWaiters: Set<() => void>;
}

export function createSupervisor(
  options: SupervisorOptions,
  { clock, log }: { clock: Clock; log: Logger },
): Supervisor {
  const {
    backoffMin = 200,
    backoffMax = 10_000,
    stableAfter = 10_000,
    stopGrace = 10_000,
  } = options;
  const children = new Map<string, Child>();

  const start = (child: Child): void => {
    child.wanted = true;
    child.timer?.cancel();
    child.timer = undefined;
    if (child.process !== undefined) return;
    child.startedAt = clock.now();
    const process = spawnChild(child.spec);
    child.process = process;
    let ended = false;
    const onEnd = (end: string, hasFailed: boolean) => {
      if (ended) return;
      ended = true;
      child.process = undefined;
      const isStable = clock.now() - child.startedAt >= stableAfter;
      child.failures = hasFailed ? (isStable ? 1 : child.failures + 1) : 0;
      child.lastEnd = end;
      for (const wake of child.deathWaiters) wake();
      child.deathWaiters.clear();
      if (child.wanted) restartLater(child);
    };
    process.on('error', (error) => onEnd(error.message, true));
    process.on('exit', (code, signal) =>
      onEnd(signal ?? `exit code ${code}`, signal === null && code !== 0),
    );
    log.info({ child: child.spec.name, childPid: process.pid }, 'child started');
  };

  const restartLater = (child: Child): void => {
    const lived = clock.now() - child.startedAt;
    child.backoff = nextBackoff(child.backoff, lived, { backoffMin, backoffMax, stableAfter });
    child.restarts++;
    log.warn(
      { child: child.spec.name, end: child.lastEnd, backoffMillis: child.backoff },
      'child died; it is started again',
    );
    child.timer = clock.setTimer(child.backoff, () => start(child));
  };

  const end = async (child: Child, signal: NodeJS.Signals): Promise<void> => {
    child.wanted = false;
    child.timer?.cancel();
    child.timer = undefined;
    const { process } = child;
    if (process === undefined) return;
    const dead = new Promise<void>((resolve) => child.deathWaiters.add(resolve));
    process.kill(signal);
    const kill = clock.setTimer(stopGrace, () => process.kill('SIGKILL'));
    await dead;
    kill.cancel();
  };

  for (const spec of options.children) {
    children.set(spec.name, {
      spec,
      process: undefined,
      wanted: false,
      backoff: 0,
      startedAt: 0,
      restarts: 0,
      failures: 0,
      lastEnd: undefined,
      timer: undefined,
      deathWaiters: new Set(),
    });
  }
  for (const child of children.values()) {
    const delay = (child.spec.stage ?? 0) * (options.stageDelay ?? 0);
    child.wanted = true;
    if (delay === 0) start(child);
    else child.timer = clock.setTimer(delay, () => start(child));
  }

  const stop = async (): Promise<void> => {
    const stageOf = (child: Child) => child.spec.stage ?? 0;
    const all = [...children.values()];
    // None may come back while others are being stopped.
    for (const child of all) child.wanted = false;
    for (const stage of [...new Set(all.map(stageOf))].toSorted((a, b) => b - a)) {
      const some = all.filter((child) => stageOf(child) === stage);
      await Promise.all(some.map((child) => end(child, 'SIGTERM')));
    }
  };
  return {
    startChild: (name) => {
      const child = children.get(name);
      if (child === undefined) return false;
      child.failures = 0;
      start(child);
      return true;
    },
    stopChild: async (name, signal = 'SIGTERM') => {
      const child = children.get(name);
      if (child !== undefined) await end(child, signal);
      return child !== undefined;
    },
    status: () => [...children.values()].map(describe),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** The wait before the next start, given the wait before this one and how long it lived. */
export function nextBackoff(
  previous: Millis,
  lived: Millis,
  limits: { backoffMin: Millis; backoffMax: Millis; stableAfter: Millis },
): Millis {
  if (previous === 0 || lived >= limits.stableAfter) return limits.backoffMin;
  return Math.min(previous * 2, limits.backoffMax);
}

function spawnChild(spec: ChildSpec): ChildProcess {
  const log = spec.logFile === undefined ? undefined : openSync(spec.logFile, 'a', 0o600);
  const stdio: StdioOptions =
    log === undefined ? ['ignore', 'inherit', 'inherit'] : ['ignore', log, log];
  try {
    return spawn(spec.command, spec.args, {
      stdio,
      env: { ...process.env, ...spec.environment },
    });
  } finally {
    if (log !== undefined) closeSync(log);
  }
}

function describe(child: Child): ChildStatus {
  const { process, timer, restarts, failures, lastEnd } = child;
  const state = process !== undefined ? 'running' : timer !== undefined ? 'waiting' : 'stopped';
  return { name: child.spec.name, state, pid: process?.pid, restarts, failures, lastEnd };
}
