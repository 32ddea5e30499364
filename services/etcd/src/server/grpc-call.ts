/**
 * One gRPC call over one stream.
 *
 * 1. A call ends once: by its answer, a failure, its deadline (grpc-timeout), or its client.
 * 2. A handler that goes on after that is waited for, and counted, but answers nobody.
 */
import type { Logger } from '@drydock/ports';
import type { Failure } from '../mvcc/failure.ts';
import {
  failureOf,
  type Answer,
  type MessageStream,
  type StreamHandler,
  type UnaryHandler,
} from './grpc.ts';
import { encodeHeaders, Http2Error } from '@drydock/rpc/http2';
import type { RequestHeaders } from './http2/request-headers.ts';
import type { Http2Stream } from './http2/stream.ts';
import { MessageCutter } from './message-cutter.ts';

export interface CallOptions {
  /** Larger messages are refused before they are read. */
  readonly messageBytesMax: number;
  readonly log: Logger;
}

const responseHeaders = encodeHeaders([
  [':status', '200'],
  ['content-type', 'application/grpc'],
]);
const okTrailers = encodeHeaders([['grpc-status', '0']]);
/** Answers above this are refused to a connection that does not read those it has. */
const largeAnswerBytes = 4 * 1024;
/** Longer ones are cut, so that a status always fits into one frame. */
const statusCharactersMax = 1_024;

const noMessage: Failure = { kind: 'failure', code: 13, message: 'grpc: the call has no message' };
const brokenOff: Failure = { kind: 'failure', code: 13, message: 'unexpected EOF' };
const manyMessages: Failure = {
  kind: 'failure',
  code: 13,
  message: 'cardinality violation: received multiple request messages for a unary call',
};
const noRoom: Failure = {
  kind: 'failure',
  code: 8,
  message: 'grpc: too many answers of this connection are unread',
};
const deadlineExceeded: Failure = {
  kind: 'failure',
  code: 4,
  message: 'context deadline exceeded',
};

/** Percent-encoded, as the protocol wants it for what is not printable ASCII. */
function percentEncoded(message: string): string {
  let text = '';
  for (const byte of Buffer.from(message.slice(0, statusCharactersMax))) {
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

/** Without a message before it the status comes in the headers. */
export function failCall(stream: Http2Stream, failure: Failure): void {
  stream.sendTrailers(
    encodeHeaders([
      [':status', '200'],
      ['content-type', 'application/grpc'],
      ...statusHeaders(failure),
    ]),
  );
}

const unitMillis: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** Real milliseconds of a grpc-timeout; undefined when it is none. */
function parseTimeout(text: string): number | undefined {
  const match = /^(\d{1,8})([HMSmun])$/.exec(text);
  return match === null ? undefined : Number(match[1]) * unitMillis[match[2]!]!;
}

/** Longer timers do not exist; no call lasts that long. */
const timerMillisMax = 2 ** 31 - 1;

/**
 * Ends the call at its deadline, on real time: it is the client's, who does not know the cluster's.
 * Returns false when there is nothing to serve; otherwise what to call when the stream is over.
 */
function watchDeadline(
  stream: Http2Stream,
  headers: RequestHeaders,
  fail: (failure: Failure) => void,
): false | (() => void) {
  if (headers.timeout === '') return () => {};
  const millis = parseTimeout(headers.timeout);
  if (millis === undefined) {
    stream.reset(new Http2Error('protocol', 'malformed grpc-timeout'));
    return false;
  }
  const expire = () => {
    // An answer that waits for a window can only be cut off.
    if (stream.isSettled) stream.reset(new Http2Error('cancel', 'the deadline has passed'));
    else fail(deadlineExceeded);
  };
  if (millis === 0) {
    expire();
    return false;
  }
  if (millis > timerMillisMax) return () => {};
  const timer = setTimeout(expire, Math.ceil(millis));
  return () => clearTimeout(timer);
}

/** One call that is a message each way. There is one for each request: it makes no closure it may do without. */
class UnaryCall {
  readonly #stream: Http2Stream;
  readonly #headers: RequestHeaders;
  readonly #handler: UnaryHandler;
  readonly #options: CallOptions;
  /** Made when the request does not come in one piece. */
  #cutter: MessageCutter | undefined;
  #request: Buffer | undefined;

  constructor(
    stream: Http2Stream,
    headers: RequestHeaders,
    handler: UnaryHandler,
    options: CallOptions,
  ) {
    this.#stream = stream;
    this.#headers = headers;
    this.#handler = handler;
    this.#options = options;
  }

  settle(answer: Answer): void {
    const stream = this.#stream;
    if (stream.isClosed) return;
    if (!Buffer.isBuffer(answer)) failCall(stream, answer);
    else if (answer.length > largeAnswerBytes && !stream.hasRoom) failCall(stream, noRoom);
    else stream.sendAnswer(responseHeaders, answer, okTrailers);
  }

  take(chunk: Buffer, isLast: boolean): void {
    const stream = this.#stream;
    if (stream.isSettled) return;
    if (isLast && this.#cutter === undefined) {
      const request = wholeMessage(chunk, this.#options.messageBytesMax);
      if (request !== undefined) {
        this.#call(request);
        return;
      }
    }
    const cutter = (this.#cutter ??= new MessageCutter({
      messageBytesMax: this.#options.messageBytesMax,
      encoding: this.#headers.encoding,
      hold: (bytes) => stream.hold(bytes),
    }));
    let messages = this.#request === undefined ? 0 : 1;
    let failure = cutter.push(chunk, (message) => {
      messages++;
      this.#request = message;
    });
    if (messages > 1) failure ??= manyMessages;
    if (cutter.isInside && !stream.hasRoom) failure ??= noRoom;
    if (isLast && cutter.isInside) failure ??= brokenOff;
    if (failure !== undefined) this.settle(failure);
    else if (isLast) {
      if (this.#request === undefined) this.settle(noMessage);
      else this.#call(this.#request);
    }
  }

  #call(request: Buffer): void {
    const stream = this.#stream;
    try {
      const answer = this.#handler(request, this.#headers, stream);
      if (!(answer instanceof Promise)) {
        this.settle(answer);
        return;
      }
      stream.workBegins();
      answer.then(
        (settled) => this.#done(settled),
        (error: unknown) => this.#done(this.#failureOf(error)),
      );
    } catch (error) {
      this.settle(this.#failureOf(error));
    }
  }

  #done(answer: Answer): void {
    this.settle(answer);
    this.#stream.workDone();
  }

  #failureOf(error: unknown): Failure {
    const { log } = this.#options;
    return failureOf(error, { kind: 'unary', path: this.#headers.path, log });
  }
}

/** The message of a request that came in one piece, as nearly all do; others are cut with all checks. */
function wholeMessage(chunk: Buffer, messageBytesMax: number): Buffer | undefined {
  const bytes = chunk.length - 5;
  if (bytes < 0 || bytes > messageBytesMax || chunk[0] !== 0) return undefined;
  return chunk.readUInt32BE(1) === bytes ? chunk.subarray(5) : undefined;
}

export function serveUnary(
  stream: Http2Stream,
  headers: RequestHeaders,
  handler: UnaryHandler,
  options: CallOptions,
): void {
  const call = new UnaryCall(stream, headers, handler, options);
  if (headers.timeout !== '') {
    const forgetDeadline = watchDeadline(stream, headers, (failure) => call.settle(failure));
    if (forgetDeadline === false) return;
    stream.onClose = forgetDeadline;
  }
  stream.onData = (chunk, isLast) => call.take(chunk, isLast);
}

export function serveStream(
  stream: Http2Stream,
  headers: RequestHeaders,
  handler: StreamHandler,
  options: CallOptions,
): void {
  const { log } = options;
  let areHeadersSent = false;
  const open = () => {
    if (areHeadersSent) return;
    areHeadersSent = true;
    stream.sendHeaders(responseHeaders);
  };
  /** Opens the answer. Messages that nobody reads pile up only so far. */
  const mayAnswer = (): boolean => {
    if (stream.hasRoom) open();
    else stream.reset(new Http2Error('enhance-your-calm', 'answers are not read'));
    return !stream.isClosed;
  };
  const fail = (failure: Failure) => {
    if (areHeadersSent) stream.sendTrailers(encodeHeaders(statusHeaders(failure)));
    else failCall(stream, failure);
  };
  const guard = (run: () => void) => {
    try {
      run();
    } catch (error) {
      fail(failureOf(error, { kind: 'stream', path: headers.path, log }));
    }
  };
  const forgetDeadline = watchDeadline(stream, headers, fail);
  if (forgetDeadline === false) return;
  let onMessage = (_message: Buffer) => {};
  let onEnd = () => {};
  let onClose = () => {};
  stream.onClose = () => {
    forgetDeadline();
    guard(onClose);
  };
  const cutter = new MessageCutter({
    messageBytesMax: options.messageBytesMax,
    encoding: headers.encoding,
    hold: (bytes) => stream.hold(bytes),
  });
  stream.onData = (chunk, isLast) => {
    const failure = cutter.push(chunk, (message) => {
      if (!stream.isSettled) guard(() => onMessage(message));
    });
    if (stream.isSettled) return;
    if (failure !== undefined) fail(failure);
    else if (cutter.isInside && !stream.hasRoom) fail(noRoom);
    else if (isLast && cutter.isInside) fail(brokenOff);
    else if (isLast) guard(() => onEnd());
  };
  const messages: MessageStream = {
    call: headers,
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
      onClose = listener;
    },
    onReady: (listener) => {
      stream.onReady = () => guard(listener);
    },
    send: (message) => {
      if (mayAnswer()) stream.sendMessage(message);
    },
    sendInTwo: (head, tail) => {
      if (mayAnswer()) stream.sendMessage(head, tail);
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
