/** Runs a tool of the system; a failure carries its own words. */
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
  input = '',
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
  const [code] = await once(child, 'close').catch((error: unknown) => {
    throw new CommandError(`cannot run ${line}: ${(error as Error).message}`, { cause: error });
  });
  if (code !== 0) throw new CommandError(`${line}: ${complaint.trim() || `exit code ${code}`}`);
  return output;
}
