/**
 * The node's gRPC API, for the API servers alone.
 *
 * 1. Whoever is not an API server, by its certificate, learns nothing.
 * 2. A client that goes away ends what the engine does for it: a log, streams, connections.
 */
import type { Duplex } from 'node:stream';
import type { Clock, Logger } from '@drydock/ports';
import {
  nodeApi,
  type ListPodsRequest,
  type LogsChunk,
  type LogsRequest,
  type PortForwardInput,
  type PortForwardOutput,
  type ProcessInput,
  type ProcessOutput,
  type StatsRequest,
  type StatsResponse,
} from '@drydock/proto/node';
import {
  createRpcServer,
  duplexStream,
  RpcError,
  serverStream,
  StatusCode,
  unary,
  type CallContext,
  type RpcServer,
  type TlsMaterial,
} from '@drydock/rpc';
import type { Registry as MetricsRegistry } from 'prom-client';
import { serveHttp } from './http-call.ts';
import { createKubeletHttp } from './kubelet-http.ts';
import { readPodLogs } from './pod-logs.ts';
import { servePortForward } from './port-forward-call.ts';
import { serveProcess, type ProcessOpener } from './process-call.ts';
import type { ServedNode } from './served.ts';
import { statsResponse } from './stats-call.ts';
import type { StreamCounts } from './stream-counts.ts';
import { runningContainer } from './stream-target.ts';

/** The common name of the API servers' client certificate (kubeadm's PKI). */
const apiserverUser = 'kube-apiserver-kubelet-client';

export interface NodeApiOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMaterial | undefined;
}

export interface NodeApiPowers {
  readonly nodes: ReadonlyMap<string, ServedNode>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: MetricsRegistry;
  readonly streams: StreamCounts;
}

export function createNodeApi(
  options: NodeApiOptions,
  { nodes, clock, log, streams, metrics }: NodeApiPowers,
): Promise<RpcServer> {
  const authorize = ({ identity, peer }: CallContext) => {
    if (options.tls === undefined || identity?.user === apiserverUser) return;
    log.warn({ user: identity?.user, peer }, 'refused a caller that is no API server');
    throw new RpcError(
      StatusCode.PERMISSION_DENIED,
      `user "${identity?.user ?? ''}" may not use this node's API: only API servers may`,
    );
  };

  const pods = () =>
    [...nodes.values()].flatMap((node) =>
      node.pods().map((pod) => ({ pod, runtime: node.runtime })),
    );
  const find = (asked: { readonly namespace: string; readonly pod: string }) =>
    pods().find(
      ({ pod }) => pod.metadata.namespace === asked.namespace && pod.metadata.name === asked.pod,
    );
  const findToStream = (asked: { readonly namespace: string; readonly pod: string }) => {
    const served = find(asked);
    if (served === undefined) throw new RpcError(StatusCode.NOT_FOUND, 'pod does not exist');
    return served;
  };

  const process = (kind: 'exec' | 'attach', opener: ProcessOpener) =>
    duplexStream<ProcessInput, ProcessOutput>(log, async (requests, send, context) => {
      authorize(context);
      using _counted = streams.count(kind);
      await serveProcess({ requests, send, context, log }, opener);
    });
  const exec = process('exec', {
    failure: 'error executing command in container',
    find: async (start) => {
      const served = findToStream(start);
      const id = await runningContainer(served, start.container);
      return () => served.runtime.exec(id, start);
    },
  });
  const attach = process('attach', {
    failure: 'error attaching to container',
    find: async (start) => {
      const served = findToStream(start);
      const id = await runningContainer(served, start.container);
      return () => served.runtime.attach(id, start);
    },
  });
  const portForward = duplexStream<PortForwardInput, PortForwardOutput>(
    log,
    async (requests, send, context) => {
      authorize(context);
      using _counted = streams.count('portforward');
      await servePortForward({ requests, send, context }, findToStream);
    },
  );

  const logs = async (
    request: LogsRequest,
    send: (chunk: { data: Buffer }) => Promise<void>,
    context: CallContext,
  ) => {
    authorize(context);
    const asked = { clock, signal: context.signal };
    for await (const data of readPodLogs(find(request), request, asked)) await send({ data });
  };

  const connections = new WeakMap<Duplex, ServedNode>();
  const server = createKubeletHttp({ clock, log, metrics, connections });
  const http = duplexStream<PortForwardInput, PortForwardOutput>(
    log,
    async (requests, send, context) => {
      authorize(context);
      using _counted = streams.count('http');
      await serveHttp({ requests, send, context }, { server, connections, nodes });
    },
  );
  const stats = unary<StatsRequest, StatsResponse>(log, ({ node }, context) => {
    authorize(context);
    const served = nodes.get(node);
    if (served !== undefined) return Promise.resolve(statsResponse(served.usage()));
    return Promise.reject(
      new RpcError(StatusCode.NOT_FOUND, `node "${node}" is none of this agent's`),
    );
  });

  return createRpcServer({ ...options, log, clock }, [
    {
      definition: nodeApi,
      handlers: {
        Exec: exec,
        Attach: attach,
        PortForward: portForward,
        Http: http,
        Stats: stats,
        Logs: serverStream<LogsRequest, Pick<LogsChunk, 'data'>>(log, logs),
        ListPods: unary<ListPodsRequest, { pods: Buffer[] }>(log, (_request, context) => {
          authorize(context);
          return Promise.resolve({
            pods: pods().map(({ pod }) => Buffer.from(JSON.stringify(pod))),
          });
        }),
      },
    },
  ]);
}
