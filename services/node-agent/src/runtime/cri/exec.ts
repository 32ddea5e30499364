/** A command run inside a container to its end. */
import type { Millis } from '@drydock/ports';
import { criRuntimeService as service } from '@drydock/proto/cri';
import { RuntimeError, type ExecResult } from '../runtime.ts';
import type { CriConnection } from './connection.ts';

/** A probe's output is shown to people; upstream keeps as much. */
const outputBytesMax = 10 * 1024;

export async function execSync(
  connection: CriConnection,
  options: {
    readonly id: string;
    readonly command: readonly string[];
    readonly timeoutMillis: Millis;
  },
): Promise<ExecResult> {
  const { id, command, timeoutMillis } = options;
  try {
    const { stdout, stderr, exitCode } = await connection.call(
      service.ExecSync,
      // The runtime counts whole seconds of real time, and ends the command also without its agent.
      { containerId: id, cmd: [...command], timeout: Math.ceil(timeoutMillis / 1000) },
      { timeoutMillis },
    );
    const output = Buffer.concat([stdout, stderr]).subarray(0, outputBytesMax).toString('utf8');
    return { exitCode, output };
  } catch (error) {
    if (!(error instanceof RuntimeError) || error.code !== 'TIMEOUT') throw error;
    const message = `command timed out after ${timeoutMillis / 1000}s`;
    throw new RuntimeError('TIMEOUT', message, error);
  }
}
