/** A command run inside a container, with its output and exit code. */
import type Docker from 'dockerode';
import type { Clock, Millis } from '@drydock/ports';
import { RuntimeError, type ExecResult } from '../runtime.ts';
import { toRuntimeError } from './errors.ts';
import { merge } from './multiplexed-stream.ts';

/** A probe's output is shown to people; upstream keeps as much. */
const outputBytesMax = 10 * 1024;

export async function execInside(
  docker: Docker,
  clock: Clock,
  options: { readonly id: string; readonly command: readonly string[]; timeoutMillis: Millis },
): Promise<ExecResult> {
  const { id, command, timeoutMillis } = options;
  const expired = Promise.withResolvers<never>();
  const timer = clock.setTimer(timeoutMillis, () =>
    expired.reject(new RuntimeError('TIMEOUT', `command timed out after ${timeoutMillis / 1000}s`)),
  );
  try {
    return await Promise.race([run(docker, id, command), expired.promise]);
  } catch (error) {
    throw toRuntimeError(error);
  } finally {
    timer.cancel();
  }
}

async function run(docker: Docker, id: string, command: readonly string[]): Promise<ExecResult> {
  const exec = await docker.getContainer(id).exec({
    Cmd: [...command],
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: false, stdin: false });
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of merge(stream)) {
    if (size < outputBytesMax) pieces.push(Buffer.from(piece));
    size += piece.length;
  }
  const { ExitCode } = await exec.inspect();
  return {
    exitCode: ExitCode ?? 0,
    output: Buffer.concat(pieces).subarray(0, outputBytesMax).toString('utf8'),
  };
}
