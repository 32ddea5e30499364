/**
 * gRPC over our HTTP/2 connections: finds the handler of a call. Plain requests (a browser, curl) on
 * the same connection get the member's HTTP answers.
 */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@drydock/ports';
import type { Failure } from '../mvcc/failure.ts';
import { failCall, serveStream, serveUnary } from './grpc-call.ts';
import type { GrpcMethods, StreamHandler, UnaryHandler } from './grpc.ts';
import { overHttp2Exchange } from './gateway/exchange.ts';
import type { Gateway } from './gateway/gateway.ts';
import { isForGateway, urlOf } from './http/plain-handler.ts';
import type { PlainReply, PlainRequest } from './http/plain.ts';
import { Http2Connection, type ConnectionLimits } from './http2/connection.ts';
import { HeldBytes } from './http2/held-bytes.ts';
import { encodeHeaders, Http2Error } from '@drydock/rpc/http2';
import type { RequestHeaders } from './http2/request-headers.ts';
import type { Http2Stream } from './http2/stream.ts';

export interface GrpcServerOptions {
  readonly services: readonly GrpcMethods[];
  /** Larger messages are refused before they are read. */
  readonly messageBytesMax: number;
  readonly plain: (request: PlainRequest) => Promise<PlainReply>;
  /** What is below /v3/; undefined where that is not served. */
  readonly gateway?: Gateway | undefined;
  readonly limits: ConnectionLimits;
  readonly log: Logger;
}

export interface GrpcServer extends Disposable {
  /** Serves a connection that speaks HTTP/2; `commonName` is of its checked client certificate. */
  accept(socket: Socket, commonName?: string): void;
  /** Takes no further call; resolves when calls of one message each way are answered, or after a while. */
  drain(): Promise<void>;
}

/** What is held for one connection, and for all: unread answers, requests in parts. */
const connectionBytesMax = 128 * 1024 * 1024;
const totalBytesMax = 256 * 1024 * 1024;
const sweepMillis = 1_000;
/** Real time that calls get to be answered before the server ends; longer than any disk should take. */
const drainMillis = 2_000;
const drainPauseMillis = 5;

export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  const { log } = options;
  const { unary, streams, services } = tableOf(options.services);
  const connections = new Set<Http2Connection>();
  const held = new HeldBytes({
    connectionBytesMax: Math.max(connectionBytesMax, 2 * options.messageBytesMax),
    totalBytesMax,
  });
  const onRequest = (stream: Http2Stream, headers: RequestHeaders) => {
    const { path } = headers;
    if (!headers.contentType.startsWith('application/grpc')) {
      if (options.gateway !== undefined && isForGateway(path)) {
        options.gateway(overHttp2Exchange(stream, headers));
        return;
      }
      servePlain(stream, options.plain({ method: headers.method, url: urlOf(path) }));
      return;
    }
    const handler = unary.get(path);
    if (handler !== undefined) {
      serveUnary(stream, headers, handler, options);
      return;
    }
    const streamHandler = streams.get(path);
    if (streamHandler === undefined) failCall(stream, unimplemented(path, services));
    else serveStream(stream, headers, streamHandler, options);
  };
  // Real time: networks do not run at the cluster's pace.
  const sweeping = setInterval(() => {
    const now = performance.now();
    for (const connection of connections) connection.sweep(now);
  }, sweepMillis).unref();

  return {
    accept: (socket, commonName) => {
      const { limits } = options;
      const connection = new Http2Connection(socket, { held, limits, onRequest, commonName });
      connections.add(connection);
      socket.on('close', () => connections.delete(connection));
      log.debug({ peer: socket.remoteAddress }, 'a connection opened');
    },
    drain: async () => {
      const end = performance.now() + drainMillis;
      for (const connection of connections) connection.drain();
      const isWorking = () => [...connections].some((connection) => connection.isWorking);
      while (isWorking() && performance.now() < end) await sleep(drainPauseMillis);
    },
    [Symbol.dispose]: () => {
      clearInterval(sweeping);
      for (const connection of connections) connection.end();
      connections.clear();
    },
  };
}

function tableOf(all: readonly GrpcMethods[]) {
  const unary = new Map<string, UnaryHandler>();
  const streams = new Map<string, StreamHandler>();
  for (const service of all) {
    for (const [path, handler] of Object.entries(service.unary)) unary.set(path, handler);
    for (const [path, handler] of Object.entries(service.streams)) streams.set(path, handler);
  }
  return { unary, streams, services: new Set(serviceNames(all)) };
}

/** The full names of the services that the methods belong to. */
export function serviceNames(all: readonly GrpcMethods[]): string[] {
  const paths = all.flatMap((one) => [...Object.keys(one.unary), ...Object.keys(one.streams)]);
  return [...new Set(paths.map((path) => path.split('/')[1]!))];
}

/** The original's words, which clients show to people, and its codes: no method at all is its 8. */
function unimplemented(path: string, services: ReadonlySet<string>): Failure {
  const name = path.replace(/^\//, '');
  const slash = name.lastIndexOf('/');
  if (slash < 0) {
    const message = `malformed method name: ${JSON.stringify(path)}`;
    return { kind: 'failure', code: 8, message };
  }
  const service = name.slice(0, slash);
  const message = services.has(service)
    ? `unknown method ${name.slice(slash + 1)} for service ${service}`
    : `unknown service ${service}`;
  return { kind: 'failure', code: 12, message };
}

function servePlain(stream: Http2Stream, reply: Promise<PlainReply>): void {
  reply.then(
    ({ status, headers, body }) => {
      stream.sendHeaders(encodeHeaders([[':status', String(status)], ...Object.entries(headers)]));
      stream.sendRaw(Buffer.from(body));
      stream.sendTrailers(encodeHeaders([]));
    },
    () => stream.reset(new Http2Error('internal', 'no answer')),
  );
}
