/**
 * gRPC as the handlers see it: bytes in, bytes or a failure out. The transport is behind it, so that
 * handlers are tested without one and the transport can change.
 */
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
  /** Of the members' protocol, and whom the calling member takes us for. */
  readonly peerVersion?: string;
  readonly targetId?: string;
  /** What proves the user: `token` wins over `authorization`. Secret. */
  readonly token: string | undefined;
  readonly authorization: string | undefined;
  /** A gateway forwards the call of somebody else. */
  readonly isForwarded: boolean;
  /** Of the checked certificate of the connection; empty when that names nobody. */
  readonly commonName: string | undefined;
}

export type Answer = MessageBytes | Failure;

/** Who waits for the answer of a unary call. */
export interface Asker {
  /** False when no large answer should be made: nobody waits any more, or too much is unread. */
  readonly hasRoom: boolean;
  /** Called once when nobody waits any more: answered, cancelled, or out of time. Has one listener. */
  onGone(listener: () => void): void;
}

/** Aborts when nobody waits for the answer any more. */
export function callSignal(asker: Asker): AbortSignal {
  const controller = new AbortController();
  asker.onGone(() => controller.abort());
  return controller.signal;
}

export type UnaryHandler = (
  request: MessageBytes,
  call: CallInfo,
  asker: Asker,
) => Answer | Promise<Answer>;

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
  /** One message in two pieces: many messages may share the second. */
  sendInTwo(head: MessageBytes, tail: MessageBytes): void;
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

/** grpc-go's words, which differ with the kind of the call. */
const malformedWords = {
  unary: 'grpc: error unmarshalling request',
  stream: 'grpc: failed to unmarshal the received message',
} as const;

const internal: Failure = {
  kind: 'failure',
  code: 13,
  message: 'etcdserver: internal error; the log of the member has the details',
};

/** What a handler threw, as the client sees it: our bugs are logged and not shown. */
export function failureOf(
  error: unknown,
  call: { readonly kind: 'unary' | 'stream'; readonly path: string; readonly log: Logger },
): Failure {
  if (error instanceof WireError) {
    return { kind: 'failure', code: 13, message: `${malformedWords[call.kind]}: ${error.message}` };
  }
  call.log.error({ err: error, path: call.path }, 'a request failed by a bug');
  return internal;
}
