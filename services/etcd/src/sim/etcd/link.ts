/**
 * The way between a client and a member: requests and answers take time, and go lost with the process.
 */
import { silentLogger, type Random } from '@drydock/ports';
import { WireError } from '@drydock/proto/etcd';
import type { Failure } from '../../mvcc/failure.ts';
import {
  failureOf,
  type Asker,
  type CallInfo,
  type MessageBytes,
  type MessageStream,
} from '../../server/grpc.ts';
import type { EtcdMember, EtcdWorld } from './cluster.ts';

const callInfo = { requireLeader: false, clusterId: '', memberId: '' } as CallInfo;
const asker: Asker = { hasRoom: true, onGone: () => {} };
/** A member that dies takes its answers with it. */
const patienceMillis = 4_000;
/** gRPC's number. */
const internalCode = 13;

export const isBug = ({ code, message }: Failure) =>
  code === internalCode && message.includes('by a bug');

/** As the transport answers, but a bug tells what it is. */
function failureFrom(error: unknown, path: string): Failure {
  if (error instanceof WireError)
    return failureOf(error, { kind: 'unary', path, log: silentLogger });
  return {
    kind: 'failure',
    code: internalCode,
    message: `${path} fails by a bug: ${String(error)}`,
  };
}

const travelMillis = (random: Random) => 0.2 + random.float() * 2;

/** Undefined when no answer came. */
export function callMember(
  world: EtcdWorld,
  member: EtcdMember,
  call: { path: string; request: MessageBytes; random: Random },
): Promise<MessageBytes | Failure | undefined> {
  const { scheduler } = world.members;
  const server = world.serverOf(member);
  const { promise, resolve } = Promise.withResolvers<MessageBytes | Failure | undefined>();
  const settle = (answer?: MessageBytes | Failure) => {
    scheduler.touchPromises();
    resolve(answer);
  };
  scheduler.schedule(patienceMillis, settle);
  if (server === undefined) return promise;
  const { process } = member;
  const handle = server.methods.unary[call.path]!;
  process.schedule(travelMillis(call.random), () => {
    process.touchPromises();
    const answerLater = (answer: MessageBytes | Failure) =>
      void scheduler.schedule(travelMillis(call.random), () => settle(answer));
    // As the transport does it: what a handler throws is an answer, too.
    const failLater = (error: unknown) => answerLater(failureFrom(error, call.path));
    try {
      Promise.resolve(handle(call.request, callInfo, asker)).then(answerLater, failLater);
    } catch (error) {
      failLater(error);
    }
  });
  return promise;
}

export interface ClientStream {
  readonly isClosed: boolean;
  send(message: MessageBytes): void;
  /** While it is slow the member should not send. */
  setSlow(isSlow: boolean): void;
  close(): void;
}

interface StreamListeners {
  onMessage(message: MessageBytes): void;
  onClose(): void;
}

/** Opens a stream to a member that is up; it closes when that dies. */
export function openStream(
  world: EtcdWorld,
  member: EtcdMember,
  path: string,
  listeners: StreamListeners,
): ClientStream {
  const { process } = member;
  let onMessage: (message: MessageBytes) => void = () => undefined;
  let onClose = () => undefined as void;
  let onReady = () => undefined as void;
  let isSlow = false;
  let isClosed = false;
  const close = () => {
    if (isClosed) return;
    isClosed = true;
    process.receive(onClose);
    listeners.onClose();
  };
  const send = (message: MessageBytes) => {
    if (!isClosed && process.isAlive) listeners.onMessage(message);
  };
  const stream: MessageStream = {
    call: callInfo,
    get isReady() {
      return !isSlow;
    },
    get isClosed() {
      return isClosed;
    },
    onMessage: (listener) => (onMessage = listener),
    onEnd: () => undefined,
    onClose: (listener) => (onClose = listener),
    onReady: (listener) => (onReady = listener),
    send,
    sendInTwo: (head, tail) => send(Buffer.concat([head, tail])),
    pause: () => undefined,
    resume: () => undefined,
    end: close,
    fail: close,
  };
  world.onDeath(member, close);
  process.receive(() => world.serverOf(member)?.methods.streams[path]!(stream));
  return {
    get isClosed() {
      return isClosed;
    },
    send: (message) => process.receive(() => onMessage(message)),
    setSlow(slow) {
      isSlow = slow;
      if (!slow) process.receive(onReady);
    },
    close,
  };
}
