/**
 * Raft's network on gRPC: one stream to each peer, with everything that one turn of the loop produces
 * in one frame.
 *
 * 1. Sending never waits. What a peer does not take within the bound is dropped: Raft sends it again.
 * 2. A broken stream is opened anew after a pause, and its name resolved again, so that a peer may
 *    come back with another address.
 * 3. A peer of another cluster is refused, and so is one that takes us for somebody else.
 */
import {
  type Client,
  Metadata,
  type ClientDuplexStream,
  type ClientWritableStream,
} from '@grpc/grpc-js';
import type { Clock, Logger, Millis, Timer } from '@drydock/ports';
import {
  PeerService,
  Frame,
  type LeaseKeepAliveRequest,
  type LeaseKeepAliveResponse,
  type LeaseTimeToLiveRequest,
  type LeaseTimeToLiveResponse,
} from '@drydock/proto/etcd';
import type { TlsMaterial } from '@drydock/rpc';
import { failures, type Failure } from '../mvcc/failure.ts';
import { decodeMessages, encodeMessages } from '../replica/mod.ts';
import type { MemberId, Message, ReplicaNetwork, SnapshotMessage } from '../replica/types.ts';
import type { GrpcMethods, MessageStream } from './grpc.ts';
import type { LeaderCalls } from './lease-service.ts';
import { createClient } from './peer-client.ts';

export interface PeerNetworkOptions {
  readonly clusterId: number;
  readonly memberId: MemberId;
  readonly tls: TlsMaterial | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** The peer's URLs now; undefined for a stranger. */
  readonly urlsOf: (id: MemberId) => readonly string[] | undefined;
  readonly leader: () => MemberId;
  readonly onUnreachable: (id: MemberId) => void;
  readonly onBytes?: (direction: 'sent' | 'received', peer: MemberId, count: number) => void;
}

export interface PeerNetworkServer extends ReplicaNetwork, Disposable {
  /** What peers call here. */
  readonly methods: GrpcMethods;
  readonly leaderCalls: LeaderCalls;
  /** Addresses changed: streams to them are opened anew. */
  refresh(): void;
}

const reconnectPause: Millis = 200;
/** Bytes that may wait for a peer in this process. */
const queueBytesMax = 32 * 1024 * 1024;
const leaseCallTimeout: Millis = 5_000;
const snapshotPartBytes = 256 * 1024;

interface Peer {
  readonly url: string;
  readonly client: Client;
  stream: ClientDuplexStream<Frame, Frame> | undefined;
  isFull: boolean;
  waiting: Message[];
  waitingBytes: number;
  retry: Timer | undefined;
  isReported: boolean;
}

function bytesIn(message: Message): number {
  if (message.kind === 'append') {
    return message.entries.reduce((sum, entry) => sum + entry.data.length + 32, 64);
  }
  if (message.kind === 'propose') {
    return message.proposals.reduce((sum, one) => sum + one.data.length + 32, 64);
  }
  return 64;
}

export function createPeerNetwork(options: PeerNetworkOptions): PeerNetworkServer {
  const peers = new Map<MemberId, Peer>();
  const metadata = new Metadata();
  metadata.set('cluster-id', String(options.clusterId));
  metadata.set('member-id', String(options.memberId));
  let receive: (from: MemberId, message: Message) => void = () => {};
  let receiveSnapshot: (
    message: SnapshotMessage,
    body: AsyncIterable<Uint8Array>,
  ) => Promise<void> = () => Promise.reject(new Error('this member takes no snapshots yet'));
  let isFlushPlanned = false;
  let isClosed = false;

  const drop = (id: MemberId) => {
    const peer = peers.get(id);
    if (peer === undefined) return;
    peers.delete(id);
    peer.retry?.cancel();
    peer.stream?.cancel();
    peer.client.close();
  };

  const peerOf = (id: MemberId): Peer | undefined => {
    const known = peers.get(id);
    if (known !== undefined) return known;
    const url = options.urlsOf(id)?.[0];
    if (url === undefined || isClosed) return undefined;
    const peer: Peer = {
      url,
      client: createClient(url, options.tls),
      stream: undefined,
      isFull: false,
      waiting: [],
      waitingBytes: 0,
      retry: undefined,
      isReported: false,
    };
    peers.set(id, peer);
    return peer;
  };

  const connect = (id: MemberId, peer: Peer) => {
    const stream = peer.client.makeBidiStreamRequest(
      PeerService.exchange.path,
      PeerService.exchange.requestSerialize,
      PeerService.exchange.responseDeserialize,
      metadata,
    );
    peer.stream = stream;
    peer.isFull = false;
    stream.on('data', () => {
      // The only frame of this direction is the greeting: the stream stands.
      if (peer.isReported) options.log.info({ peer: id, url: peer.url }, 'reached the peer again');
      peer.isReported = false;
    });
    stream.on('drain', () => {
      peer.isFull = false;
      planFlush();
    });
    const lose = (error?: Error) => {
      if (peer.stream !== stream) return;
      peer.stream = undefined;
      peer.waiting = [];
      peer.waitingBytes = 0;
      options.onUnreachable(id);
      if (!peer.isReported && error !== undefined && !isClosed) {
        peer.isReported = true;
        options.log.warn({ peer: id, url: peer.url, reason: error.message }, 'lost the peer');
      }
      peer.retry = options.clock.setTimer(reconnectPause, () => {
        peer.retry = undefined;
      });
    };
    stream.on('error', lose);
    stream.on('end', () => lose());
    stream.on('close', () => lose());
  };

  const flush = () => {
    isFlushPlanned = false;
    for (const [id, peer] of peers) {
      if (peer.waiting.length === 0) continue;
      if (peer.stream === undefined) {
        if (peer.retry !== undefined) {
          peer.waiting = [];
          peer.waitingBytes = 0;
          continue;
        }
        connect(id, peer);
      }
      if (peer.isFull) continue;
      const body = encodeMessages(peer.waiting);
      peer.waiting = [];
      peer.waitingBytes = 0;
      options.onBytes?.('sent', id, body.length);
      peer.isFull = !peer.stream!.write({ body });
    }
  };
  const planFlush = () => {
    if (isFlushPlanned) return;
    isFlushPlanned = true;
    queueMicrotask(flush);
  };

  const isStranger = (call: { clusterId: string; memberId: string }) =>
    call.clusterId !== String(options.clusterId);
  const refusal = (call: { clusterId: string; memberId: string }): Failure => ({
    kind: 'failure',
    code: 9,
    message: `member ${call.memberId} belongs to cluster ${call.clusterId}, this one to ${options.clusterId}: check --initial-cluster and --initial-cluster-token on both`,
  });

  const exchange = (stream: MessageStream) => {
    if (isStranger(stream.call)) {
      options.log.warn({ ...stream.call }, 'refused a member of another cluster');
      stream.fail(refusal(stream.call));
      return;
    }
    const from = Number(stream.call.memberId);
    stream.send(Frame.encode({ body: new Uint8Array(0) }));
    stream.onMessage((bytes) => {
      const { body } = Frame.decode(bytes);
      options.onBytes?.('received', from, body.length);
      for (const message of decodeMessages(body)) {
        if (message.to === options.memberId && message.from === from) receive(from, message);
      }
    });
    stream.onEnd(() => stream.end());
  };

  const snapshot = (stream: MessageStream) => {
    if (isStranger(stream.call)) return stream.fail(refusal(stream.call));
    const parts = framesOf(stream);
    const take = async () => {
      const first = await parts.next();
      if (first.done === true) throw new Error('the snapshot has no beginning');
      const [message] = decodeMessages(first.value);
      if (message?.kind !== 'snapshot') throw new Error('a snapshot starts with its announcement');
      await receiveSnapshot(message, { [Symbol.asyncIterator]: () => parts });
      stream.send(Frame.encode({ body: new Uint8Array(0) }));
      stream.end();
    };
    take().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      options.log.warn({ from: stream.call.memberId, reason }, 'a snapshot could not be taken');
      stream.fail({ kind: 'failure', code: 10, message: `snapshot not taken: ${reason}` });
    });
    return undefined;
  };

  return {
    send: (to, message) => {
      const peer = peerOf(to);
      if (peer === undefined) return;
      const bytes = bytesIn(message);
      if (peer.waitingBytes + bytes > queueBytesMax) {
        options.onUnreachable(to);
        return;
      }
      peer.waiting.push(message);
      peer.waitingBytes += bytes;
      planFlush();
    },
    onMessage: (listener) => {
      receive = listener;
    },
    onSnapshot: (listener) => {
      receiveSnapshot = listener;
    },
    sendSnapshot: async (to, message, body) => {
      const peer = peerOf(to);
      if (peer === undefined) throw new Error(`no address of member ${to} is known`);
      await sendSnapshotTo(peer.client, metadata, message, body);
    },
    methods: {
      unary: {},
      streams: { [PeerService.exchange.path]: exchange, [PeerService.snapshot.path]: snapshot },
    },
    leaderCalls: createLeaderCalls(options, peerOf, metadata),
    refresh: () => {
      for (const [id, peer] of peers) {
        if (options.urlsOf(id)?.[0] !== peer.url) drop(id);
      }
    },
    [Symbol.dispose]: () => {
      isClosed = true;
      for (const id of peers.keys()) drop(id);
    },
  };
}

/** The bodies of a stream's frames; reading holds the sender back. */
async function* framesOf(stream: MessageStream): AsyncGenerator<Uint8Array> {
  const queue: Uint8Array[] = [];
  const progress: { state: 'open' | 'ended' | 'broken' } = { state: 'open' };
  let wake = () => {};
  stream.onMessage((bytes) => {
    queue.push(Frame.decode(bytes).body.slice());
    if (queue.length > 16) stream.pause();
    wake();
  });
  stream.onEnd(() => {
    if (progress.state === 'open') progress.state = 'ended';
    wake();
  });
  stream.onClose(() => {
    if (progress.state === 'open') progress.state = 'broken';
    wake();
  });
  for (;;) {
    const next = queue.shift();
    if (next !== undefined) {
      if (queue.length === 4) stream.resume();
      yield next;
    } else if (progress.state === 'ended') return;
    else if (progress.state === 'broken') throw new Error('the stream broke off');
    else {
      stream.resume();
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}

async function sendSnapshotTo(
  client: Client,
  metadata: Metadata,
  message: SnapshotMessage,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  const stored = Promise.withResolvers<void>();
  const stream: ClientWritableStream<Frame> = client.makeClientStreamRequest(
    PeerService.snapshot.path,
    PeerService.snapshot.requestSerialize,
    PeerService.snapshot.responseDeserialize,
    metadata,
    (error) => {
      if (error === null) stored.resolve();
      else stored.reject(error);
    },
  );
  const answer = { isOver: false };
  let wake = () => {};
  const over = () => {
    answer.isOver = true;
    wake();
  };
  stored.promise.then(over, over);
  stream.on('drain', () => wake());
  const write = async (part: Uint8Array) => {
    if (stream.write({ body: part }) || answer.isOver) return;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  };
  await write(encodeMessages([message]));
  for await (const part of body) {
    for (let at = 0; at < part.length && !answer.isOver; at += snapshotPartBytes) {
      await write(part.subarray(at, at + snapshotPartBytes));
    }
    if (answer.isOver) break;
  }
  stream.end();
  await stored.promise;
}

function createLeaderCalls(
  options: PeerNetworkOptions,
  peerOf: (id: MemberId) => Peer | undefined,
  metadata: Metadata,
): LeaderCalls {
  const ask = async <Request, Response>(
    method: {
      path: string;
      requestSerialize: (value: Request) => Buffer;
      responseDeserialize: (bytes: Buffer) => Response;
    },
    request: Request,
  ): Promise<Response | Failure> => {
    const leader = options.leader();
    const peer = leader === 0 ? undefined : peerOf(leader);
    if (peer === undefined) return failures.noLeader;
    const { promise, resolve } = Promise.withResolvers<Response | Failure>();
    const call = peer.client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      metadata,
      (error, response) => {
        timer.cancel();
        if (error === null) resolve(response!);
        else if (error.details.startsWith('etcdserver: ')) {
          resolve({ kind: 'failure', code: error.code, message: error.details });
        } else resolve(failures.timeout);
      },
    );
    const timer = options.clock.setTimer(leaseCallTimeout, () => call.cancel());
    return promise;
  };
  return {
    keepAlive: (request: LeaseKeepAliveRequest): Promise<LeaseKeepAliveResponse | Failure> =>
      ask(PeerService.leaseKeepAlive, request),
    timeToLive: (request: LeaseTimeToLiveRequest): Promise<LeaseTimeToLiveResponse | Failure> =>
      ask(PeerService.leaseTimeToLive, request),
  };
}
