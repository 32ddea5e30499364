/** Exec and attach: a client's channels on one side, a node-agent's call on the other. */
import { once } from 'node:events';
import { internalError, successStatus, type Status } from '@drydock/api';
import type { ProcessInput, ProcessOutput } from '@drydock/proto/node';
import { toRpcError } from '@drydock/rpc';
import { GoodbyeError } from '@drydock/spdy';
import type { AgentCall } from './agent-call.ts';
import type { ProcessOptions } from './options.ts';
import type { RemoteChannels } from './remote-channels.ts';

type ProcessCall = AgentCall<ProcessInput, ProcessOutput>;

/** Below the agent's bound for a message, and small enough to take turns with output. */
const stdinBytesMax = 64 * 1024;

/**
 * Real milliseconds: so long a command may take in what a client sent that has gone since. Some clients
 * end their connection with their input, as the official JavaScript client does when it copies a file.
 */
const lateMillisMax = 30_000;

/** Until both are over. Never rejects: a client that is there is told what failed. */
export async function relayProcess(
  channels: RemoteChannels,
  call: ProcessCall,
  /** The command is empty for attach. */
  { command, tty }: Pick<ProcessOptions, 'command' | 'tty'>,
): Promise<void> {
  const { signal } = channels;
  let late: NodeJS.Timeout | undefined;
  const leave = () => {
    // An attached client owes its container nothing; a command is there for its client alone. At a
    // terminal there sat somebody, who has left it.
    const isLate =
      command.length > 0 &&
      !tty &&
      channels.stdin !== undefined &&
      signal.reason instanceof GoodbyeError &&
      channels.endsWithInput();
    if (isLate) late = setTimeout(() => call.cancel(), lateMillisMax);
    else call.cancel();
  };
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  // The order of a size and of input does not matter, so neither waits for the other.
  channels.onResize((resize) => void call.send({ resize }).catch(() => undefined));
  void sendStdin(channels, call);
  // Output for a client that has gone has nobody to go to.
  const write: RemoteChannels['write'] = (name, bytes) =>
    channels.write(name, bytes).catch(async (error: unknown) => {
      // A connection that is being closed takes no more, before it is known how it ends.
      if (!signal.aborted) await once(signal, 'abort');
      if (late === undefined) throw error;
    });
  try {
    const status = await receiveOutput({ write }, call, command);
    signal.removeEventListener('abort', leave);
    await channels.finish(status);
  } catch (error) {
    call.cancel();
    signal.removeEventListener('abort', leave);
    if (!signal.aborted) await channels.finish(internalError(toRpcError(error).message).status);
  } finally {
    clearTimeout(late);
  }
}

async function sendStdin({ stdin }: RemoteChannels, call: ProcessCall): Promise<void> {
  try {
    for await (const bytes of stdin ?? []) {
      for (let from = 0; from < bytes.length; from += stdinBytesMax) {
        await call.send({ stdin: bytes.subarray(from, from + stdinBytesMax) });
      }
    }
    if (stdin !== undefined) await call.send({ stdinEnd: true });
  } catch {
    // The call or the client is over, and the other direction tells of that.
  }
}

async function receiveOutput(
  channels: Pick<RemoteChannels, 'write'>,
  call: ProcessCall,
  command: readonly string[],
): Promise<Status> {
  for (;;) {
    const output = await call.next();
    if (output === undefined) throw new Error('the node-agent broke off');
    if (output.stdout !== undefined) await channels.write('stdout', output.stdout);
    if (output.stderr !== undefined) await channels.write('stderr', output.stderr);
    if (output.end) return endStatus(output.end, command);
  }
}

function endStatus(
  { exitCode, failure }: { readonly exitCode: number; readonly failure: string },
  command: readonly string[],
): Status {
  if (failure !== '') return internalError(failure).status;
  if (exitCode === 0) return successStatus();
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: error executing command [${command.join(' ')}], exit code ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}
