/** PortForward: one TCP connection to a port of a pod, on a call. */
import type { PortForwardInput, PortForwardOutput } from '@drydock/proto/node';
import { RpcError, StatusCode, type CallContext } from '@drydock/rpc';
import { RuntimeError, type PortConnection } from '../runtime/runtime.ts';
import type { ServedPod } from './served.ts';
import { runningSandbox } from './stream-target.ts';

export interface PortForwardCall {
  readonly requests: AsyncIterator<PortForwardInput, void>;
  readonly send: (output: PortForwardOutput) => Promise<void>;
  readonly context: CallContext;
}

export async function servePortForward(
  { requests, send, context }: PortForwardCall,
  find: (pod: { namespace: string; pod: string }) => ServedPod,
): Promise<void> {
  const first = await requests.next();
  const start = first.done === true ? undefined : first.value.start;
  if (!start || start.port < 1 || start.port > 65_535) {
    const problem = 'the first message must be a start with a port from 1 to 65535';
    throw new RpcError(StatusCode.INVALID_ARGUMENT, problem);
  }
  const served = find(start);
  const connection = await connect(served, start.port);
  context.signal.addEventListener('abort', connection.close, { once: true });
  if (context.signal.aborted) connection.close();
  try {
    await send({ connected: {} });
    const inputEnd = pumpInput(requests, connection);
    for await (const data of connection.input) {
      await send({ data: Buffer.from(data.buffer, data.byteOffset, data.length) });
    }
    await send({ dataEnd: true });
    await inputEnd;
  } catch (error) {
    if (error instanceof RpcError || context.signal.aborted) throw error;
    throw new RpcError(StatusCode.UNAVAILABLE, (error as Error).message, { cause: error });
  } finally {
    context.signal.removeEventListener('abort', connection.close);
    connection.close();
  }
}

async function connect(served: ServedPod, port: number): Promise<PortConnection> {
  const sandboxId = await runningSandbox(served);
  try {
    return await served.runtime.portForward(sandboxId, port);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    const message = `error forwarding port ${port} to pod ${sandboxId}, uid : ${error.message}`;
    throw new RpcError(StatusCode.UNAVAILABLE, message, { cause: error });
  }
}

/** The pod may go on sending after the end of what it is sent. */
async function pumpInput(
  requests: AsyncIterator<PortForwardInput, void>,
  connection: PortConnection,
): Promise<void> {
  for (;;) {
    const next = await requests.next();
    if (next.done === true) break;
    if (next.value.data !== undefined) await connection.write(next.value.data);
  }
  connection.end();
}
