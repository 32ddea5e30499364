/** `kubectl logs`: the output of a container, fetched from the node-agent that runs it. */
import { badRequestError, findResource, internalError, type Node, type Pod } from '@drydock/api';
import { nodeApi, type LogsChunk } from '@drydock/proto/node';
import { StatusCode, channelCredentials, toRpcError, type TlsMaterial } from '@drydock/rpc';
import { Client, connectivityState, Metadata, type ClientReadableStream } from '@grpc/grpc-js';
import type { Registry } from '../registry/registry.ts';
import { isSet } from './list-options.ts';
import type { Action } from './resource-handler.ts';

export type LogHandler = (action: Action) => Promise<void>;

const agentPort = 10_250;
/** Real milliseconds. TCP dials a node that is gone for two minutes. */
const connectTimeout = 5_000;

export function createLogHandler(options: {
  readonly registry: Registry;
  /** The certificate that node-agents know the apiserver by; undefined switches logs off. */
  readonly tls: TlsMaterial | undefined;
}): LogHandler {
  const { registry, tls } = options;
  return async (action) => {
    const { target, exchange } = action;
    const pod = (await registry.get(target, 'consistent')).parse<Pod>();
    const request = logsRequest(action, pod);
    const headers = { 'content-type': 'text/plain', 'cache-control': 'no-cache, private' };
    const nodeName = pod.spec.nodeName ?? '';
    if (nodeName === '') {
      action.respond(200, 'text/plain', '');
      return;
    }
    if (tls === undefined) throw internalError('this server has no certificate for node-agents');
    const node = (
      await registry.get({ kind: findResource('', 'nodes')!, namespace: '', name: nodeName }, 'any')
    ).parse<Node>();
    const address = addressOf(node);
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
    try {
      const { path, requestSerialize, responseDeserialize } = nodeApi.Logs;
      const logs: ClientReadableStream<LogsChunk> = client.makeServerStreamRequest(
        path,
        requestSerialize as never,
        responseDeserialize as never,
        request,
        new Metadata(),
      );
      // The iterator tells of failures; one that comes after the last read has no other listener.
      logs.on('error', () => undefined);
      exchange.signal.addEventListener('abort', () => logs.cancel(), { once: true });
      await pipe(logs, action, { headers, address, nodeName });
    } finally {
      clearTimeout(dial);
      client.close();
    }
  };
}

async function pipe(
  logs: ClientReadableStream<LogsChunk>,
  { exchange }: Action,
  place: { headers: Record<string, string>; address: string; nodeName: string },
): Promise<void> {
  // The head waits for the first bytes, so that a refusal can still be told with its own code.
  const iterator = logs[Symbol.asyncIterator]() as AsyncIterator<LogsChunk>;
  let first: IteratorResult<LogsChunk>;
  try {
    first = await iterator.next();
  } catch (error) {
    throw agentError(error, place);
  }
  const stream = exchange.stream(200, place.headers);
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

function agentError(error: unknown, { address, nodeName }: { address: string; nodeName: string }) {
  const failure = toRpcError(error);
  switch (failure.code) {
    case StatusCode.INVALID_ARGUMENT:
    case StatusCode.FAILED_PRECONDITION:
    case StatusCode.NOT_FOUND:
      return badRequestError(failure.message);
    default:
      return internalError(
        `cannot read logs from the node-agent of node "${nodeName}" at ${address}: ${reasonOf(failure)}`,
      );
  }
}

/** What grpc-js says of a channel that was closed while it dialled is no reason. */
const reasonOf = ({ message }: Error): string =>
  message.includes('Channel closed before call started')
    ? `no connection within ${connectTimeout / 1_000} s`
    : message;

function addressOf(node: Node): string {
  const addresses = node.status.addresses ?? [];
  const find = (type: string) => addresses.find((one) => one.type === type)?.address;
  const host = find('InternalIP') ?? find('Hostname') ?? node.metadata.name;
  const port = node.status.daemonEndpoints?.kubeletEndpoint?.Port || agentPort;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function containerOf(pod: Pod, asked: string): string {
  const names = (list: readonly { name: string }[] | undefined) =>
    (list ?? []).map(({ name }) => name);
  const containers = names(pod.spec.containers);
  const initial = names(pod.spec.initContainers);
  if (asked === '') {
    if (containers.length === 1) return containers[0]!;
    const or = initial.length > 0 ? ` or one of the init containers: [${initial.join(' ')}]` : '';
    throw badRequestError(
      `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${containers.join(' ')}]${or}`,
    );
  }
  if (![...containers, ...initial].includes(asked)) {
    throw badRequestError(`container ${asked} is not valid for pod ${pod.metadata.name}`);
  }
  return asked;
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
