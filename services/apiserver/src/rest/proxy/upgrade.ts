/** Two connections become one: HTTP is through with both, and what they speak is not ours to know. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Upgrade } from '../exchange.ts';

/** Hands the client the answer as it came; resolves when both sides are through, or one has broken off. */
export async function joinConnections(
  upgrade: Upgrade,
  answer: IncomingMessage,
  backend: { readonly socket: Duplex; readonly head: Buffer },
): Promise<void> {
  const client = upgrade.take();
  // Two pipelines listen to both sockets, beside HTTP itself.
  client.socket.setMaxListeners(0);
  client.socket.on('error', () => undefined);
  client.socket.write(headOf(answer));
  client.socket.write(backend.head);
  backend.socket.write(client.head);
  await Promise.allSettled([
    pipeline(client.socket, backend.socket),
    pipeline(backend.socket, client.socket),
  ]);
  client.socket.destroy();
}

function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
