/** One connection to a port of a pod, on a call of its node-agent. */
import { nodeApi, type PortForwardInput, type PortForwardOutput } from '@drydock/proto/node';
import { RpcError, type Method } from '@drydock/rpc';
import type { NodeClient } from '../node-client.ts';
import { openAgentCall, type AgentCall } from './agent-call.ts';

export interface ForwardedPod {
  readonly node: NodeClient;
  readonly namespace: string;
  readonly pod: string;
}

/** The client's side of a connection. */
export interface ForwardedClient {
  /** Ends when the client has no more to send. */
  readonly input: AsyncIterable<Buffer>;
  write(bytes: Uint8Array): Promise<void>;
  /** The pod has no more to send. */
  end(): Promise<void>;
  /** Tells the client why its connection failed. */
  fail(message: string): Promise<void>;
}

type Call = AgentCall<PortForwardInput, PortForwardOutput>;
const method = nodeApi.PortForward as unknown as Method<PortForwardInput, PortForwardOutput>;
const inputBytesMax = 64 * 1024;

/** Until both sides are through, or one breaks off. Never rejects. */
export async function forwardConnection(
  client: ForwardedClient,
  { node, namespace, pod }: ForwardedPod,
  { port, signal }: { readonly port: number; readonly signal: AbortSignal },
): Promise<void> {
  const call: Call = openAgentCall(node.client, method);
  const broken = new AbortController();
  const breakOff = () => {
    broken.abort();
    call.cancel();
  };
  signal.addEventListener('abort', breakOff, { once: true });
  if (signal.aborted) breakOff();
  try {
    // The answer says why, if it fails.
    await call
      .send({ start: { namespace, pod, port, node: node.nodeName } })
      .catch(() => undefined);
    // Connected: what comes first says no more than that.
    await call.next();
    void sendInput(client, call).catch(breakOff);
    for (let output = await call.next(); output !== undefined; output = await call.next()) {
      if (output.data !== undefined) await client.write(output.data);
      if (output.dataEnd === true) await client.end();
    }
  } catch (error) {
    // A client that has broken off its connection is not told of it: kubectl would give up them all.
    const isNews = error instanceof RpcError && !broken.signal.aborted;
    if (isNews) await client.fail(node.reasonOf(error)).catch(() => undefined);
  } finally {
    signal.removeEventListener('abort', breakOff);
    call.cancel();
  }
}

/** Rejects when the client breaks off; a call that is over is told of by its answers. */
async function sendInput({ input }: ForwardedClient, call: Call): Promise<void> {
  for await (const bytes of input) {
    for (let from = 0; from < bytes.length; from += inputBytesMax) {
      const piece = bytes.subarray(from, from + inputBytesMax);
      await call.send({ data: piece }).catch(() => undefined);
    }
  }
  call.end();
}
