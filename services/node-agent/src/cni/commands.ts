/** Runs the system's network tools; a failure carries their own words. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code = 'COMMAND';
}

/** Answers with standard output. @throws CommandError */
export async function runCommand(
  command: string,
  args: readonly string[],
  input: string,
): Promise<string> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  // A tool that ends before it has read everything says why on its standard error.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const line = [command, ...args].join(' ');
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new CommandError(`${line}: ${complaint.trim() || `exit code ${code}`}`);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`cannot run ${line}: ${(error as Error).message}`, { cause: error });
  }
  return output;
}

/** Lines for `ip -batch`, run in this network namespace or in that of a process. */
export async function ipBatch(lines: readonly string[], pid?: number): Promise<void> {
  if (lines.length === 0) return;
  const input = `${lines.join('\n')}\n`;
  if (pid === undefined) await runCommand('ip', ['-batch', '-'], input);
  else await runCommand('nsenter', [`--net=/proc/${pid}/ns/net`, 'ip', '-batch', '-'], input);
}

export async function ipJson<T>(args: readonly string[]): Promise<readonly T[]> {
  const output = await runCommand('ip', ['-json', ...args], '');
  return output.trim() === '' ? [] : (JSON.parse(output) as T[]);
}

export const applyRules = (rules: string) => runCommand('nft', ['-f', '-'], rules);
