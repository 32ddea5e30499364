/** Programs that the benchmark runs to their end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Standard output of a program. @throws Error with what it wrote when it fails. */
export async function capture(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, {
    env: { ...process.env, ETCDCTL_API: '3' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) {
    throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
  }
  return stdout;
}
