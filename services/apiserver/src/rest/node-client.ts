/** Calls of the node-agent that runs a pod: one connection for each request of a client. */
import { findResource, internalError, type Node } from '@drydock/api';
import { channelCredentials, toRpcError, type TlsMaterial } from '@drydock/rpc';
import { Client, connectivityState } from '@grpc/grpc-js';
import type { Registry } from '../registry/registry.ts';

export interface NodeClient extends Disposable {
  /** For one call: take it anew for the next, which may come much later. */
  readonly client: Client;
  readonly nodeName: string;
  readonly address: string;
  /** Why a call failed, for people. */
  readonly reasonOf: (error: unknown) => string;
}

/** @throws ApiError when there is no such node, or no way to call it */
export type NodeDialer = (nodeName: string) => Promise<NodeClient>;

export interface NodeDialerOptions {
  readonly registry: Pick<Registry, 'get'>;
  /** The certificate that node-agents know the apiserver by; undefined: none is called. */
  readonly tls: TlsMaterial | undefined;
  /** Real milliseconds, 5,000 if not given: TCP dials a node that is gone for two minutes. */
  readonly connectTimeoutMillis?: number;
}

const agentPort = 10_250;

export function createNodeDialer(options: NodeDialerOptions): NodeDialer {
  const { registry, tls } = options;
  return async (nodeName) => {
    if (tls === undefined) throw internalError('this server has no certificate for node-agents');
    const kind = findResource('', 'nodes')!;
    const node = await registry.get({ kind, namespace: '', name: nodeName }, 'any');
    const address = addressOf(node.parse<Node>());
    return createNodeClient({ nodeName, address, tls }, options.connectTimeoutMillis ?? 5_000);
  };
}

function createNodeClient(
  place: { readonly nodeName: string; readonly address: string; readonly tls: TlsMaterial },
  connectTimeoutMillis: number,
): NodeClient {
  let client: Client | undefined;
  const dials = new Set<NodeJS.Timeout>();
  const isReady = (one: Client) =>
    one.getChannel().getConnectivityState(false) === connectivityState.READY;
  /** Calls wait for a connection only so long; the next begins with a new one. */
  const watchDial = (one: Client) => {
    const dial = setTimeout(() => {
      dials.delete(dial);
      if (isReady(one)) return;
      one.close();
      if (client === one) client = undefined;
    }, connectTimeoutMillis);
    dials.add(dial);
  };
  return {
    get client() {
      client ??= openClient(place);
      if (!isReady(client)) watchDial(client);
      return client;
    },
    nodeName: place.nodeName,
    address: place.address,
    reasonOf: (error) => {
      const { message } = toRpcError(error);
      // What grpc-js says of a channel that was closed while it dialled is no reason.
      return message.includes('Channel closed before call started')
        ? `no connection within ${connectTimeoutMillis / 1_000} s`
        : message;
    },
    [Symbol.dispose]: () => {
      for (const dial of dials) clearTimeout(dial);
      client?.close();
    },
  };
}

/** Agents are called by address, but their certificates name the node. */
const openClient = ({
  nodeName,
  address,
  tls,
}: {
  readonly nodeName: string;
  readonly address: string;
  readonly tls: TlsMaterial;
}) =>
  new Client(address, channelCredentials(tls), {
    'grpc.ssl_target_name_override': nodeName,
    'grpc.default_authority': nodeName,
    'grpc.max_receive_message_length': -1,
    // A stream may be silent for hours: a node that is gone is noticed all the same.
    'grpc.keepalive_time_ms': 10_000,
    'grpc.keepalive_timeout_ms': 5_000,
  });

function addressOf(node: Node): string {
  const addresses = node.status.addresses ?? [];
  const find = (type: string) => addresses.find((one) => one.type === type)?.address;
  const host = find('InternalIP') ?? find('Hostname') ?? node.metadata.name;
  const port = node.status.daemonEndpoints?.kubeletEndpoint?.Port || agentPort;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
