/** Other programs: run them, read what they print, and say plainly when they fail. */
import { spawn } from 'node:child_process';
import { CommandFailure } from './terminal/failure.ts';

export interface ExecuteOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  readonly input?: string;
  /** Milliseconds of real time; the program is killed when they have passed. */
  readonly timeoutMillis?: number;
  /** Kills the program when it is aborted; the code is then 137. */
  readonly signal?: AbortSignal;
  /** Called with each line as it is printed, from either stream. */
  readonly onLine?: (line: string) => void;
}

export interface ExecuteResult {
  /** 127 when the program does not exist, 124 when it ran out of time. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function execute(
  command: string,
  args: readonly string[],
  options: ExecuteOptions = {},
): Promise<ExecuteResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.folder,
      env: { ...process.env, ...options.environment },
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    let timedOut = false;
    const timer =
      options.timeoutMillis === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            child.kill('SIGKILL');
          }, options.timeoutMillis);
    const abort = () => child.kill('SIGKILL');
    if (options.signal?.aborted === true) abort();
    options.signal?.addEventListener('abort', abort, { once: true });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      let partial = '';
      child[name]!.setEncoding('utf8').on('data', (chunk: string) => {
        output[name] += chunk;
        if (options.onLine === undefined) return;
        const lines = (partial + chunk).split(/\r?\n|\r/);
        partial = lines.pop()!;
        for (const line of lines) if (line !== '') options.onLine(line);
      });
    }
    const settle = (code: number) => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
      resolve({ code, ...output });
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      output.stderr += error.message;
      settle(error.code === 'ENOENT' ? 127 : 126);
    });
    child.on('close', (code) => settle(timedOut ? 124 : (code ?? 137)));
    if (options.input !== undefined) child.stdin!.end(options.input);
  });
}

/** The trimmed standard output. @throws CommandFailure with the program's own words. */
export async function executeOrFail(
  command: string,
  args: readonly string[],
  options: ExecuteOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await execute(command, args, options);
  if (code === 0) return stdout.trim();
  const lastLines = (text: string) => text.trim().split('\n').slice(-12);
  const said = [...lastLines(stdout), ...lastLines(stderr)]
    .filter((line) => line !== '')
    .join('\n');
  const why = code === 124 ? `ran out of time (${options.timeoutMillis} ms)` : `failed (${code})`;
  throw new CommandFailure(`${command} ${args.slice(0, 3).join(' ')} ${why}:\n${said}`);
}
