/**
 * Raft's network on gRPC: one stream to each peer (peer-links.ts), and what peers call here.
 *
 * A peer of another cluster is refused, and so is one that takes us for somebody else.
 */
import { Metadata } from '@grpc/grpc-js';
import { Frame, PeerService } from '@drydock/proto/etcd';
import type { Failure } from '../mvcc/failure.ts';
import { decodeMessages } from '../replica/mod.ts';
import type { MemberId, Message, ReplicaNetwork, SnapshotMessage } from '../replica/types.ts';
import type { CallInfo, GrpcMethods, MessageStream } from './grpc.ts';
import { createLeaderCalls } from './leader-calls.ts';
import type { LeaderCalls } from './lease-service.ts';
import { PeerLinks, type PeerLinkOptions } from './peer-links.ts';
import { framesOf, sendSnapshotTo } from './peer-snapshots.ts';

export interface PeerNetworkOptions extends Omit<PeerLinkOptions, 'metadata'> {
  readonly clusterId: number;
  readonly memberId: MemberId;
  readonly leader: () => MemberId;
}

export interface PeerNetworkServer extends ReplicaNetwork, Disposable {
  /** What peers call here. */
  readonly methods: GrpcMethods;
  readonly leaderCalls: LeaderCalls;
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
  const metadata = new Metadata();
  metadata.set('cluster-id', String(options.clusterId));
  metadata.set('member-id', String(options.memberId));
  const links = new PeerLinks({ ...options, metadata });
  const receivers: Receivers = {
    message: () => {},
    snapshot: () => Promise.reject(new Error('this member takes no snapshots yet')),
  };
  return {
    send: (to, message) => links.send(to, message),
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
    leaderCalls: createLeaderCalls({
      clock: options.clock,
      metadata,
      clientOfLeader: () => {
        const leader = options.leader();
        return leader === 0 ? undefined : links.clientOf(leader);
      },
    }),
    refresh: () => links.refresh(),
    [Symbol.dispose]: () => links[Symbol.dispose](),
  };
}

function createPeerMethods(options: PeerNetworkOptions, receivers: Receivers): GrpcMethods {
  const { clusterId, memberId, log } = options;
  const isStranger = (call: CallInfo) => call.clusterId !== String(clusterId);
  const refusal = (call: CallInfo): Failure => ({
    kind: 'failure',
    code: 9,
    message: `member ${call.memberId} belongs to cluster ${call.clusterId}, this one to ${clusterId}: check --initial-cluster and --initial-cluster-token on both`,
  });

  const exchange = (stream: MessageStream) => {
    if (isStranger(stream.call)) {
      const { clusterId: theirs, memberId: from } = stream.call;
      log.warn({ clusterId: theirs, memberId: from }, 'refused a member of another cluster');
      stream.fail(refusal(stream.call));
      return;
    }
    const from = Number(stream.call.memberId);
    stream.send(Frame.encode({ body: new Uint8Array(0) }));
    stream.onMessage((bytes) => {
      for (const message of decodeMessages(Frame.decode(bytes).body)) {
        if (message.to === memberId && message.from === from) receivers.message(from, message);
      }
    });
    stream.onEnd(() => stream.end());
  };

  const snapshot = (stream: MessageStream) => {
    if (isStranger(stream.call)) {
      stream.fail(refusal(stream.call));
      return;
    }
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
