/**
 * Calls to one endpoint over an HTTP/2 connection of our own (http2/client-session.ts), for a caller that
 * makes thousands a second: the apiserver to etcd. A call costs about 20 us of processor time
 * here, 85 us over node:http2, and more than 200 us in grpc-js, whose filters, interceptors and load balancers have nothing to do for it.
 *
 * 1. A call ends exactly once, with its answer or an RpcError. Without a status from the server it is
 *    UNAVAILABLE, as in grpc-js, whether the connection broke before the call or within it.
 * 2. The connection is made by the first call and made anew by the next one after it broke, so that the
 *    name is looked up each time. One that takes longer than `connectTimeoutMillis` is given up.
 * 3. A server that does not answer pings while calls wait for it is gone: its connection ends.
 */
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Clock, Millis, Timer } from '@drydock/ports';
import type { AnswerFields } from './http2/answer-headers.ts';
import { ClientSession } from './http2/client-session.ts';
import { encodeHeaders } from './http2/hpack.ts';
import { framed, MessageCutter, messageOf } from './message-frame.ts';
import type { Method } from './method.ts';
import { RpcError, StatusCode } from './status.ts';
import { addressOf, socketOptions, type TlsMaterial } from './tls.ts';

export interface LeanConnectionOptions {
  /** host:port. */
  readonly endpoint: string;
  readonly tls: TlsMaterial | undefined;
  readonly clock: Clock;
  readonly connectTimeoutMillis: Millis;
  readonly windowBytes: number;
}

/** A call with many messages in both directions, as its client has it. */
export interface Talk<Request> {
  write(request: Request): void;
  /** Nothing is told of it any more. */
  cancel(): void;
}

export interface TalkEvents<Response> {
  readonly onMessage: (response: Response) => void;
  /** Once; undefined when the server has ended it in good order. */
  readonly onEnd: (error: RpcError | undefined) => void;
}

/** A call under way. */
export interface UnaryCall<Response> {
  /** @throws RpcError */
  readonly response: Promise<Response>;
  readonly cancel: () => void;
}

const pingMillis: Millis = 10_000;
const pingTimeoutMillis: Millis = 5_000;

export class LeanConnection implements Disposable {
  readonly #options: LeanConnectionOptions;
  /** The headers of a call, by its path. */
  readonly #blocks = new Map<string, Buffer>();
  #session: ClientSession | undefined;

  constructor(options: LeanConnectionOptions) {
    this.#options = options;
  }

  get endpoint(): string {
    return this.#options.endpoint;
  }

  call<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
  ): UnaryCall<Response> {
    const message = framed(method.requestSerialize(request));
    this.#session ??= this.#open();
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    let chunks: Buffer | Buffer[] | undefined;
    const stream = this.#session.open(this.#blockOf(method.path), {
      onData: (bytes) => {
        if (chunks === undefined) chunks = bytes;
        else if (Array.isArray(chunks)) chunks.push(bytes);
        else chunks = [chunks, bytes];
      },
      onEnd: (fields, failure) => {
        const outcome = this.#outcomeOf(fields, failure, chunks);
        if (outcome instanceof RpcError) reject(outcome);
        else {
          try {
            resolve(method.responseDeserialize(outcome));
          } catch (error) {
            reject(error);
          }
        }
      },
    });
    stream.write(message, { isLast: true });
    const cancel = () => {
      stream.cancel();
      reject(new RpcError(StatusCode.CANCELLED, 'the call was cancelled'));
    };
    return { response: promise, cancel };
  }

  /** `headers` are sent along: a few, and always the same. */
  talk<Request, Response>(
    method: Method<Request, Response>,
    events: TalkEvents<Response>,
    headers: readonly (readonly [string, string])[] = [],
  ): Talk<Request> {
    this.#session ??= this.#open();
    const cutter = new MessageCutter();
    const block = encodeHeaders([...this.#headersOf(method.path), ...headers]);
    const fail = (error: unknown) => {
      stream.cancel();
      events.onEnd(new RpcError(StatusCode.INTERNAL, (error as Error).message, { cause: error }));
    };
    const stream = this.#session.open(block, {
      onData: (bytes) => {
        try {
          cutter.push(bytes, (message) => events.onMessage(method.responseDeserialize(message)));
        } catch (error) {
          fail(error);
        }
      },
      onEnd: (fields, failure) => {
        events.onEnd(fields.grpcStatus === '0' ? undefined : this.#errorOf(fields, failure));
      },
    });
    return {
      write: (request) => stream.write(framed(method.requestSerialize(request)), { isLast: false }),
      cancel: () => stream.cancel(),
    };
  }

  #outcomeOf(
    fields: AnswerFields,
    failure: Error | undefined,
    chunks: Buffer | Buffer[] | undefined,
  ): Buffer | RpcError {
    if (fields.grpcStatus !== '0') return this.#errorOf(fields, failure);
    const what = `${this.#options.endpoint} sent no whole message`;
    return messageOf(chunks) ?? new RpcError(StatusCode.INTERNAL, what);
  }

  #errorOf(fields: AnswerFields, failure: Error | undefined): RpcError {
    const { endpoint } = this.#options;
    const { grpcStatus, grpcMessage, httpStatus } = fields;
    if (grpcStatus !== undefined) return new RpcError(Number(grpcStatus), textOf(grpcMessage));
    if (httpStatus !== undefined && httpStatus !== '200') {
      const what = `${endpoint} answered with HTTP status ${httpStatus}`;
      return new RpcError(StatusCode.UNKNOWN, what);
    }
    const why = failure?.message ?? 'the answer ended without a status';
    return new RpcError(StatusCode.UNAVAILABLE, `${endpoint}: ${why}`, { cause: failure });
  }

  #blockOf(path: string): Buffer {
    let block = this.#blocks.get(path);
    if (block === undefined) {
      block = encodeHeaders(this.#headersOf(path));
      this.#blocks.set(path, block);
    }
    return block;
  }

  #headersOf(path: string): [string, string][] {
    const { endpoint, tls } = this.#options;
    return [
      [':method', 'POST'],
      [':scheme', tls === undefined ? 'http' : 'https'],
      [':path', path],
      [':authority', endpoint],
      ['content-type', 'application/grpc'],
      ['te', 'trailers'],
    ];
  }

  #open(): ClientSession {
    const { endpoint, tls, clock, connectTimeoutMillis, windowBytes } = this.#options;
    const socket = dial(endpoint, tls);
    let timer: Timer;
    const session = new ClientSession({
      socket,
      windowBytes,
      onLeave: () => {
        if (this.#session === session) this.#session = undefined;
      },
    });
    timer = clock.setTimer(connectTimeoutMillis, () =>
      session.end(new Error(`no connection within ${connectTimeoutMillis} ms`)),
    );
    const keepAlive = (): Timer =>
      clock.setTimer(pingMillis, () => {
        if (session.streams === 0) {
          timer = keepAlive();
          return;
        }
        timer = clock.setTimer(pingTimeoutMillis, () =>
          session.end(new Error(`no answer to a ping within ${pingTimeoutMillis} ms`)),
        );
        session.ping(() => {
          timer.cancel();
          timer = keepAlive();
        });
      });
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      timer.cancel();
      if (tls !== undefined && (socket as TLSSocket).alpnProtocol !== 'h2') {
        session.end(new Error('the server speaks no HTTP/2'));
      } else timer = keepAlive();
    });
    socket.once('close', () => timer.cancel());
    return session;
  }

  [Symbol.dispose](): void {
    const session = this.#session;
    this.#session = undefined;
    session?.end(new Error('the channel is closed'));
  }
}

function dial(endpoint: string, tls: TlsMaterial | undefined): Socket {
  const target = addressOf(endpoint);
  const socket =
    tls === undefined
      ? connectPlain(target)
      : connectTls({ ...target, ...socketOptions(tls, endpoint) });
  socket.setNoDelay(true);
  return socket;
}

/** The text of a status, which is percent-encoded where it is not plain ASCII. */
function textOf(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}
