/** The logs of a container, as callers ask for them. */
import type { Clock } from '@drydock/ports';
import type { LogsRequest } from '@drydock/proto/node';
import { RpcError, StatusCode } from '@drydock/rpc';
import { RuntimeError } from '../runtime/runtime.ts';
import { logTarget } from './log-target.ts';
import type { ServedPod } from './served.ts';

/** @throws RpcError: NOT_FOUND, INVALID_ARGUMENT in kubelet's words, INTERNAL with the engine's */
export async function* readPodLogs(
  served: ServedPod | undefined,
  request: LogsRequest,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): AsyncGenerator<Buffer, void> {
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
    for await (const chunk of served.runtime.logs(target.id, query, signal)) {
      const data = Buffer.from(chunk).subarray(0, left);
      left -= data.length;
      yield data;
      if (left <= 0) return;
    }
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    throw new RpcError(StatusCode.INTERNAL, error.message, { cause: error });
  }
}

function sinceOf(request: LogsRequest, wallTime: number): number | undefined {
  if (request.sinceTime !== '') return Date.parse(request.sinceTime);
  return request.sinceSeconds > 0 ? wallTime - request.sinceSeconds * 1000 : undefined;
}
