/**
 * gRPC over our HTTP/2 connections: messages are cut out of the data, handlers called, statuses sent.
 * Plain requests (a browser, curl) on the same connection get the member's HTTP answers.
 */
import type { Socket } from 'node:net';
import type { Logger } from '@drydock/ports';
import type { Failure } from '../mvcc/failure.ts';
import {
  failureOf,
  type Answer,
  type CallInfo,
  type GrpcMethods,
  type MessageStream,
  type StreamHandler,
  type UnaryHandler,
} from './grpc.ts';
import { Http2Connection, type RequestHeaders } from './http2/connection.ts';
import { encodeHeaders } from './http2/hpack.ts';
import { Http2Error } from './http2/http2-error.ts';
import type { Http2Stream } from './http2/stream.ts';

export interface PlainReply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface GrpcServerOptions {
  readonly services: readonly GrpcMethods[];
  /** Larger messages are refused before they are read. */
  readonly messageBytesMax: number;
  readonly plain: (path: string) => Promise<PlainReply>;
  readonly log: Logger;
}

export interface GrpcServer extends Disposable {
  /** Serves a connection that speaks HTTP/2. */
  accept(socket: Socket): void;
}

const responseHeaders = encodeHeaders([
  [':status', '200'],
  ['content-type', 'application/grpc'],
]);
const okTrailers = encodeHeaders([['grpc-status', '0']]);

/** Percent-encoded, as the protocol wants it for what is not printable ASCII. */
function percentEncoded(message: string): string {
  let text = '';
  for (const byte of Buffer.from(message)) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    text += isPlain
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}

function statusHeaders(failure: Failure): (readonly [string, string])[] {
  return [
    ['grpc-status', String(failure.code)],
    ['grpc-message', percentEncoded(failure.message)],
  ];
}

const unimplemented = (path: string): Failure => ({
  kind: 'failure',
  code: 12,
  message: `unknown method ${path}: this member does not serve it`,
});

export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  const { log } = options;
  const unary = new Map<string, UnaryHandler>();
  const streams = new Map<string, StreamHandler>();
  for (const service of options.services) {
    for (const [path, handler] of Object.entries(service.unary)) unary.set(path, handler);
    for (const [path, handler] of Object.entries(service.streams)) streams.set(path, handler);
  }
  const connections = new Set<Http2Connection>();

  const onRequest = (stream: Http2Stream, headers: RequestHeaders) => {
    const { path } = headers;
    if (!headers.contentType.startsWith('application/grpc')) {
      servePlain(stream, options.plain(path.split('?')[0]!));
      return;
    }
    const handler = unary.get(path);
    if (handler !== undefined) {
      serveUnary(stream, headers, handler, options);
      return;
    }
    const streamHandler = streams.get(path);
    if (streamHandler === undefined) failCall(stream, unimplemented(path));
    else serveStream(stream, headers, streamHandler, options);
  };

  return {
    accept: (socket) => {
      const connection = new Http2Connection(socket, onRequest);
      connections.add(connection);
      socket.on('close', () => connections.delete(connection));
      log.debug({ peer: socket.remoteAddress }, 'a connection opened');
    },
    [Symbol.dispose]: () => {
      for (const connection of connections) connection.end();
      connections.clear();
    },
  };
}

/** Without a message before it the status comes in the headers. */
function failCall(stream: Http2Stream, failure: Failure): void {
  stream.sendTrailers(
    encodeHeaders([
      [':status', '200'],
      ['content-type', 'application/grpc'],
      ...statusHeaders(failure),
    ]),
  );
}

function servePlain(stream: Http2Stream, reply: Promise<PlainReply>): void {
  reply.then(
    ({ status, type, body }) => {
      stream.sendHeaders(
        encodeHeaders([
          [':status', String(status)],
          ['content-type', type],
        ]),
      );
      stream.sendRaw(Buffer.from(body));
      stream.sendTrailers(encodeHeaders([]));
    },
    () => stream.reset(new Http2Error('internal', 'no answer')),
  );
}

/** Cuts messages out of a stream's data. */
class MessageCutter {
  readonly #bytesMax: number;
  #rest: Buffer | undefined;
  #filled = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get hasRest(): boolean {
    return this.#rest !== undefined;
  }

  /** Calls `take` with each message that is whole now. Returns what is wrong with the data. */
  push(chunk: Buffer, take: (message: Buffer) => void): Failure | undefined {
    let at = 0;
    while (at < chunk.length) {
      if (this.#rest !== undefined) {
        at += this.#fill(chunk, at);
        if (this.#rest.length === 5 && this.#filled === 5) {
          const failure = this.#grow();
          if (failure !== undefined) return failure;
        }
        if (this.#filled < this.#rest.length) continue;
        const whole = this.#rest;
        this.#rest = undefined;
        take(whole.subarray(5));
        continue;
      }
      const length = chunk.length - at >= 5 ? chunk.readUInt32BE(at + 1) : Infinity;
      if (chunk.length - at >= 5 + length) {
        const failure = this.#check(chunk[at]!, length);
        if (failure !== undefined) return failure;
        take(chunk.subarray(at + 5, at + 5 + length));
        at += 5 + length;
      } else {
        this.#rest = Buffer.alloc(5);
        this.#filled = 0;
      }
    }
    return undefined;
  }

  #fill(chunk: Buffer, at: number): number {
    const count = chunk.copy(this.#rest!, this.#filled, at);
    this.#filled += count;
    return count;
  }

  #grow(): Failure | undefined {
    const prefix = this.#rest!;
    const length = prefix.readUInt32BE(1);
    const failure = this.#check(prefix[0]!, length);
    if (failure === undefined) {
      this.#rest = Buffer.allocUnsafe(5 + length);
      prefix.copy(this.#rest);
    }
    return failure;
  }

  #check(compressed: number, length: number): Failure | undefined {
    if (compressed !== 0) {
      const message = 'grpc: compressed messages are not served by this member';
      return { kind: 'failure', code: 12, message };
    }
    if (length <= this.#bytesMax) return undefined;
    const message = `grpc: received message larger than max (${length} vs. ${this.#bytesMax})`;
    return { kind: 'failure', code: 8, message };
  }
}

const noMessage: Failure = {
  kind: 'failure',
  code: 13,
  message: 'grpc: the call has no message',
};

function serveUnary(
  stream: Http2Stream,
  headers: RequestHeaders,
  handler: UnaryHandler,
  { log, messageBytesMax }: GrpcServerOptions,
): void {
  const settle = (answer: Answer) => {
    if (stream.isClosed) return;
    if (!Buffer.isBuffer(answer)) {
      failCall(stream, answer);
      return;
    }
    stream.sendHeaders(responseHeaders);
    stream.sendMessage(answer);
    stream.sendTrailers(okTrailers);
  };
  const cutter = new MessageCutter(messageBytesMax);
  let request: Buffer | undefined;
  const call = () => {
    if (request === undefined) return settle(noMessage);
    try {
      const answer = handler(request, headers);
      if (!(answer instanceof Promise)) return settle(answer);
      answer.then(settle, (error: unknown) => settle(failureOf(error, log, headers.path)));
    } catch (error) {
      settle(failureOf(error, log, headers.path));
    }
    return undefined;
  };
  stream.onData = (chunk, isLast) => {
    const failure = cutter.push(chunk, (message) => {
      request = message;
    });
    if (failure !== undefined) settle(failure);
    else if (isLast) call();
  };
}

function serveStream(
  stream: Http2Stream,
  headers: RequestHeaders,
  handler: StreamHandler,
  options: GrpcServerOptions,
): void {
  const { log } = options;
  const call: CallInfo = headers;
  let areHeadersSent = false;
  const open = () => {
    if (areHeadersSent) return;
    areHeadersSent = true;
    stream.sendHeaders(responseHeaders);
  };
  const fail = (failure: Failure) => {
    if (areHeadersSent) stream.sendTrailers(encodeHeaders(statusHeaders(failure)));
    else failCall(stream, failure);
  };
  let onMessage = (_message: Buffer) => {};
  let onEnd = () => {};
  const guard = (run: () => void) => {
    try {
      run();
    } catch (error) {
      fail(failureOf(error, log, headers.path));
    }
  };
  const cutter = new MessageCutter(options.messageBytesMax);
  stream.onData = (chunk, isLast) => {
    const failure = cutter.push(chunk, (message) => {
      if (!stream.isClosed) guard(() => onMessage(message));
    });
    if (failure !== undefined) fail(failure);
    else if (isLast && !stream.isClosed) guard(onEnd);
  };
  const messages: MessageStream = {
    call,
    get isReady() {
      return stream.isReady;
    },
    get isClosed() {
      return stream.isClosed;
    },
    onMessage: (listener) => {
      onMessage = listener;
    },
    onEnd: (listener) => {
      onEnd = listener;
    },
    onClose: (listener) => {
      stream.onClose = listener;
    },
    onReady: (listener) => {
      stream.onReady = listener;
    },
    send: (message) => {
      open();
      stream.sendMessage(message);
    },
    pause: () => stream.pause(),
    resume: () => stream.resume(),
    end: () => {
      open();
      stream.sendTrailers(okTrailers);
    },
    fail,
  };
  guard(() => handler(messages));
}
