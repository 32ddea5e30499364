/** Runs a program to its end, bounded in time, and tells all it said when it fails. */
import { spawn } from 'node:child_process';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Default 120,000 real milliseconds; then the program is killed. */
  readonly timeoutMillis?: number;
}

/** Resolves with whatever the program answered, also when it failed. */
export function tryCommand(
  program: string,
  commandArguments: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, commandArguments, {
      cwd: options.cwd,
      env: { ...process.env, ...options.environment },
      timeout: options.timeoutMillis ?? 120_000,
      killSignal: 'SIGKILL',
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({
        code: code ?? 128,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString() + (signal === null ? '' : `killed by ${signal}\n`),
      });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** Resolves with the program's output. @throws with both outputs when it exits with another code than 0. */
export async function command(
  program: string,
  commandArguments: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const result = await tryCommand(program, commandArguments, options);
  if (result.code === 0) return result.stdout;
  const line = [program, ...commandArguments].join(' ');
  throw new Error(`${line} exited with ${result.code}\n${result.stdout}${result.stderr}`);
}
