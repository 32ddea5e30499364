/**
 * A ChannelSet that calls servers in memory: no socket, no thread, no time of its own, so a test with
 * a clock moved by hand decides everything. It fails over as the real one does.
 */
import { Readable } from 'node:stream';
import type { Clock } from '@drydock/ports';
import { RpcError, StatusCode, toRpcError, type ChannelSet } from '@drydock/rpc';
import type { MemoryServer, MethodName, WireRequest, WireWatchEvent } from './memory-server.ts';

/** The first server is used until it fails. */
export function createMemoryChannels(servers: readonly MemoryServer[], clock: Clock): ChannelSet {
  let current = 0;
  const leave = (index: number) => {
    if (current === index) current = (current + 1) % servers.length;
  };
  const methodName = (method: { readonly path: string }) =>
    method.path.split('/').at(-1) as MethodName;

  const unary: ChannelSet['unary'] = async (method, request, options = {}) => {
    const index = current;
    const name = methodName(method) as Exclude<MethodName, 'Watch'>;
    const answer = servers[index]!.answer(name, request as unknown as WireRequest);
    const limits = new AbortController();
    const timer = clock.setTimer(options.timeoutMillis ?? 10_000, () =>
      limits.abort(new RpcError(StatusCode.DEADLINE_EXCEEDED, 'no answer in time')),
    );
    const cancel = () => limits.abort(new RpcError(StatusCode.CANCELLED, 'cancelled'));
    if (options.signal?.aborted === true) cancel();
    options.signal?.addEventListener('abort', cancel);
    try {
      const limit = new Promise<never>((_resolve, reject) => {
        const fail = () => reject(limits.signal.reason as RpcError);
        if (limits.signal.aborted) fail();
        limits.signal.addEventListener('abort', fail);
      });
      return (await Promise.race([answer, limit])) as never;
    } catch (error) {
      const failure = toRpcError(error);
      if (failure.code === StatusCode.UNAVAILABLE) leave(index);
      throw failure;
    } finally {
      timer.cancel();
      options.signal?.removeEventListener('abort', cancel);
    }
  };

  const serverStream = (
    _method: unknown,
    request: unknown,
    options: { signal?: AbortSignal } = {},
  ) => {
    const index = current;
    const abort = new AbortController();
    const stream = new Readable({ objectMode: true, read: () => undefined });
    const cancel = () => {
      abort.abort();
      stream.destroy();
    };
    options.signal?.addEventListener('abort', cancel);
    stream.on('error', (error) => {
      if (toRpcError(error).code === StatusCode.UNAVAILABLE) leave(index);
    });
    stream.on('close', () => {
      abort.abort();
      options.signal?.removeEventListener('abort', cancel);
    });
    const send = (event: WireWatchEvent) => void stream.push(event);
    servers[index]!.watch(request as WireRequest, send, abort.signal).then(
      () => void stream.push(null),
      (error: unknown) => stream.destroy(toRpcError(error)),
    );
    return Object.assign(stream, { cancel });
  };

  return {
    get endpoint() {
      return `memory-${current}`;
    },
    moveOn: () => leave(current),
    unary,
    serverStream: serverStream as unknown as ChannelSet['serverStream'],
    duplex: () => {
      throw new Error('the component API has no calls in both directions');
    },
    talk: () => {
      throw new Error('the component API has no calls in both directions');
    },
    [Symbol.dispose]: () => undefined,
  };
}
