/** Exec and attach, from the request to its end. */
import { badRequestError, internalError, type Pod } from '@drydock/api';
import { nodeApi, type ProcessInput, type ProcessOutput } from '@drydock/proto/node';
import { StatusCode, type Method, type RpcError } from '@drydock/rpc';
import { containerOf } from '../container-of.ts';
import type { Exchange, Upgrade } from '../exchange.ts';
import type { NodeClient } from '../node-client.ts';
import type { Action } from '../action.ts';
import { openAgentCall, refusalOf } from './agent-call.ts';
import { processOptions, type ProcessOptions } from './options.ts';
import { relayProcess } from './process-relay.ts';
import {
  choose,
  namesIn,
  spdyProtocols,
  webSocketProtocols,
  type RemoteCommandProtocol,
} from './protocols.ts';
import type { RemoteChannels } from './remote-channels.ts';
import { createSpdyChannels } from './spdy-channels.ts';
import { acceptSpdy, chooseSpdyProtocol } from './spdy-upgrade.ts';
import { createWebSocketChannels } from './websocket-channels.ts';
import { acceptWebSocket, base64Codec, binaryCodec, createWebSocketCarrier } from './websocket.ts';

export interface ProcessStream {
  run(upgrade: Upgrade, node: NodeClient): Promise<void>;
}

/** @throws ApiError 400 */
export function processStream(
  { query, target, exchange }: Action,
  { pod, subresource }: { readonly pod: Pod; readonly subresource: 'exec' | 'attach' },
): ProcessStream {
  const container = containerOf(pod, query.get('container') ?? '');
  const options = processOptions(query, subresource);
  const method = (subresource === 'exec' ? nodeApi.Exec : nodeApi.Attach) as unknown as Method<
    ProcessInput,
    ProcessOutput
  >;
  const start = { namespace: target.namespace, pod: target.name, container, ...options };

  return {
    run: async (upgrade, node) => {
      const client = chooseClient(exchange, upgrade, options);
      if (client === undefined) return;
      const call = openAgentCall(node.client, method);
      try {
        const command = [...options.command];
        // The answer says why, if it fails.
        await call.send({ start: { ...start, command } }).catch(() => undefined);
        const refusal = await refusalOf(call);
        if (refusal !== undefined && !client.protocol.halfCloses) {
          return answerRefusal(exchange, refusal, node);
        }
        const channels = await client.accept();
        if (refusal !== undefined) await channels?.finish(statusOf(refusal, node));
        else if (channels !== undefined) await relayProcess(channels, call, options);
      } finally {
        call.cancel();
      }
    },
  };
}

interface RemoteClient {
  readonly protocol: RemoteCommandProtocol;
  /** Undefined when the client did not keep to what it had asked for. */
  accept(): Promise<RemoteChannels | undefined>;
}

/** Undefined when the client has already been refused. */
function chooseClient(
  exchange: Exchange,
  upgrade: Upgrade,
  options: ProcessOptions,
): RemoteClient | undefined {
  if (upgrade.protocol === 'websocket') {
    const offered = namesIn(exchange.header('sec-websocket-protocol'));
    const protocol = choose(offered, webSocketProtocols);
    if (protocol === undefined) throw badRequestError('websocket server: no such subprotocol');
    return {
      protocol,
      accept: async () => {
        const socket = await acceptWebSocket(upgrade, protocol.name);
        const codec = protocol.isBase64 ? base64Codec : binaryCodec;
        const carrier = createWebSocketCarrier(socket, codec);
        return createWebSocketChannels(carrier, { protocol, options });
      },
    };
  }
  const protocol = chooseSpdyProtocol(exchange, spdyProtocols);
  if (protocol === undefined) return undefined;
  return {
    // A refusal is always the answer to the request: the client prints it as such.
    protocol: { ...protocol, halfCloses: false },
    accept: () => createSpdyChannels(acceptSpdy(upgrade, protocol.name), { protocol, options }),
  };
}

const isKubelets = ({ code }: RpcError) =>
  code === StatusCode.NOT_FOUND || code === StatusCode.FAILED_PRECONDITION;

/** As the original kubelet answers. @throws ApiError when it is not the agent that refuses */
function answerRefusal(exchange: Exchange, refusal: RpcError, node: NodeClient): void {
  if (!isKubelets(refusal)) throw dialError(refusal, node);
  const code = refusal.code === StatusCode.NOT_FOUND ? 404 : 500;
  exchange.respond(code, { 'content-type': 'text/plain; charset=utf-8' }, refusal.message);
}

const dialError = (refusal: RpcError, node: NodeClient) =>
  internalError(
    `error dialing backend: node "${node.nodeName}" at ${node.address}: ${node.reasonOf(refusal)}`,
  );

function statusOf(refusal: RpcError, node: NodeClient) {
  const error = isKubelets(refusal)
    ? internalError(`unable to upgrade connection: ${refusal.message}`)
    : dialError(refusal, node);
  return error.status;
}
