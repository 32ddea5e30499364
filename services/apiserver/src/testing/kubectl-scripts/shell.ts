/** Commands of scripts, in a shell where `kubectl` is the program that is tried. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@drydock/testing/eventually';

export interface ShellOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Shell extends AsyncDisposable {
  run(command: string): Promise<ShellOutcome>;
  /** Runs it beside the others. */
  start(name: string, command: string): void;
  /** Waits for so many lines of its output, or for a text anywhere. */
  seen(name: string, what: number | string): Promise<void>;
  /** Ends it as Ctrl-C does, or lets it end by itself. */
  stop(name: string, how: { afterLines?: number; byItself?: boolean }): Promise<ShellOutcome>;
}

export interface ShellOptions {
  /** It is the commands' home, and holds copies of the files. */
  readonly folder: string;
  readonly files: string;
  readonly kubectl: string;
  readonly environment: NodeJS.ProcessEnv;
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  out: string;
  err: string;
}

const timeoutMillis = 60_000;

export function createShell({ folder, files, kubectl, environment }: ShellOptions): Shell {
  const bin = join(folder, 'bin');
  const work = join(folder, 'work');
  mkdirSync(bin, { recursive: true });
  cpSync(files, work, { recursive: true });
  const program = join(bin, 'kubectl');
  // Under its own name, which it tells as a manager of fields.
  symlinkSync(kubectl, program);
  const env = {
    ...environment,
    PATH: `${bin}:${environment['PATH']}`,
    TERM: 'dumb',
    TZ: 'UTC',
    LC_ALL: 'C.UTF-8',
  };
  const background = new Map<string, Running>();

  const launch = (command: string): Running => {
    // A group of its own, so that a signal reaches the whole line.
    const child = spawn('/bin/sh', ['-c', command], { cwd: work, env, detached: true });
    const running: Running = { child, ended: once(child, 'close'), out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (running.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (running.err += text));
    child.stdin.end();
    return running;
  };
  const signal = ({ child }: Running, name: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, name);
  };
  const outcome = async (running: Running): Promise<ShellOutcome> => {
    const timer = setTimeout(() => {
      running.err += `killed: it did not end within ${timeoutMillis} ms\n`;
      signal(running, 'SIGKILL');
    }, timeoutMillis);
    await running.ended;
    clearTimeout(timer);
    const { child, out, err } = running;
    return { code: child.exitCode ?? 1, out, err };
  };
  const named = (name: string) => {
    const running = background.get(name);
    if (running === undefined) throw new Error(`nothing called ${name} was started`);
    return running;
  };
  const hasSeen = ({ out, err }: Running, what: number | string) =>
    typeof what === 'number' ? out.split('\n').length > what : (out + err).includes(what);
  const seen = async (running: Running, what: number | string) => {
    const look = () => {
      if (hasSeen(running, what)) return true;
      throw new Error(`it has printed: ${running.out}${running.err}`);
    };
    await eventually(`it prints ${what}`, look, { intervalMillis: 10 });
  };

  return {
    run: (command) => outcome(launch(command)),
    start: (name, command) => void background.set(name, launch(`exec ${command}`)),
    seen: (name, what) => seen(named(name), what),
    stop: async (name, { afterLines, byItself }) => {
      const running = named(name);
      background.delete(name);
      if (afterLines !== undefined) await seen(running, afterLines);
      if (byItself !== true) {
        signal(running, 'SIGINT');
        const { out, err } = await outcome(running);
        // How a program ends at Ctrl-C is its own affair.
        return { code: 0, out, err };
      }
      return outcome(running);
    },
    [Symbol.asyncDispose]: async () => {
      for (const running of background.values()) {
        signal(running, 'SIGKILL');
        await running.ended;
      }
    },
  };
}
