/**
 * The node's gRPC API, for the API servers alone.
 *
 * 1. Whoever is not an API server, by its certificate, learns nothing.
 * 2. A client that goes away ends the engine's log stream with it.
 */
import type { Pod } from '@drydock/api';
import type { Clock, Logger } from '@drydock/ports';
import {
  nodeApi,
  type ListPodsRequest,
  type LogsChunk,
  type LogsRequest,
} from '@drydock/proto/node';
import {
  createRpcServer,
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
}

export function createNodeApi(
  options: NodeApiOptions,
  { pods, clock, log }: NodeApiPowers,
): Promise<RpcServer> {
  const authorize = ({ identity, peer }: CallContext) => {
    if (options.tls === undefined || identity?.user === apiserverUser) return;
    log.warn({ user: identity?.user, peer }, 'refused a caller that is no API server');
    throw new RpcError(
      StatusCode.PERMISSION_DENIED,
      `user "${identity?.user ?? ''}" may not use this node's API: only API servers may`,
    );
  };

  const logs = async (
    request: LogsRequest,
    send: (chunk: { data: Buffer }) => Promise<void>,
    context: CallContext,
  ) => {
    authorize(context);
    const served = pods().find(
      ({ pod }) =>
        pod.metadata.namespace === request.namespace && pod.metadata.name === request.pod,
    );
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
