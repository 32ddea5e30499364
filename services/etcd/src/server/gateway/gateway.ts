/**
 * etcd's JSON API (grpc-gateway): every method of the client services at a path of its own, for curl
 * and for languages without gRPC.
 *
 * 1. A call goes to the same handler as over gRPC, guards and counters included; only its form differs.
 * 2. Requests of a stream follow each other in the body; answers come a line each, as {"result": ...}.
 * 3. The token of a user is in the Authorization header. A certificate names nobody here: it would be
 *    the gateway's.
 */
import { JsonError, fromJson, methodTypes, toJson } from '@drydock/proto/etcd';
import type { Logger } from '@drydock/ports';
import type { Failure } from '../../mvcc/failure.ts';
import {
  failureOf,
  type Answer,
  type CallInfo,
  type GrpcMethods,
  type MessageBytes,
  type MessageStream,
  type StreamHandler,
  type UnaryHandler,
} from '../grpc.ts';
import type { Exchange } from './exchange.ts';
import { JsonDocuments } from './json-documents.ts';
import { routes } from './routes.ts';

export interface GatewayOptions {
  readonly services: readonly GrpcMethods[];
  /** Bytes of one JSON document. */
  readonly bytesMax: number;
  /** Users are asked for their tokens. */
  readonly isAuthEnabled: () => boolean;
  readonly log: Logger;
}

/** Serves paths below /v3/. */
export type Gateway = (exchange: Exchange) => void;

/** By code: what HTTP has for it. */
const statuses: readonly number[] = [
  200, 408, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401,
];
const statusNames: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  409: 'Conflict',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};
const statusOf = (failure: Failure) => statuses[failure.code] ?? 500;
const jsonHeaders = {
  'content-type': 'application/json',
  'grpc-metadata-content-type': 'application/grpc',
};

export function createGateway(options: GatewayOptions): Gateway {
  const { services, bytesMax, log } = options;
  const unread = new Unread();
  const unary = new Map<string, UnaryHandler>();
  const streams = new Map<string, StreamHandler>();
  for (const service of services) {
    for (const [path, handler] of Object.entries(service.unary)) unary.set(path, handler);
    for (const [path, handler] of Object.entries(service.streams)) streams.set(path, handler);
  }
  return (exchange) => {
    // Who calls with a certificate expects to be its user; that would let him be the wrong one.
    if (exchange.commonName !== '' && options.isAuthEnabled()) {
      return answerText(exchange, 400, commonNameIgnored);
    }
    const path = exchange.path.replace(/^\/v3beta\//, '/v3/');
    const method = Object.hasOwn(routes, path) ? routes[path]! : undefined;
    const types = method === undefined ? undefined : methodTypes(method);
    if (method === undefined || types === undefined) return answerText(exchange, 404, 'Not Found');
    if (exchange.method !== 'POST') return answerText(exchange, 405, 'Method Not Allowed');
    const route = { method, types, bytesMax, log, unread };
    const handler = unary.get(method);
    const streamHandler = streams.get(method);
    if (handler !== undefined) serveUnary(exchange, handler, route);
    else if (streamHandler !== undefined) serveStream(exchange, streamHandler, route);
    else answerText(exchange, 404, 'Not Found');
  };
}

const commonNameIgnored =
  'CommonName of client sending a request against gateway will be ignored and not used as expected';

/** Answers that are not read yet, of all connections. */
class Unread {
  #bytes = 0;

  get hasRoom(): boolean {
    return this.#bytes < unreadBytesMax;
  }

  /** Counts bytes until the answer is over. */
  hold(bytes: number, exchange: Exchange): void {
    this.#bytes += bytes;
    exchange.onClose(() => {
      this.#bytes -= bytes;
    });
  }
}

const unreadBytesMax = 256 * 1024 * 1024;
const noRoom: Failure = {
  kind: 'failure',
  code: 8,
  message: 'grpc: too many answers are unread',
};

interface Route {
  readonly unread: Unread;
  readonly method: string;
  readonly types: readonly [request: string, answer: string];
  readonly bytesMax: number;
  readonly log: Logger;
}

function answerText(exchange: Exchange, status: number, words: string): void {
  exchange.start(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
  });
  exchange.write(`${words}\n`);
  exchange.end();
}

function answerFailure(exchange: Exchange, failure: Failure): void {
  if (exchange.isClosed) return;
  const { code, message } = failure;
  exchange.start(statusOf(failure), { 'content-type': 'application/json' });
  exchange.write(JSON.stringify({ error: message, message, code }));
  exchange.end();
}

const callOf = ({ authorization }: Exchange): CallInfo => ({
  requireLeader: false,
  clusterId: '',
  memberId: '',
  token: undefined,
  authorization,
  isForwarded: true,
  commonName: undefined,
});

/** What was wrong with a request, or with us. */
function failureIn(error: unknown, { log, method }: Route): Failure {
  const isTheirs =
    error instanceof JsonError || error instanceof SyntaxError || error instanceof RangeError;
  if (!isTheirs) return failureOf(error, { kind: 'unary', path: method, log });
  // Go's words for the most common mistake.
  const message = error.message.replace(
    /^Unexpected token '(.)'.*$/s,
    "invalid character '$1' looking for beginning of value",
  );
  return { kind: 'failure', code: 3, message };
}

/** @throws JsonError, SyntaxError */
const requestOf = (text: string, [type]: Route['types']) => fromJson(type, JSON.parse(text));

function serveUnary(exchange: Exchange, handler: UnaryHandler, route: Route): void {
  const documents = new JsonDocuments(route.bytesMax);
  let text: string | undefined;
  let isOver = false;
  let onGone = () => {};
  exchange.onClose(() => onGone());
  const fail = (error: unknown) => {
    isOver = true;
    answerFailure(exchange, failureIn(error, route));
  };
  const settle = (answer: Answer) => {
    if (exchange.isClosed) return;
    if (!Buffer.isBuffer(answer)) return answerFailure(exchange, answer);
    if (!route.unread.hasRoom) return answerFailure(exchange, noRoom);
    const body = JSON.stringify(toJson(route.types[1], answer));
    const length = Buffer.byteLength(body);
    route.unread.hold(length, exchange);
    exchange.start(200, { ...jsonHeaders, 'content-length': String(length) });
    exchange.write(body);
    exchange.end();
  };
  const asker = {
    get hasRoom() {
      return !exchange.isClosed && route.unread.hasRoom;
    },
    onGone: (listener: () => void) => {
      onGone = listener;
    },
  };
  exchange.onBody((chunk, isLast) => {
    if (isOver) return;
    try {
      // What follows the first document is not looked at, as in the original.
      documents.push(chunk, (one) => (text ??= one));
      if (!isLast) return;
      isOver = true;
      const request = requestOf(text ?? (documents.rest() || '{}'), route.types);
      Promise.resolve(handler(request, callOf(exchange), asker))
        .then(settle)
        .catch(fail);
    } catch (error) {
      fail(error);
    }
  });
}

function serveStream(exchange: Exchange, handler: StreamHandler, route: Route): void {
  const documents = new JsonDocuments(route.bytesMax);
  let hasStarted = false;
  let isOver = false;
  let onMessage = (_message: Buffer) => {};
  let onEnd = () => {};
  let onClose = () => {};
  const begin = (status: number) => {
    if (!hasStarted) exchange.start(status, jsonHeaders);
    hasStarted = true;
  };
  const finish = () => {
    isOver = true;
    exchange.end();
    onClose();
    onClose = () => {};
  };
  const fail = (failure: Failure) => {
    if (isOver || exchange.isClosed) return;
    const status = statusOf(failure);
    begin(status);
    const { code, message } = failure;
    const error = { grpc_code: code, http_code: status, message, http_status: statusNames[status] };
    exchange.write(`${JSON.stringify({ error })}\n`);
    finish();
  };
  const guard = (run: () => void) => {
    try {
      run();
    } catch (error) {
      fail(failureIn(error, route));
    }
  };
  const send = (message: MessageBytes) => {
    if (isOver || exchange.isClosed) return;
    begin(200);
    exchange.write(`${JSON.stringify({ result: toJson(route.types[1], message) })}\n`);
  };
  const stream: MessageStream = {
    call: callOf(exchange),
    get isReady() {
      return !isOver && exchange.isReady;
    },
    get isClosed() {
      return isOver || exchange.isClosed;
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
    onReady: (listener) => exchange.onReady(() => guard(listener)),
    send,
    sendInTwo: (head, tail) => send(Buffer.concat([head, tail])),
    // Bodies are small: they are read as they come.
    pause: () => {},
    resume: () => {},
    end: () => {
      if (isOver || exchange.isClosed) return;
      begin(200);
      finish();
    },
    fail,
  };
  exchange.onClose(() => {
    if (isOver) return;
    isOver = true;
    onClose();
  });
  guard(() => handler(stream));
  exchange.onBody((chunk, isLast) => {
    if (isOver) return;
    guard(() => {
      documents.push(chunk, (text) => onMessage(requestOf(text, route.types)));
      if (!isLast) return;
      const rest = documents.rest();
      if (rest !== '') onMessage(requestOf(rest, route.types));
      // curl sends its whole body at once and goes on watching.
      if (route.method !== watchMethod) onEnd();
    });
  });
}

const watchMethod = '/etcdserverpb.Watch/Watch';
