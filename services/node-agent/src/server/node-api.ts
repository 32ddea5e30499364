/**
 * The node's gRPC API, for the API servers alone.
 *
 * 1. Whoever is not an API server, by its certificate, learns nothing.
 * 2. A client that goes away ends what the engine does for it: a log, streams, connections.
 */
import type { Pod } from '@drydock/api';
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
import { RuntimeError, type RuntimeService } from '../runtime/runtime.ts';
import { logTarget } from './log-target.ts';
import { servePortForward } from './port-forward-call.ts';
import { serveProcess, type ProcessOpener } from './process-call.ts';
import type { StreamCounts } from './stream-counts.ts';
import { runningContainer } from './stream-target.ts';

/** The common name of the API servers' client certificate (kubeadm's PKI). */
const apiserverUser = 'kube-apiserver-kubelet-client';

/** A pod and the runtime that holds it; an agent may serve many nodes. */
export interface ServedPod {
  readonly pod: Pod;
  readonly runtime: RuntimeService;
}

export interface NodeApiOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMaterial | undefined;
}

export interface NodeApiPowers {
  readonly pods: () => readonly ServedPod[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly streams: StreamCounts;
}

export function createNodeApi(
  options: NodeApiOptions,
  { pods, clock, log, streams }: NodeApiPowers,
): Promise<RpcServer> {
  const authorize = ({ identity, peer }: CallContext) => {
    if (options.tls === undefined || identity?.user === apiserverUser) return;
    log.warn({ user: identity?.user, peer }, 'refused a caller that is no API server');
    throw new RpcError(
      StatusCode.PERMISSION_DENIED,
      `user "${identity?.user ?? ''}" may not use this node's API: only API servers may`,
    );
  };

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
      return () => served.runtime.openExec(id, start);
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
    const served = find(request);
    if (served === undefined) {
      throw new RpcError(StatusCode.NOT_FOUND, `pod "${request.pod}" not found on this node`);
    }
    const target = logTarget(served.pod, request);
    if (target.kind === 'refused') throw new RpcError(StatusCode.INVALID_ARGUMENT, target.message);
    const query = {
      follow: request.follow,
      timestamps: request.timestamps,
      sinceWallTime: sinceOf(request, clock.wallTime()),
      tailLines: request.tailLines < 0 ? undefined : request.tailLines,
    };
    let left = request.limitBytes > 0 ? request.limitBytes : Infinity;
    try {
      for await (const chunk of served.runtime.logs(target.id, query, context.signal)) {
        const data = Buffer.from(chunk).subarray(0, left);
        left -= data.length;
        await send({ data });
        if (left <= 0) return;
      }
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      throw new RpcError(StatusCode.INTERNAL, error.message, { cause: error });
    }
  };

  return createRpcServer({ ...options, log, clock }, [
    {
      definition: nodeApi,
      handlers: {
        Exec: exec,
        Attach: attach,
        PortForward: portForward,
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

function sinceOf(request: LogsRequest, wallTime: number): number | undefined {
  if (request.sinceTime !== '') return Date.parse(request.sinceTime);
  return request.sinceSeconds > 0 ? wallTime - request.sinceSeconds * 1000 : undefined;
}
