/**
 * exec, attach and port-forward of pods: from an upgraded connection of a client to a call of the
 * node-agent that runs the pod, as `kubectl` and client libraries speak them: WebSocket and SPDY/3.1.
 *
 * 1. What can be refused is refused before the upgrade, in upstream's words.
 * 2. Every side is pushed back by the other: a slow client stalls its container, not this server.
 * 3. When either side breaks, the other is told and everything is freed.
 */
import { badRequestError, methodNotAllowedError, type Pod } from '@drydock/api';
import type { Logger } from '@drydock/ports';
import type { StreamCounts } from '../../metrics.ts';
import type { Registry } from '../../registry/registry.ts';
import type { NodeDialer } from '../node-client.ts';
import type { Action } from '../action.ts';
import { runPortForward } from './port-forward-stream.ts';
import { processStream } from './process-stream.ts';

export type StreamHandler = (action: Action) => Promise<void>;

export interface StreamHandlerOptions {
  readonly registry: Registry;
  readonly dialNode: NodeDialer;
  readonly streams: StreamCounts;
  readonly log: Logger;
}

export function createStreamHandler(options: StreamHandlerOptions): StreamHandler {
  const { registry, dialNode, streams, log } = options;
  return async (action) => {
    const { exchange, target, kind, verb } = action;
    const { subresource } = action.path;
    if (verb !== 'get' && verb !== 'create') throw methodNotAllowedError(kind, verb);
    const pod = (await registry.get(target, 'consistent')).parse<Pod>();
    const process =
      subresource === 'exec' || subresource === 'attach'
        ? processStream(action, { pod, subresource })
        : undefined;
    const nodeName = pod.spec.nodeName ?? '';
    if (nodeName === '') throw badRequestError(`pod ${target.name} does not have a host assigned`);
    const { upgrade } = exchange;
    if (upgrade === undefined) throw badRequestError('Upgrade request required');
    using node = await dialNode(nodeName);
    using _counted = streams.count(subresource);
    try {
      if (process !== undefined) await process.run(upgrade, node);
      else await runPortForward(action, upgrade, node);
    } catch (error) {
      if (!upgrade.isTaken) throw error;
      log.debug({ err: error, pod: target.name, subresource }, 'a stream broke off');
    }
  };
}
