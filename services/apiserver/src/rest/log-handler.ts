/** `kubectl logs`: the output of a container, fetched from the node-agent that runs it. */
import { badRequestError, internalError, type Pod } from '@drydock/api';
import { nodeApi, type LogsChunk } from '@drydock/proto/node';
import { StatusCode, toRpcError } from '@drydock/rpc';
import { Metadata, type ClientReadableStream } from '@grpc/grpc-js';
import type { Registry } from '../registry/registry.ts';
import { containerOf } from './container-of.ts';
import { isSet } from './query-flag.ts';
import type { NodeClient, NodeDialer } from './node-client.ts';
import type { Action } from './action.ts';

export type LogHandler = (action: Action) => Promise<void>;

export function createLogHandler(options: {
  readonly registry: Registry;
  readonly dialNode: NodeDialer;
}): LogHandler {
  return async (action) => {
    const { target, exchange } = action;
    const pod = (await options.registry.get(target, 'consistent')).parse<Pod>();
    const request = logsRequest(action, pod);
    const nodeName = pod.spec.nodeName ?? '';
    if (nodeName === '') {
      action.respond(200, 'text/plain', '');
      return;
    }
    using node = await options.dialNode(nodeName);
    const { path, requestSerialize, responseDeserialize } = nodeApi.Logs;
    const logs: ClientReadableStream<LogsChunk> = node.client.makeServerStreamRequest(
      path,
      requestSerialize as never,
      responseDeserialize as never,
      request,
      new Metadata(),
    );
    // The iterator tells of failures; one that comes after the last read has no other listener.
    logs.on('error', () => undefined);
    exchange.signal.addEventListener('abort', () => logs.cancel(), { once: true });
    await pipe(logs, action, node);
  };
}

const headers = { 'content-type': 'text/plain', 'cache-control': 'no-cache, private' };

async function pipe(
  logs: ClientReadableStream<LogsChunk>,
  { exchange }: Action,
  node: NodeClient,
): Promise<void> {
  // The head waits for the first bytes, so that a refusal can still be told with its own code.
  const iterator = logs[Symbol.asyncIterator]() as AsyncIterator<LogsChunk>;
  let first: IteratorResult<LogsChunk>;
  try {
    first = await iterator.next();
  } catch (error) {
    throw agentError(error, node);
  }
  const stream = exchange.stream(200, headers);
  try {
    for (let chunk = first; chunk.done !== true; chunk = await iterator.next()) {
      await stream.write(chunk.value.data);
    }
  } catch (error) {
    if (!exchange.signal.aborted) {
      const { message } = toRpcError(error);
      await stream
        .write(Buffer.from(`\nfailed to read the log: ${message}\n`))
        .catch(() => undefined);
    }
  } finally {
    stream.end();
  }
}

function agentError(error: unknown, { address, nodeName, reasonOf }: NodeClient) {
  const failure = toRpcError(error);
  switch (failure.code) {
    case StatusCode.INVALID_ARGUMENT:
    case StatusCode.FAILED_PRECONDITION:
    case StatusCode.NOT_FOUND:
      return badRequestError(failure.message);
    default:
      return internalError(
        `cannot read logs from the node-agent of node "${nodeName}" at ${address}: ${reasonOf(error)}`,
      );
  }
}

function logsRequest({ query, target }: Action, pod: Pod) {
  const flag = (name: string) => isSet(query, name);
  const number = (name: string): number | undefined => {
    const text = query.get(name);
    if (text === null || text === '') return undefined;
    if (!/^\d{1,15}$/.test(text))
      throw badRequestError(`${name} must be a whole number, not "${text}"`);
    return Number(text);
  };
  const sinceTime = query.get('sinceTime') ?? '';
  if (sinceTime !== '' && Number.isNaN(Date.parse(sinceTime))) {
    throw badRequestError(`sinceTime must be an RFC 3339 time, not "${sinceTime}"`);
  }
  return {
    namespace: target.namespace,
    pod: target.name,
    container: containerOf(pod, query.get('container') ?? ''),
    follow: flag('follow'),
    previous: flag('previous'),
    timestamps: flag('timestamps'),
    sinceSeconds: number('sinceSeconds') ?? 0,
    sinceTime,
    tailLines: number('tailLines') ?? -1,
    limitBytes: number('limitBytes') ?? 0,
  };
}
