/**
 * Streams to the other members: everything that one turn of the loop sends to a peer in one frame.
 *
 * 1. Sending never waits. What a peer does not take within the bound is dropped: Raft sends it again.
 * 2. A broken stream is opened anew after a pause, and its name resolved again, so that a peer may
 *    come back with another address; with certificates that changed, if they have.
 * 3. A stream stands to every member, also where nothing is to be sent: whether the cluster is healthy
 *    enough for a change of its members is then known at once by whoever leads.
 */
import { connectivityState, type Client } from '@grpc/grpc-js';
import type { Clock, Logger, Millis, Timer } from '@drydock/ports';
import { PeerService } from '@drydock/proto/etcd';
import type { LinkState, MemberId, Message } from '../replica/types.ts';
import type { ClientMaterial } from '../tls/tls-source.ts';
import { saysRemoved } from './peer-admission.ts';
import { createClient } from './peer-client.ts';
import { frameOf } from './peer-frame.ts';
import { PeerStream } from './peer-stream.ts';

export interface PeerLinkOptions {
  /** What to present now. */
  readonly tls: () => ClientMaterial | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Sent along: who we are. */
  readonly headers: readonly (readonly [string, string])[];
  /** The peer's URLs now; undefined for a stranger. */
  readonly urlsOf: (id: MemberId) => readonly string[] | undefined;
  /** The other members now. */
  readonly peers: () => readonly MemberId[];
  readonly onUnreachable: (id: MemberId) => void;
  /** A connection that stood broke: the peer's process may be gone. */
  readonly onDisconnected: (id: MemberId) => void;
  /** Bytes of messages that were handed to the connection. */
  readonly onSent?: (id: MemberId, bytes: number) => void;
  /** A peer says that this member was removed. */
  readonly onRemoved: () => void;
}

const reconnectPause: Millis = 200;
/** Between looks for members without a stream. */
const tendPause: Millis = 1_000;
/** Bytes that may wait for a peer in this process. */
const queueBytesMax = 32 * 1024 * 1024;

interface Peer {
  readonly url: string;
  readonly tls: ClientMaterial | undefined;
  client: Client;
  stream: PeerStream | undefined;
  isFull: boolean;
  waiting: Message[];
  waitingBytes: number;
  retry: Timer | undefined;
  isReported: boolean;
  /** When the peer's greeting came; undefined without a connection. */
  connectedAt: Millis | undefined;
  /** When the connection was lost, and whether nobody listened since. */
  lostAt: Millis | undefined;
  isRefused: boolean;
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
  #tending: Timer | undefined;

  constructor(options: PeerLinkOptions) {
    this.#options = options;
    this.#tend();
  }

  /** Undefined for a stranger. */
  clientOf(id: MemberId): Client | undefined {
    return this.#peerOf(id)?.client;
  }

  /** Undefined for one that was never tried. */
  linkTo(id: MemberId): LinkState | undefined {
    const peer = this.#peers.get(id);
    const now = this.#options.clock.now();
    if (peer?.connectedAt !== undefined) {
      return { isUp: true, isRefused: false, duration: now - peer.connectedAt };
    }
    if (peer?.lostAt === undefined) return undefined;
    return { isUp: false, isRefused: peer.isRefused, duration: now - peer.lostAt };
  }

  connectedFor(id: MemberId): Millis | undefined {
    const since = this.#peers.get(id)?.connectedAt;
    return since === undefined ? undefined : this.#options.clock.now() - since;
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

  /** What waits leaves now. */
  flush(): void {
    for (const [id, peer] of this.#peers) if (peer.waiting.length > 0) this.#flush(id, peer);
  }

  /** Addresses changed: streams to them are opened anew. */
  refresh(): void {
    for (const [id, peer] of this.#peers) {
      if (this.#options.urlsOf(id)?.[0] !== peer.url) this.#drop(id, peer);
    }
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#tending?.cancel();
    for (const [id, peer] of this.#peers) this.#drop(id, peer);
  }

  #peerOf(id: MemberId): Peer | undefined {
    const known = this.#peers.get(id);
    if (known !== undefined) return known;
    const url = this.#options.urlsOf(id)?.[0];
    if (url === undefined || this.#isClosed) return undefined;
    const tls = this.#options.tls();
    const peer: Peer = {
      url,
      tls,
      client: createClient(url, tls),
      stream: undefined,
      isFull: false,
      waiting: [],
      waitingBytes: 0,
      retry: undefined,
      isReported: false,
      connectedAt: undefined,
      lostAt: undefined,
      isRefused: false,
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

  #tend(): void {
    for (const id of this.#options.peers()) {
      const peer = this.#peerOf(id);
      if (peer === undefined || peer.stream !== undefined || peer.retry !== undefined) continue;
      this.#connect(id, peer);
    }
    this.#tending = this.#options.clock.setTimer(tendPause, () => this.#tend());
  }

  /** Undefined when there is no way to the peer, which is then lost like any other. */
  #connect(id: MemberId, peer: Peer): PeerStream | undefined {
    try {
      return this.#open(id, peer);
    } catch (error) {
      this.#lost(id, peer, (error as Error).message);
      return undefined;
    }
  }

  #open(id: MemberId, peer: Peer): PeerStream {
    const { clock, log, headers } = this.#options;
    const { url, tls } = peer;
    const stream = new PeerStream({
      url,
      tls,
      headers: [...headers, ['target-id', String(id)]],
      path: PeerService.exchange.path,
      onGreeting: () => {
        if (peer.isReported) log.info({ peer: id, url }, 'reached the peer again');
        peer.isReported = false;
        peer.connectedAt ??= clock.now();
        peer.lostAt = undefined;
        peer.isRefused = false;
      },
      onDrain: () => {
        peer.isFull = false;
        this.#planFlush();
      },
      onLost: (reason) => {
        if (peer.stream === stream) this.#lost(id, peer, reason);
      },
    });
    peer.stream = stream;
    peer.isFull = false;
    return stream;
  }

  #lost(id: MemberId, peer: Peer, reason: string): void {
    const { clock, log, onUnreachable, onDisconnected, onRemoved } = this.#options;
    const wasConnected = peer.connectedAt !== undefined;
    peer.stream = undefined;
    peer.connectedAt = undefined;
    peer.lostAt ??= clock.now();
    peer.isRefused = reason.includes('ECONNREFUSED');
    peer.waiting = [];
    peer.waitingBytes = 0;
    this.#stopDialling(peer);
    onUnreachable(id);
    if (wasConnected) onDisconnected(id);
    if (saysRemoved(reason)) onRemoved();
    if (!peer.isReported && !this.#isClosed) {
      peer.isReported = true;
      log.warn({ peer: id, url: peer.url, reason }, 'lost the peer');
    }
    peer.retry = clock.setTimer(reconnectPause, () => {
      peer.retry = undefined;
      // With the certificates of now, if they have changed meanwhile.
      if (this.#options.tls() !== peer.tls && this.#peers.get(id) === peer) this.#drop(id, peer);
    });
  }

  /** TCP dials an address that is gone for two minutes; the peer may be back with another one. */
  #stopDialling(peer: Peer): void {
    const { client } = peer;
    if (client.getChannel().getConnectivityState(false) !== connectivityState.CONNECTING) return;
    peer.client = createClient(peer.url, peer.tls);
    client.close();
  }

  #planFlush(): void {
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    setImmediate(() => {
      this.#isFlushPlanned = false;
      this.flush();
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
    if (stream === undefined) return;
    const frame = frameOf(waiting);
    this.#options.onSent?.(id, frame.length);
    peer.isFull = !stream.send(frame);
  }
}
