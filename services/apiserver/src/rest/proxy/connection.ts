/** The connection to what is behind the proxy, and why there is none. */
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { connectThrough } from '../streams/agent-connection.ts';
import type { NodeDialer } from '../node-client.ts';
import { unreachableError } from './failures.ts';
import type { ProxyTarget } from './target.ts';

/** Disposal ends it. */
export interface ProxyConnection extends AsyncDisposable {
  readonly socket: Duplex;
}

/** Real milliseconds: Go's proxy dials for 30 s. */
const dialMillisMax = 30_000;

/** @throws ApiError 503 */
export async function connectTo(
  { scheme, host, way }: ProxyTarget,
  dialNode: NodeDialer,
): Promise<ProxyConnection> {
  await using stack = new AsyncDisposableStack();
  const plain = await (way.kind === 'address' ? dialAddress(way, host) : dialThrough());
  stack.defer(() => void plain.destroy());
  const socket = scheme === 'https' ? await secure(plain) : plain;
  stack.defer(() => void socket.destroy());
  // Whoever uses it hears of failures; one that comes after has no other listener.
  socket.on('error', () => undefined);
  const held = stack.move();
  return { socket, [Symbol.asyncDispose]: () => held.disposeAsync() };

  async function dialThrough(): Promise<Duplex> {
    if (way.kind === 'address') throw new Error('an address is dialled by itself');
    const node = stack.use(await dialNode(way.nodeName));
    try {
      return await connectThrough(node, way);
    } catch (error) {
      throw unreachableError(reasonOf(node.reasonOf(error), host));
    }
  }
}

/** Refused is refused, whatever words the agent has for it. */
function reasonOf(reason: string, host: string): string {
  return reason.includes('connection refused')
    ? `dial tcp ${host}: connect: connection refused`
    : `dial tcp ${host}: ${reason}`;
}

async function dialAddress(
  { address, port }: { readonly address: string; readonly port: number },
  host: string,
): Promise<Duplex> {
  const socket = connectTcp({ host: address, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(dialMillisMax) });
    return socket;
  } catch (error) {
    socket.destroy();
    const { code } = error as NodeJS.ErrnoException;
    const reason =
      code === 'ECONNREFUSED'
        ? 'connect: connection refused'
        : code === 'ABORT_ERR'
          ? 'i/o timeout'
          : (error as Error).message;
    throw unreachableError(`dial tcp ${host}: ${reason}`);
  }
}

/** As upstream: who is there is known by the cluster's network, not by a certificate. */
async function secure(plain: Duplex): Promise<Duplex> {
  const socket = connectTls({ socket: plain, rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(dialMillisMax) });
    return socket;
  } catch (error) {
    socket.destroy();
    throw unreachableError(`tls: ${(error as Error).message}`);
  }
}
