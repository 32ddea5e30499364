/** Calls of the node-agent that runs a pod: one connection for each request of a client. */
import { findResource, internalError, type Node } from '@drydock/api';
import { channelCredentials, toRpcError, type TlsMaterial } from '@drydock/rpc';
import { Client, connectivityState } from '@grpc/grpc-js';
import type { Registry } from '../registry/registry.ts';

export interface NodeClient extends Disposable {
  readonly client: Client;
  readonly nodeName: string;
  readonly address: string;
  /** Why a call failed, for people. */
  readonly reasonOf: (error: unknown) => string;
}

/** @throws ApiError when there is no such node, or no way to call it */
export type NodeDialer = (nodeName: string) => Promise<NodeClient>;

const agentPort = 10_250;
/** Real milliseconds. TCP dials a node that is gone for two minutes. */
const connectTimeout = 5_000;

export function createNodeDialer(options: {
  readonly registry: Registry;
  /** The certificate that node-agents know the apiserver by; undefined: none is called. */
  readonly tls: TlsMaterial | undefined;
}): NodeDialer {
  const { registry, tls } = options;
  return async (nodeName) => {
    if (tls === undefined) throw internalError('this server has no certificate for node-agents');
    const kind = findResource('', 'nodes')!;
    const node = await registry.get({ kind, namespace: '', name: nodeName }, 'any');
    const address = addressOf(node.parse<Node>());
    // Agents are called by address, but their certificates name the node.
    const client = new Client(address, channelCredentials(tls), {
      'grpc.ssl_target_name_override': nodeName,
      'grpc.default_authority': nodeName,
      'grpc.max_receive_message_length': -1,
    });
    const dial = setTimeout(() => {
      const state = client.getChannel().getConnectivityState(false);
      if (state !== connectivityState.READY) client.close();
    }, connectTimeout);
    return {
      client,
      nodeName,
      address,
      reasonOf,
      [Symbol.dispose]: () => {
        clearTimeout(dial);
        client.close();
      },
    };
  };
}

/** What grpc-js says of a channel that was closed while it dialled is no reason. */
function reasonOf(error: unknown): string {
  const { message } = toRpcError(error);
  return message.includes('Channel closed before call started')
    ? `no connection within ${connectTimeout / 1_000} s`
    : message;
}

function addressOf(node: Node): string {
  const addresses = node.status.addresses ?? [];
  const find = (type: string) => addresses.find((one) => one.type === type)?.address;
  const host = find('InternalIP') ?? find('Hostname') ?? node.metadata.name;
  const port = node.status.daemonEndpoints?.kubeletEndpoint?.Port || agentPort;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
