/** Port-forward, from the request to its end. */
import { badRequestError } from '@drydock/api';
import type { Upgrade } from '../exchange.ts';
import type { NodeClient } from '../node-client.ts';
import type { Action } from '../action.ts';
import type { ForwardedPod } from './forwarded-connection.ts';
import { portsOf } from './options.ts';
import { choose, namesIn, portForwardProtocol, tunnelProtocol } from './protocols.ts';
import { acceptSpdy, chooseSpdyProtocol } from './spdy-upgrade.ts';
import { servePortForward } from './spdy-port-forward.ts';
import { serveWebSocketPortForward } from './websocket-port-forward.ts';
import { acceptWebSocket, base64Codec, binaryCodec, createWebSocketCarrier } from './websocket.ts';

const webSocketProtocols = [
  { name: tunnelProtocol, codec: binaryCodec },
  { name: 'v4.channel.k8s.io', codec: binaryCodec },
  { name: 'v4.base64.channel.k8s.io', codec: base64Codec },
  { name: '', codec: binaryCodec },
] as const;

export async function runPortForward(
  { exchange, query, target }: Action,
  upgrade: Upgrade,
  node: NodeClient,
): Promise<void> {
  const pod: ForwardedPod = { node, namespace: target.namespace, pod: target.name };
  if (upgrade.protocol !== 'websocket') {
    const protocol = chooseSpdyProtocol(exchange, [{ name: portForwardProtocol }]);
    if (protocol === undefined) return;
    await servePortForward(acceptSpdy(upgrade, protocol.name), pod);
    return;
  }
  const offered = namesIn(exchange.header('sec-websocket-protocol'));
  const protocol = choose(offered, webSocketProtocols);
  if (protocol === undefined) throw badRequestError('websocket server: no such subprotocol');
  const ports = protocol.name === tunnelProtocol ? [] : portsOf(query);
  const socket = await acceptWebSocket(upgrade, protocol.name);
  const carrier = createWebSocketCarrier(socket, protocol.codec);
  if (protocol.name === tunnelProtocol) await servePortForward(carrier, pod);
  else await serveWebSocketPortForward(carrier, pod, ports);
}
