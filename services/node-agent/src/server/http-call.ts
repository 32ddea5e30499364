/** Http: a connection to the agent's own HTTP server, on a call. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { Duplex } from 'node:stream';
import { RpcError, StatusCode } from '@drydock/rpc';
import type { PortForwardCall } from './port-forward-call.ts';
import type { ServedNode } from './served.ts';

/** Until both sides are through. `connections` learns which node each connection is about. */
export async function serveHttp(
  { requests, send, context }: PortForwardCall,
  {
    server,
    connections,
    nodes,
  }: {
    readonly server: Server;
    readonly connections: WeakMap<Duplex, ServedNode>;
    readonly nodes: ReadonlyMap<string, ServedNode>;
  },
): Promise<void> {
  const first = await requests.next();
  const name = first.done === true ? '' : (first.value.start?.node ?? '');
  const node = nodes.get(name);
  if (node === undefined) {
    throw new RpcError(StatusCode.NOT_FOUND, `node "${name}" is none of this agent's`);
  }
  await send({ connected: {} });
  const connection = duplexOf({ requests, send, context });
  connections.set(connection, node);
  const leave = () => void connection.destroy();
  context.signal.addEventListener('abort', leave, { once: true });
  const closed = once(connection, 'close');
  // The server hears of failures; the caller of a call that fails is gone.
  connection.on('error', () => undefined);
  server.emit('connection', connection);
  if (context.signal.aborted) leave();
  await closed.catch(() => undefined);
  context.signal.removeEventListener('abort', leave);
}

function duplexOf({ requests, send }: PortForwardCall): Duplex {
  return new Duplex({
    read() {
      requests.next().then(
        (next) => {
          if (next.done === true) this.push(null);
          else this.push(next.value.data ?? Buffer.alloc(0));
        },
        (error: unknown) => this.destroy(error as Error),
      );
    },
    write(chunk: Buffer, _encoding, done) {
      send({ data: chunk }).then(() => done(), done);
    },
    final(done) {
      send({ dataEnd: true }).then(() => done(), done);
    },
  });
}
