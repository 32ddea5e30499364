/**
 * gRPC as the handlers see it: bytes in, bytes or a failure out. The transport is behind it, so that
 * handlers are tested without one and the transport can change.
 */
import type {
  Metadata,
  handleBidiStreamingCall,
  handleUnaryCall,
  Server,
  ServerDuplexStream,
  ServerUnaryCall,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Logger } from '@drydock/ports';
import { WireError } from '@drydock/proto/etcd';
import type { Failure } from '../mvcc/failure.ts';

/** The bytes of a message, encoded or still to decode. */
export type MessageBytes = Buffer;

export interface CallInfo {
  /** The client wants the call to fail where the cluster has no leader. */
  readonly requireLeader: boolean;
  /** Decimal ids that members send along; empty from clients. */
  readonly clusterId: string;
  readonly memberId: string;
}

export type Answer = MessageBytes | Failure;
export type UnaryHandler = (request: MessageBytes, call: CallInfo) => Answer | Promise<Answer>;

export interface MessageStream {
  readonly call: CallInfo;
  /** False while the other side reads more slowly than we send. */
  readonly isReady: boolean;
  readonly isClosed: boolean;
  /** Each has one listener. */
  onMessage(listener: (message: MessageBytes) => void): void;
  /** The other side sends nothing more. */
  onEnd(listener: () => void): void;
  /** The stream is over, however it ended. Nothing is called afterwards. */
  onClose(listener: () => void): void;
  onReady(listener: () => void): void;
  send(message: MessageBytes): void;
  /** Stops reading, and goes on. */
  pause(): void;
  resume(): void;
  end(): void;
  fail(failure: Failure): void;
}

export type StreamHandler = (stream: MessageStream) => void;

export interface GrpcMethods {
  readonly unary: Readonly<Record<string, UnaryHandler>>;
  readonly streams: Readonly<Record<string, StreamHandler>>;
}

const malformed = (error: WireError): Failure => ({
  kind: 'failure',
  code: 13,
  message: `grpc: error while unmarshalling request: ${error.message}`,
});

const internal: Failure = {
  kind: 'failure',
  code: 13,
  message: 'etcdserver: internal error; the log of the member has the details',
};

/** What a handler threw, as the client sees it: our bugs are logged and not shown. */
export function failureOf(error: unknown, log: Logger, path: string): Failure {
  if (error instanceof WireError) return malformed(error);
  log.error({ err: error, path }, 'a request failed by a bug');
  return internal;
}

const same = (bytes: Buffer) => bytes;

/** Serves the methods with grpc-js. */
export function addMethods(server: Server, methods: GrpcMethods, log: Logger): void {
  const services = new Map<string, [ServiceDefinition, UntypedServiceImplementation]>();
  const add = (path: string, isStream: boolean, handler: UntypedServiceImplementation[string]) => {
    const [, service, name] = path.split('/') as [string, string, string];
    if (!services.has(service)) services.set(service, [{}, {}]);
    const [definition, handlers] = services.get(service)!;
    (definition as Record<string, unknown>)[name] = {
      path,
      requestStream: isStream,
      responseStream: isStream,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    };
    handlers[name] = handler;
  };
  for (const [path, handler] of Object.entries(methods.unary)) {
    add(path, false, unaryOf(handler, log, path));
  }
  for (const [path, handler] of Object.entries(methods.streams)) {
    const serve: handleBidiStreamingCall<Buffer, Buffer> = (call) => {
      try {
        handler(streamOf(call, log, path));
      } catch (error) {
        call.emit('error', statusOf(failureOf(error, log, path)));
      }
    };
    add(path, true, serve);
  }
  for (const [definition, handlers] of services.values()) server.addService(definition, handlers);
}

const statusOf = (failure: Failure) => ({ code: failure.code, details: failure.message });

function infoOf(metadata: Metadata): CallInfo {
  const first = (name: string) => String(metadata.get(name)[0] ?? '');
  return {
    requireLeader: first('hasleader') === 'true',
    clusterId: first('cluster-id'),
    memberId: first('member-id'),
  };
}

function unaryOf(
  handler: UnaryHandler,
  log: Logger,
  path: string,
): handleUnaryCall<Buffer, Buffer> {
  return (call: ServerUnaryCall<Buffer, Buffer>, callback) => {
    const settle = (answer: Answer) => {
      if (Buffer.isBuffer(answer)) callback(null, answer);
      else callback(statusOf(answer));
    };
    try {
      const answer = handler(call.request, infoOf(call.metadata));
      if (answer instanceof Promise) {
        answer.then(settle, (error: unknown) => settle(failureOf(error, log, path)));
      } else settle(answer);
    } catch (error) {
      settle(failureOf(error, log, path));
    }
  };
}

function streamOf(
  call: ServerDuplexStream<Buffer, Buffer>,
  log: Logger,
  path: string,
): MessageStream {
  let isReady = true;
  let isOver = false;
  let closed = () => {};
  const close = () => {
    if (isOver) return;
    isOver = true;
    closed();
  };
  call.on('cancelled', close);
  call.on('close', close);
  call.on('error', close);
  const fail = (failure: Failure) => {
    if (isOver) return;
    close();
    call.emit('error', statusOf(failure));
  };
  return {
    call: infoOf(call.metadata),
    get isReady() {
      return isReady && !isOver;
    },
    get isClosed() {
      return isOver;
    },
    onMessage: (listener) => {
      call.on('data', (message: Buffer) => {
        if (isOver) return;
        try {
          listener(message);
        } catch (error) {
          fail(failureOf(error, log, path));
        }
      });
    },
    onEnd: (listener) => void call.on('end', listener),
    onClose: (listener) => {
      closed = listener;
    },
    onReady: (listener) => {
      call.on('drain', () => {
        isReady = true;
        if (!isOver) listener();
      });
    },
    send: (message) => {
      if (!isOver) isReady = call.write(message);
    },
    pause: () => void call.pause(),
    resume: () => void call.resume(),
    end: () => {
      if (isOver) return;
      close();
      call.end();
    },
    fail,
  };
}
