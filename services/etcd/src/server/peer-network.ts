/**
 * Raft's network on gRPC: one stream to each peer (peer-links.ts), and what peers call here.
 *
 * Who may call is decided in peer-admission.ts.
 */
import { Metadata } from '@grpc/grpc-js';
import type { Millis } from '@drydock/ports';
import { Frame, PeerService } from '@drydock/proto/etcd';
import { decodeMessages } from '../replica/mod.ts';
import type { MemberId, Message, ReplicaNetwork, SnapshotMessage } from '../replica/types.ts';
import type { Failure } from '../mvcc/failure.ts';
import type { CallInfo, GrpcMethods, MessageStream } from './grpc.ts';
import { createAskLeader, createLeaderCalls, type AskLeader } from './leader-calls.ts';
import type { LeaderCalls } from './lease-service.ts';
import { peerProtocol, refusalOf, type Admission } from './peer-admission.ts';
import { createPeerCalls, type PeerCalls } from './peer-calls.ts';
import { PeerLinks, type PeerLinkOptions } from './peer-links.ts';
import { framesOf, sendSnapshotTo } from './peer-snapshots.ts';

export interface PeerNetworkOptions extends Omit<PeerLinkOptions, 'headers'>, Admission {
  readonly leader: () => MemberId;
  /** Bytes of messages that came from a member. */
  readonly onReceived?: (from: MemberId, bytes: number) => void;
}

export interface PeerNetworkServer extends ReplicaNetwork, Disposable {
  /** What peers call here. */
  readonly methods: GrpcMethods;
  readonly leaderCalls: LeaderCalls;
  readonly askLeader: AskLeader;
  readonly peerCalls: PeerCalls;
  /** Why the caller is no peer to listen to; undefined when it is one. */
  refusalOf(call: CallInfo): Failure | undefined;
  /** How long the connection to a member stands; undefined without one. */
  connectedFor(id: MemberId): Millis | undefined;
  /** Addresses changed: streams to them are opened anew. */
  refresh(): void;
}

type SnapshotTaker = (message: SnapshotMessage, body: AsyncIterable<Uint8Array>) => Promise<void>;

/** Who takes what arrives; set once the replica stands. */
interface Receivers {
  message: (from: MemberId, message: Message) => void;
  snapshot: SnapshotTaker;
}

export function createPeerNetwork(options: PeerNetworkOptions): PeerNetworkServer {
  const headers = [
    ['cluster-id', String(options.clusterId)],
    ['member-id', String(options.memberId)],
    ['peer-version', peerProtocol],
  ] as const;
  const metadata = new Metadata();
  for (const [name, value] of headers) metadata.set(name, value);
  const links = new PeerLinks({ ...options, headers });
  const receivers: Receivers = {
    message: () => {},
    snapshot: () => Promise.reject(new Error('this member takes no snapshots yet')),
  };
  const askLeader = createAskLeader({
    clock: options.clock,
    metadata,
    clientOfLeader: () => {
      const leader = options.leader();
      return leader === 0 ? undefined : links.clientOf(leader);
    },
  });
  return {
    send: (to, message) => links.send(to, message),
    flush: () => links.flush(),
    onMessage: (listener) => {
      receivers.message = listener;
    },
    onSnapshot: (listener) => {
      receivers.snapshot = listener;
    },
    sendSnapshot: async (to, message, body) => {
      const client = links.clientOf(to);
      if (client === undefined) throw new Error(`no address of member ${to} is known`);
      await sendSnapshotTo(client, metadata, message, body);
    },
    methods: createPeerMethods(options, receivers),
    askLeader,
    leaderCalls: createLeaderCalls(askLeader),
    peerCalls: createPeerCalls({
      clock: options.clock,
      metadata,
      clientOf: (id) => links.clientOf(id),
    }),
    refusalOf: (call) => refusalOf(call, options),
    linkTo: (id) => links.linkTo(id),
    connectedFor: (id) => links.connectedFor(id),
    refresh: () => links.refresh(),
    [Symbol.dispose]: () => links[Symbol.dispose](),
  };
}

function createPeerMethods(options: PeerNetworkOptions, receivers: Receivers): GrpcMethods {
  const { memberId, log } = options;
  /** Whether the stream was refused. */
  const isRefused = (stream: MessageStream): boolean => {
    const refusal = refusalOf(stream.call, options);
    if (refusal === undefined) return false;
    const { clusterId, memberId: from } = stream.call;
    log.warn({ clusterId, memberId: from, reason: refusal.message }, 'refused a peer');
    stream.fail(refusal);
    return true;
  };

  const exchange = (stream: MessageStream) => {
    if (isRefused(stream)) return;
    const from = Number(stream.call.memberId);
    stream.send(Frame.encode({ body: new Uint8Array(0) }));
    stream.onMessage((bytes) => {
      options.onReceived?.(from, bytes.length);
      // It may have been removed since the stream began.
      if (options.isRemoved(from) && isRefused(stream)) return;
      for (const message of decodeMessages(Frame.decode(bytes).body)) {
        if (message.to === memberId && message.from === from) receivers.message(from, message);
      }
    });
    stream.onEnd(() => stream.end());
  };

  const snapshot = (stream: MessageStream) => {
    if (isRefused(stream)) return;
    log.info({ from: stream.call.memberId }, 'receiving a snapshot');
    takeSnapshot(stream, receivers.snapshot).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      log.warn({ from: stream.call.memberId, reason }, 'a snapshot could not be taken');
      stream.fail({ kind: 'failure', code: 10, message: `snapshot not taken: ${reason}` });
    });
  };

  return {
    unary: {},
    streams: { [PeerService.exchange.path]: exchange, [PeerService.snapshot.path]: snapshot },
  };
}

async function takeSnapshot(stream: MessageStream, take: SnapshotTaker): Promise<void> {
  const parts = framesOf(stream);
  const first = await parts.next();
  if (first.done === true) throw new Error('the snapshot has no beginning');
  const [message] = decodeMessages(first.value);
  if (message?.kind !== 'snapshot') throw new Error('a snapshot starts with its announcement');
  await take(message, { [Symbol.asyncIterator]: () => parts });
  stream.send(Frame.encode({ body: new Uint8Array(0) }));
  stream.end();
}
