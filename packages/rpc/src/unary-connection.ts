/**
 * Unary calls to one endpoint straight over node:http2, for a caller that makes thousands a second: the
 * apiserver to etcd. A call costs about 110 us of processor time here and 270 us in grpc-js, whose filters,
 * interceptors and load balancers have nothing to do for it.
 *
 * 1. A call ends exactly once, with its answer or an RpcError. Without a status from the server it is
 *    UNAVAILABLE, as in grpc-js, whether the connection broke before the call or within it.
 * 2. The connection is made by the first call and made anew by the next one after it broke, so that the
 *    name is looked up each time. One that takes longer than `connectTimeoutMillis` is given up.
 * 3. A server that does not answer pings while calls wait for it is gone: its connection ends.
 */
import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2';
import type { Clock, Millis, Timer } from '@drydock/ports';
import type { Method } from './method.ts';
import { RpcError, StatusCode } from './status.ts';
import { sessionOptions, type TlsMaterial } from './tls.ts';

export interface UnaryConnectionOptions {
  /** host:port. */
  readonly endpoint: string;
  readonly tls: TlsMaterial | undefined;
  readonly clock: Clock;
  readonly connectTimeoutMillis: Millis;
  readonly windowBytes: number;
}

/** A call under way. */
export interface UnaryCall<Response> {
  /** @throws RpcError */
  readonly response: Promise<Response>;
  readonly cancel: () => void;
}

const prefixBytes = 5;
const pingMillis: Millis = 10_000;
const pingTimeoutMillis: Millis = 5_000;
/** Answers on their way count: node's own 10 MB would refuse a few large ones at a time. */
const sessionMegabytesMax = 512;
const headersOfCalls = { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers' };

export class UnaryConnection implements Disposable {
  readonly #options: UnaryConnectionOptions;
  #session: ClientHttp2Session | undefined;
  #calls = 0;

  constructor(options: UnaryConnectionOptions) {
    this.#options = options;
  }

  get endpoint(): string {
    return this.#options.endpoint;
  }

  call<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
  ): UnaryCall<Response> {
    this.#session ??= this.#open();
    const stream = this.#session.request({ ...headersOfCalls, ':path': method.path });
    this.#calls += 1;
    let isCancelled = false;
    const cancel = () => {
      isCancelled = true;
      stream.close(constants.NGHTTP2_CANCEL);
    };
    const answer = this.#answerOf(stream, () => isCancelled);
    stream.end(framed(method.requestSerialize(request)));
    return { response: answer.then((bytes) => method.responseDeserialize(bytes)), cancel };
  }

  #answerOf(stream: ClientHttp2Stream, isCancelled: () => boolean): Promise<Buffer> {
    const { endpoint } = this.#options;
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let head: IncomingHttpStatusHeader = {};
      let trailers: IncomingHttpHeaders = {};
      let failure: Error | undefined;
      stream.on('response', (headers) => {
        head = headers;
        // An answer that is nothing but a status has it in its head.
        if (headers['grpc-status'] !== undefined) trailers = headers;
      });
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('trailers', (headers) => {
        trailers = headers;
      });
      stream.on('error', (error) => {
        failure = error;
      });
      stream.on('close', () => {
        this.#calls -= 1;
        const status = trailers['grpc-status'];
        if (status === '0') {
          const message = messageOf(chunks);
          if (message !== undefined) resolve(message);
          else reject(new RpcError(StatusCode.INTERNAL, `${endpoint} sent no whole message`));
        } else if (status !== undefined) {
          reject(new RpcError(Number(status), textOf(trailers['grpc-message'])));
        } else if (isCancelled()) {
          reject(new RpcError(StatusCode.CANCELLED, 'the call was cancelled'));
        } else reject(withoutStatus(endpoint, head, failure));
      });
    });
  }

  #open(): ClientHttp2Session {
    const { endpoint, tls, clock, connectTimeoutMillis, windowBytes } = this.#options;
    const session = connect(`${tls === undefined ? 'http' : 'https'}://${endpoint}`, {
      ...sessionOptions(tls, endpoint),
      maxSessionMemory: sessionMegabytesMax,
      settings: { enablePush: false, initialWindowSize: windowBytes },
    });
    const leave = () => {
      if (this.#session === session) this.#session = undefined;
    };
    const giveUp = (why: string) => {
      leave();
      session.destroy(new Error(why));
    };
    let timer = clock.setTimer(connectTimeoutMillis, () =>
      giveUp(`no connection within ${connectTimeoutMillis} ms`),
    );
    const keepAlive = (): Timer =>
      clock.setTimer(pingMillis, () => {
        if (this.#calls === 0) {
          timer = keepAlive();
          return;
        }
        timer = clock.setTimer(pingTimeoutMillis, () =>
          giveUp(`no answer to a ping within ${pingTimeoutMillis} ms`),
        );
        session.ping((error) => {
          timer.cancel();
          if (error === null) timer = keepAlive();
        });
      });
    session.once('connect', () => {
      timer.cancel();
      session.setLocalWindowSize(windowBytes);
      timer = keepAlive();
    });
    // Its calls tell of it.
    session.on('error', leave);
    session.once('goaway', () => {
      leave();
      if (!session.destroyed) session.close();
    });
    session.once('close', () => {
      timer.cancel();
      leave();
    });
    return session;
  }

  [Symbol.dispose](): void {
    const session = this.#session;
    this.#session = undefined;
    session?.destroy(new Error('the channel is closed'));
  }
}

/** A message as gRPC frames it, uncompressed. */
function framed(message: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(prefixBytes + message.length);
  bytes[0] = 0;
  bytes.writeUInt32BE(message.length, 1);
  bytes.set(message, prefixBytes);
  return bytes;
}

/** Undefined unless there is exactly one message, uncompressed. */
function messageOf(chunks: readonly Buffer[]): Buffer | undefined {
  const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  if (bytes.length < prefixBytes || bytes[0] !== 0) return undefined;
  if (bytes.length !== prefixBytes + bytes.readUInt32BE(1)) return undefined;
  return bytes.subarray(prefixBytes);
}

/** The text of a status, which is percent-encoded where it is not plain ASCII. */
function textOf(message: string | string[] | undefined): string {
  const text = String(message ?? '');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What a call failed with that was answered by no gRPC server, or not to its end. */
function withoutStatus(
  endpoint: string,
  head: IncomingHttpStatusHeader,
  failure: Error | undefined,
): RpcError {
  const status = head[':status'];
  if (status !== undefined && status !== 200) {
    return new RpcError(StatusCode.UNKNOWN, `${endpoint} answered with HTTP status ${status}`);
  }
  const cause = failure?.cause instanceof Error ? failure.cause : failure;
  const why = cause?.message ?? 'the connection ended';
  return new RpcError(StatusCode.UNAVAILABLE, `${endpoint}: ${why}`, { cause: failure });
}
