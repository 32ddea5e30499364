/**
 * Streams to the other members: everything that one turn of the loop sends to a peer in one frame.
 *
 * 1. Sending never waits. What a peer does not take within the bound is dropped: Raft sends it again.
 * 2. A broken stream is opened anew after a pause, and its name resolved again, so that a peer may
 *    come back with another address.
 */
import type { Client, ClientDuplexStream, Metadata } from '@grpc/grpc-js';
import type { Clock, Logger, Millis, Timer } from '@drydock/ports';
import { PeerService, type Frame } from '@drydock/proto/etcd';
import type { TlsMaterial } from '@drydock/rpc';
import { encodeMessages } from '../replica/mod.ts';
import type { MemberId, Message } from '../replica/types.ts';
import { createClient } from './peer-client.ts';

export interface PeerLinkOptions {
  readonly tls: TlsMaterial | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Sent along with every call: who we are. */
  readonly metadata: Metadata;
  /** The peer's URLs now; undefined for a stranger. */
  readonly urlsOf: (id: MemberId) => readonly string[] | undefined;
  readonly onUnreachable: (id: MemberId) => void;
}

const reconnectPause: Millis = 200;
/** Bytes that may wait for a peer in this process. */
const queueBytesMax = 32 * 1024 * 1024;

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

export class PeerLinks implements Disposable {
  readonly #options: PeerLinkOptions;
  readonly #peers = new Map<MemberId, Peer>();
  #isFlushPlanned = false;
  #isClosed = false;

  constructor(options: PeerLinkOptions) {
    this.#options = options;
  }

  /** Undefined for a stranger. */
  clientOf(id: MemberId): Client | undefined {
    return this.#peerOf(id)?.client;
  }

  send(to: MemberId, message: Message): void {
    const peer = this.#peerOf(to);
    if (peer === undefined) return;
    const bytes = bytesIn(message);
    if (peer.waitingBytes + bytes > queueBytesMax) {
      this.#options.onUnreachable(to);
      return;
    }
    peer.waiting.push(message);
    peer.waitingBytes += bytes;
    this.#planFlush();
  }

  /** Addresses changed: streams to them are opened anew. */
  refresh(): void {
    for (const [id, peer] of this.#peers) {
      if (this.#options.urlsOf(id)?.[0] !== peer.url) this.#drop(id, peer);
    }
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const [id, peer] of this.#peers) this.#drop(id, peer);
  }

  #peerOf(id: MemberId): Peer | undefined {
    const known = this.#peers.get(id);
    if (known !== undefined) return known;
    const url = this.#options.urlsOf(id)?.[0];
    if (url === undefined || this.#isClosed) return undefined;
    const peer: Peer = {
      url,
      client: createClient(url, this.#options.tls),
      stream: undefined,
      isFull: false,
      waiting: [],
      waitingBytes: 0,
      retry: undefined,
      isReported: false,
    };
    this.#peers.set(id, peer);
    return peer;
  }

  #drop(id: MemberId, peer: Peer): void {
    this.#peers.delete(id);
    peer.retry?.cancel();
    peer.stream?.cancel();
    peer.client.close();
  }

  #connect(id: MemberId, peer: Peer): ClientDuplexStream<Frame, Frame> {
    const { log, metadata } = this.#options;
    const { path, requestSerialize, responseDeserialize } = PeerService.exchange;
    const stream = peer.client.makeBidiStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      metadata,
    );
    peer.stream = stream;
    peer.isFull = false;
    stream.on('data', () => {
      // The only frame of this direction is the greeting: the stream stands.
      if (peer.isReported) log.info({ peer: id, url: peer.url }, 'reached the peer again');
      peer.isReported = false;
    });
    stream.on('drain', () => {
      peer.isFull = false;
      this.#planFlush();
    });
    const lose = (error?: Error) => {
      if (peer.stream === stream) this.#lost(id, peer, error);
    };
    stream.on('error', lose);
    stream.on('end', () => lose());
    stream.on('close', () => lose());
    return stream;
  }

  #lost(id: MemberId, peer: Peer, error: Error | undefined): void {
    const { clock, log, onUnreachable } = this.#options;
    peer.stream = undefined;
    peer.waiting = [];
    peer.waitingBytes = 0;
    onUnreachable(id);
    if (!peer.isReported && error !== undefined && !this.#isClosed) {
      peer.isReported = true;
      log.warn({ peer: id, url: peer.url, reason: error.message }, 'lost the peer');
    }
    peer.retry = clock.setTimer(reconnectPause, () => {
      peer.retry = undefined;
    });
  }

  #planFlush(): void {
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    queueMicrotask(() => {
      this.#isFlushPlanned = false;
      for (const [id, peer] of this.#peers) if (peer.waiting.length > 0) this.#flush(id, peer);
    });
  }

  #flush(id: MemberId, peer: Peer): void {
    const isPausing = peer.stream === undefined && peer.retry !== undefined;
    if (peer.isFull && !isPausing) return;
    const { waiting } = peer;
    peer.waiting = [];
    peer.waitingBytes = 0;
    if (isPausing) return;
    const stream = peer.stream ?? this.#connect(id, peer);
    peer.isFull = !stream.write({ body: encodeMessages(waiting) });
  }
}
