/**
 * Exec and Attach: the streams of a process, on a call.
 *
 * 1. Output is read as fast as the call takes it, input as fast as the process does: neither is kept.
 * 2. However the call ends, the process is let go of.
 */
import type { Logger } from '@drydock/ports';
import type { ProcessInput, ProcessOutput, ProcessStart } from '@drydock/proto/node';
import { RpcError, StatusCode, type CallContext } from '@drydock/rpc';
import type { ExecProcess, ProcessStreams } from '../runtime/runtime.ts';

/** Without an exit code, of a process that is not the caller's own. */
type OpenedProcess = ProcessStreams & Partial<Pick<ExecProcess, 'exitCode'>>;

export interface ProcessCall {
  readonly requests: AsyncIterator<ProcessInput, void>;
  readonly send: (output: ProcessOutput) => Promise<void>;
  readonly context: CallContext;
  readonly log: Logger;
}

export interface ProcessOpener {
  /** @throws RpcError for what is refused before anything starts */
  readonly find: (start: ProcessStart) => Promise<() => Promise<OpenedProcess>>;
  /** The beginning of a sentence that ends with the runtime's reason. */
  readonly failure: string;
}

export async function serveProcess(
  { requests, send, context, log }: ProcessCall,
  { find, failure }: ProcessOpener,
): Promise<void> {
  const first = await requests.next();
  const start = first.done === true ? undefined : first.value.start;
  if (!start) throw new RpcError(StatusCode.INVALID_ARGUMENT, 'the first message must be a start');
  const open = await find(start);
  await send({ started: {} });
  let process: OpenedProcess;
  try {
    process = await open();
  } catch (error) {
    await send({ end: { exitCode: 0, failure: `${failure}: ${(error as Error).message}` } });
    return;
  }
  context.signal.addEventListener('abort', process.close, { once: true });
  if (context.signal.aborted) process.close();
  try {
    void pumpInput(requests, process, { signal: context.signal, log });
    for await (const { stream, data } of process.output) {
      await send({ [stream]: Buffer.from(data.buffer, data.byteOffset, data.length) });
    }
    // Without its client, a command that runs on is nobody's to wait for.
    const exitCode = await Promise.race([process.exitCode?.() ?? 0, abortOf(context.signal)]);
    await send({ end: { exitCode, failure: '' } });
  } finally {
    context.signal.removeEventListener('abort', process.close);
    process.close();
  }
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

/** Never rejects: input that cannot be delivered is no reason to lose the output. */
async function pumpInput(
  requests: AsyncIterator<ProcessInput, void>,
  process: ProcessStreams,
  { signal, log }: { signal: AbortSignal; log: Logger },
): Promise<void> {
  try {
    for (;;) {
      const next = await requests.next();
      if (next.done === true) break;
      const { stdin, resize, stdinEnd } = next.value;
      if (stdin !== undefined) await process.write(stdin);
      if (stdinEnd === true) process.endInput();
      if (resize) {
        // A terminal that cannot be resized now goes on with the size that it has.
        process
          .resize(resize)
          .catch((error: unknown) => log.debug({ err: error }, 'cannot resize a terminal'));
      }
    }
  } catch (error) {
    if (!signal.aborted) log.debug({ err: error }, 'the input of a process broke off');
  }
  process.endInput();
}
