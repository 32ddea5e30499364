/** A connection that a node-agent makes, as a socket: to a port of a pod, or to the agent's own HTTP server. */
import { Duplex } from 'node:stream';
import { nodeApi, type PortForwardInput, type PortForwardOutput } from '@drydock/proto/node';
import type { Method } from '@drydock/rpc';
import type { NodeClient } from '../node-client.ts';
import { openAgentCall, refusalOf, type AgentCall } from './agent-call.ts';

export type ConnectionEnd =
  | {
      readonly kind: 'pod';
      readonly namespace: string;
      readonly pod: string;
      readonly port: number;
    }
  | { readonly kind: 'node' };

type Call = AgentCall<PortForwardInput, PortForwardOutput>;
type ConnectionMethod = Method<PortForwardInput, PortForwardOutput>;
const inputBytesMax = 64 * 1024;

/** @throws RpcError with the agent's reason when there is no such connection */
export async function connectThrough(node: NodeClient, end: ConnectionEnd): Promise<Duplex> {
  const method = end.kind === 'pod' ? nodeApi.PortForward : nodeApi.Http;
  const call: Call = openAgentCall(node.client, method as unknown as ConnectionMethod);
  const { namespace, pod, port } = end.kind === 'pod' ? end : { namespace: '', pod: '', port: 0 };
  // The answer says why, if it fails.
  await call.send({ start: { namespace, pod, port, node: node.nodeName } }).catch(() => undefined);
  const refusal = await refusalOf(call);
  if (refusal === undefined) return duplexOf(call);
  call.cancel();
  throw refusal;
}

function duplexOf(call: Call): Duplex {
  let isPulling = false;
  const pull = async (duplex: Duplex) => {
    for (;;) {
      const output = await call.next();
      if (output === undefined || output.dataEnd === true) {
        duplex.push(null);
        return;
      }
      if (output.data !== undefined && !duplex.push(output.data)) return;
    }
  };
  return new Duplex({
    read() {
      if (isPulling) return;
      isPulling = true;
      pull(this).then(
        () => (isPulling = false),
        (error: unknown) => this.destroy(error as Error),
      );
    },
    write(chunk: Buffer, _encoding, done) {
      // A call that is over is told of by its answers.
      void sendAll(call, chunk).then(
        () => done(),
        () => done(),
      );
    },
    final(done) {
      call.end();
      done();
    },
    destroy(error, done) {
      call.cancel();
      done(error);
    },
  });
}

async function sendAll(call: Call, chunk: Buffer): Promise<void> {
  for (let from = 0; from < chunk.length; from += inputBytesMax) {
    await call.send({ data: chunk.subarray(from, from + inputBytesMax) });
  }
}
