/** `Upgrade: SPDY/3.1`: the choice of a protocol, and the answer that ends HTTP on the connection. */
import { createSocketCarrier, pingFrame, type Carrier } from '@drydock/spdy';
import type { Exchange, Upgrade } from '../exchange.ts';
import { choose, namesIn } from './protocols.ts';

/** Undefined when no protocol suits both; the client has then been told. */
export function chooseSpdyProtocol<Protocol extends { readonly name: string }>(
  exchange: Exchange,
  served: readonly Protocol[],
): Protocol | undefined {
  const offered = namesIn(exchange.header('x-stream-protocol-version'));
  // The oldest clients name none, and speak the first version.
  const chosen = offered.length === 0 ? served.at(-1) : choose(offered, served);
  if (chosen !== undefined) return chosen;
  const names = served.map(({ name }) => name);
  exchange.respond(
    403,
    {
      'content-type': 'text/plain; charset=utf-8',
      'x-accepted-stream-protocol-versions': names,
    },
    `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${names.join(' ')}]\n`,
  );
  return undefined;
}

export function acceptSpdy(upgrade: Upgrade, protocol: string): Carrier {
  const { socket, head } = upgrade.take();
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Connection: Upgrade',
    'Upgrade: SPDY/3.1',
    `X-Stream-Protocol-Version: ${protocol}`,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return createSocketCarrier(socket, {
    head,
    beat: ({ send }) => void send(pingFrame).catch(() => undefined),
  });
}
