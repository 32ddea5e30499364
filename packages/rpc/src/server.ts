/**
 * A gRPC server with mTLS, and handlers as async functions.
 *
 * 1. A handler's RpcError is sent as it is; any other failure is a bug: it is logged whole and the
 *    client sees INTERNAL without its text.
 * 2. Closing drains: calls under way get `drainMillis`, then are cut.
 */
import {
  Server,
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type Metadata,
  type ServerUnaryCall,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Clock, Logger, Millis } from '@drydock/ports';
import { once } from 'node:events';
import { RpcError, StatusCode, toServiceError } from './status.ts';
import {
  identityOfSubject,
  serverCredentials,
  type PeerIdentity,
  type TlsMaterial,
} from './tls.ts';

export interface CallContext {
  /** Aborts when the client cancels, its deadline passes or its connection ends. */
  readonly signal: AbortSignal;
  readonly metadata: Metadata;
  /** Undefined on a plain-text server. */
  readonly identity: PeerIdentity | undefined;
  /** host:port of the other side, for logs. */
  readonly peer: string;
}

export interface RpcServerOptions {
  /** Host to bind; port 0 picks a free one. */
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsMaterial | undefined;
  readonly log: Logger;
  readonly clock: Clock;
  /** Cluster milliseconds that open calls get when the server closes; default 2,000. */
  readonly drainMillis?: Millis;
  /** Largest request in bytes; default 4 MiB. */
  readonly maxRequestBytes?: number;
}

export interface RpcServer extends AsyncDisposable {
  readonly port: number;
}

export interface ServiceImplementation {
  readonly definition: ServiceDefinition;
  readonly handlers: UntypedServiceImplementation;
}

/** Binds and serves. @throws when the address cannot be bound, naming it. */
export async function createRpcServer(
  options: RpcServerOptions,
  services: readonly ServiceImplementation[],
): Promise<RpcServer> {
  const server = new Server({
    'grpc.max_receive_message_length': options.maxRequestBytes ?? 4 * 1024 * 1024,
    'grpc.max_send_message_length': -1,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
  });
  for (const service of services) server.addService(service.definition, service.handlers);
  const address = `${options.host.includes(':') ? `[${options.host}]` : options.host}:${options.port}`;
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, serverCredentials(options.tls), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(new Error(`cannot listen on ${address}: ${error.message}`, { cause: error }));
    });
  });
  return {
    port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        const cut = options.clock.setTimer(options.drainMillis ?? 2_000, () =>
          server.forceShutdown(),
        );
        server.tryShutdown(() => {
          cut.cancel();
          resolve();
        });
      }),
  };
}

/** What unary and streaming calls have in common. */
type AnyServerCall = Pick<
  ServerUnaryCall<unknown, unknown>,
  'metadata' | 'getAuthContext' | 'getPeer'
> & { on(event: 'cancelled', listener: () => void): unknown };

function contextOf(call: AnyServerCall): CallContext {
  const abort = new AbortController();
  call.on('cancelled', () => abort.abort(new RpcError(StatusCode.CANCELLED, 'call cancelled')));
  const certificate = call.getAuthContext().sslPeerCertificate;
  return {
    signal: abort.signal,
    metadata: call.metadata,
    identity: certificate === undefined ? undefined : identityOfSubject(certificate.subject),
    peer: call.getPeer(),
  };
}

function failure(error: unknown, log: Logger, path: string): RpcError {
  if (error instanceof RpcError) return error;
  log.error({ err: error, path }, 'handler failed');
  return new RpcError(StatusCode.INTERNAL, 'internal error; the server log has the details');
}

/** An async function becomes a unary handler. */
export function unary<Request, Response>(
  log: Logger,
  handle: (request: Request, context: CallContext) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    handle(call.request, contextOf(call)).then(
      (response) => callback(null, response),
      (error: unknown) => callback(toServiceError(failure(error, log, call.getPath()))),
    );
  };
}

/**
 * An async function that sends becomes a server-streaming handler. `send` resolves when the transport
 * takes more, so a slow client holds back its own stream and nothing else.
 */
export function serverStream<Request, Response>(
  log: Logger,
  handle: (
    request: Request,
    send: (response: Response) => Promise<void>,
    context: CallContext,
  ) => Promise<void>,
): handleServerStreamingCall<Request, Response> {
  return (call) => {
    const context = contextOf(call);
    const send = async (response: Response) => {
      context.signal.throwIfAborted();
      if (!call.write(response)) await once(call, 'drain', { signal: context.signal });
    };
    handle(call.request, send, context).then(
      () => call.end(),
      (error: unknown) => {
        if (context.signal.aborted) call.end();
        else call.emit('error', toServiceError(failure(error, log, call.getPath())));
      },
    );
  };
}

/**
 * As `serverStream`, with the client's requests to read. They are pulled: what the handler does not
 * read, the client cannot send. Requests that are left when the handler returns are dropped.
 */
export function duplexStream<Request, Response>(
  log: Logger,
  handle: (
    requests: AsyncIterator<Request, void>,
    send: (response: Response) => Promise<void>,
    context: CallContext,
  ) => Promise<void>,
): handleBidiStreamingCall<Request, Response> {
  return (call) => {
    const context = contextOf(call);
    const send = async (response: Response) => {
      context.signal.throwIfAborted();
      if (!call.write(response)) await once(call, 'drain', { signal: context.signal });
    };
    // A client that breaks off is told of by the signal, and by the iterator if someone reads it.
    call.on('error', () => undefined);
    // The end of the requests must not take the responses with it.
    const requests = call.iterator({ destroyOnReturn: false }) as AsyncIterator<Request, void>;
    handle(requests, send, context).then(
      () => call.end(),
      (error: unknown) => {
        if (context.signal.aborted) call.end();
        else call.emit('error', toServiceError(failure(error, log, call.getPath())));
      },
    );
  };
}
