/** Programs that tests run. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface FollowedCommand extends AsyncDisposable {
  stdout(): string;
}

const environmentOfCtl = { ...process.env, ETCDCTL_API: '3' };

/** Runs a program to its end, at most 20 s. */
export async function run(
  program: string,
  args: readonly string[],
  input?: string,
): Promise<CommandResult> {
  const child = spawn(program, args, {
    env: environmentOfCtl,
    stdio: 'pipe',
    timeout: 20_000,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** etcdctl, until it is killed. */
export function follow(args: readonly string[]): FollowedCommand {
  const child = spawn('etcdctl', args, {
    env: environmentOfCtl,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  return {
    stdout: () => stdout,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
