/**
 * Calls over a set of equal endpoints: one is used until it fails, then the next. Channels are made
 * when first needed and kept; names are resolved anew at each reconnection, so a peer that returns
 * with another address is found.
 *
 * 1. Only failures that say nothing happened at the other side (UNAVAILABLE) move on to the next
 *    endpoint; whether a call may be repeated is its caller's decision.
 * 2. Every unary call has a deadline.
 * 3. A stream has none, and TCP dials an address that is gone for two minutes: a channel that is still
 *    without a connection after `connectTimeoutMillis` is given up, and what waits for it is UNAVAILABLE.
 */
import {
  Client,
  connectivityState,
  Metadata,
  type CallOptions,
  type ClientDuplexStream,
  type ClientReadableStream,
} from '@grpc/grpc-js';
import type { Clock, Millis, Random, Timer } from '@drydock/ports';
import { RpcError, StatusCode, toRpcError } from './status.ts';
import type { Method } from './method.ts';
import { channelCredentials, serverNameOptions, type TlsMaterial } from './tls.ts';
import { LeanConnection, type Talk, type TalkEvents } from './lean-connection.ts';

export interface ChannelSetOptions {
  /** host:port each, at least one. */
  readonly endpoints: readonly string[];
  readonly tls?: TlsMaterial | undefined;
  readonly clock: Clock;
  /** Picks the first endpoint, so that many clients spread over the servers. */
  readonly random: Random;
  /** Default deadline of unary calls in cluster milliseconds; 10,000 if not given. */
  readonly timeoutMillis?: Millis;
  /** How long calls wait for a connection, in cluster milliseconds; 5,000 if not given. */
  readonly connectTimeoutMillis?: Millis;
  /** Pings also a connection without calls: true if not given. etcd drops who does that to it. */
  readonly pingsIdle?: boolean;
  /** HTTP/2 stream window in bytes; large lists go twice as fast with 8 MiB. */
  readonly flowControlWindowBytes?: number;
  /**
   * Unary calls and talks past grpc-js, on a connection of our own (lean-connection.ts). Such unary calls
   * have no metadata.
   */
  readonly isLean?: boolean;
}

export interface UnaryOptions {
  readonly timeoutMillis?: Millis;
  readonly signal?: AbortSignal;
  readonly metadata?: Metadata;
}

export interface ChannelSet extends Disposable {
  /** @throws RpcError */
  unary<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    options?: UnaryOptions,
  ): Promise<Response>;
  /** Errors arrive as 'error' events; `signal` cancels. */
  serverStream<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    options?: { signal?: AbortSignal; metadata?: Metadata },
  ): ClientReadableStream<Response>;
  /** Errors arrive as 'error' events; `signal` cancels. */
  duplex<Request, Response>(
    method: Method<Request, Response>,
    options?: { signal?: AbortSignal; metadata?: Metadata },
  ): ClientDuplexStream<Request, Response>;
  /**
   * Messages in both directions, over a connection of our own (lean-connection.ts). `signal` cancels;
   * nothing is told then.
   */
  talk<Request, Response>(
    method: Method<Request, Response>,
    events: TalkEvents<Response>,
    options?: {
      readonly signal?: AbortSignal;
      readonly headers?: readonly (readonly [string, string])[];
    },
  ): Talk<Request>;
  /** The endpoint that the next call uses. */
  readonly endpoint: string;
  /** The next call uses another endpoint; for callers that learn that this one is no good. */
  moveOn(): void;
}

export function createChannelSet(options: ChannelSetOptions): ChannelSet {
  if (options.endpoints.length === 0) throw new Error('a channel set needs at least one endpoint');
  const { clock, connectTimeoutMillis = 5_000 } = options;
  const windowBytes = options.flowControlWindowBytes ?? 8 * 1024 * 1024;
  const clients = new Map<string, Client>();
  const leanConnections = options.endpoints.map(
    (endpoint) =>
      new LeanConnection({ endpoint, tls: options.tls, clock, connectTimeoutMillis, windowBytes }),
  );
  /** Of the clients that had no connection when they were last called. */
  const dials = new Map<Client, Timer>();
  let current = options.random.between(0, options.endpoints.length - 1);

  const clientAt = (index: number): Client => {
    const client = openClient(options.endpoints[index]!);
    const isReady = client.getChannel().getConnectivityState(false) === connectivityState.READY;
    if (!isReady && !dials.has(client)) {
      dials.set(
        client,
        clock.setTimer(connectTimeoutMillis, () => endDial(client, index)),
      );
    }
    return client;
  };

  /** A new channel asks for the address again. */
  const endDial = (client: Client, index: number) => {
    dials.delete(client);
    const state = client.getChannel().getConnectivityState(false);
    if (state !== connectivityState.CONNECTING) return;
    clients.delete(options.endpoints[index]!);
    leave(index);
    client.close();
  };

  const openClient = (endpoint: string): Client => {
    let client = clients.get(endpoint);
    if (client === undefined) {
      client = new Client(endpoint, channelCredentials(options.tls, endpoint), {
        ...(options.tls === undefined ? {} : serverNameOptions(endpoint)),
        'grpc.max_receive_message_length': -1,
        'grpc.keepalive_time_ms': 10_000,
        'grpc.keepalive_timeout_ms': 5_000,
        'grpc.keepalive_permit_without_calls': options.pingsIdle === false ? 0 : 1,
        'grpc.initial_reconnect_backoff_ms': 100,
        'grpc.max_reconnect_backoff_ms': 2_000,
        // The default of 30 s would keep dialling where a restarted server was.
        'grpc.dns_min_time_between_resolutions_ms': 500,
        'grpc.service_config_disable_resolution': 1,
        'grpc.enable_retries': 0,
        'grpc-node.flow_control_window': windowBytes,
      });
      clients.set(endpoint, client);
    }
    return client;
  };
  const leave = (index: number) => {
    if (current === index) current = (current + 1) % options.endpoints.length;
  };

  /** Moves on when the stream of this endpoint turns out to be unavailable. */
  const watchStream = <
    Stream extends ClientReadableStream<unknown> | ClientDuplexStream<never, unknown>,
  >(
    stream: Stream,
    index: number,
    signal: AbortSignal | undefined,
  ): Stream => {
    stream.on('error', (error) => {
      if (toRpcError(error).code === StatusCode.UNAVAILABLE) leave(index);
    });
    if (signal !== undefined) {
      const cancel = () => stream.cancel();
      if (signal.aborted) cancel();
      else signal.addEventListener('abort', cancel, { once: true });
      stream.on('close', () => signal.removeEventListener('abort', cancel));
    }
    return stream;
  };

  return {
    get endpoint() {
      return options.endpoints[current]!;
    },
    moveOn: () => leave(current),
    unary: (method, request, unaryOptions = {}) => {
      const index = current;
      const timed = {
        clock: options.clock,
        timeoutMillis: unaryOptions.timeoutMillis ?? options.timeoutMillis ?? 10_000,
        ...unaryOptions,
      };
      const response =
        options.isLean === true
          ? callLean(leanConnections[index]!, method, request, timed)
          : callUnary(clientAt(index), method, request, timed);
      return response.catch((error: unknown) => {
        const failure = toRpcError(error);
        if (failure.code === StatusCode.UNAVAILABLE) leave(index);
        throw failure;
      });
    },
    serverStream: (method, request, streamOptions = {}) => {
      const index = current;
      const stream = clientAt(index).makeServerStreamRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        streamOptions.metadata ?? new Metadata(),
      );
      return watchStream(stream, index, streamOptions.signal);
    },
    duplex: (method, streamOptions = {}) => {
      const index = current;
      const stream = clientAt(index).makeBidiStreamRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        streamOptions.metadata ?? new Metadata(),
      );
      return watchStream(stream as never, index, streamOptions.signal);
    },
    talk: (method, events, { signal, headers } = {}) => {
      const index = current;
      const stop = () => talk.cancel();
      const onEnd = (error: RpcError | undefined) => {
        signal?.removeEventListener('abort', stop);
        if (error?.code === StatusCode.UNAVAILABLE) leave(index);
        events.onEnd(error);
      };
      const talk = leanConnections[index]!.talk(method, { ...events, onEnd }, headers);
      if (signal?.aborted === true) stop();
      else signal?.addEventListener('abort', stop, { once: true });
      return talk;
    },
    [Symbol.dispose]: () => {
      for (const timer of dials.values()) timer.cancel();
      for (const client of clients.values()) client.close();
      for (const connection of leanConnections) connection[Symbol.dispose]();
      dials.clear();
      clients.clear();
    },
  };
}

interface TimedUnaryOptions extends UnaryOptions {
  readonly clock: Clock;
  readonly timeoutMillis: Millis;
}

const silence = (target: string, path: string, timeoutMillis: Millis) =>
  new RpcError(
    StatusCode.DEADLINE_EXCEEDED,
    `no answer from ${target} to ${path} within ${timeoutMillis} ms`,
  );

async function callLean<Request, Response>(
  connection: LeanConnection,
  method: Method<Request, Response>,
  request: Request,
  { clock, timeoutMillis, signal }: TimedUnaryOptions,
): Promise<Response> {
  const call = connection.call(method, request);
  let timedOut = false;
  const timer = clock.setTimer(timeoutMillis, () => {
    timedOut = true;
    call.cancel();
  });
  if (signal?.aborted === true) call.cancel();
  else signal?.addEventListener('abort', call.cancel, { once: true });
  try {
    return await call.response;
  } catch (error) {
    throw timedOut ? silence(connection.endpoint, method.path, timeoutMillis) : error;
  } finally {
    timer.cancel();
    signal?.removeEventListener('abort', call.cancel);
  }
}

/** The deadline runs on the cluster clock, so that it scales with every other timer. */
function callUnary<Request, Response>(
  client: Client,
  method: Method<Request, Response>,
  request: Request,
  options: TimedUnaryOptions,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const callOptions: CallOptions = {};
    const call = client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      options.metadata ?? new Metadata(),
      callOptions,
      (error, response) => {
        timer.cancel();
        options.signal?.removeEventListener('abort', cancel);
        if (timedOut) {
          const target = client.getChannel().getTarget();
          reject(silence(target, method.path, options.timeoutMillis));
        } else if (error !== null) reject(toRpcError(error));
        else resolve(response as Response);
      },
    );
    let timedOut = false;
    const cancel = () => call.cancel();
    const timer = options.clock.setTimer(options.timeoutMillis, () => {
      timedOut = true;
      cancel();
    });
    if (options.signal?.aborted === true) cancel();
    else options.signal?.addEventListener('abort', cancel, { once: true });
  });
}
