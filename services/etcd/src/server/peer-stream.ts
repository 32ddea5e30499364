/**
 * The sending side of Raft's stream to one peer: a gRPC call on an HTTP/2 connection of its own, lean,
 * because every write passes it four times (docs/benchmarks.md has what it cost before).
 *
 * 1. Messages leave in order, as far as the peer's windows let them; the rest waits here.
 * 2. The stream is lost once, for whatever reason (`onLost`), and nothing is called after it.
 * 3. A peer that is silent for two intervals is lost, though its connection may stand.
 *
 * Times are real: networks do not run at the cluster's pace.
 */
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ClientMaterial } from '../tls/tls-source.ts';
import {
  defaultWindowBytes,
  encodeHeaders,
  frameBytesMax,
  frameFlag,
  FrameReader,
  frameType,
  HeaderBlock,
  HpackDecoder,
  Outbox,
  preface,
  settingId,
} from '@drydock/rpc/http2';

export interface PeerStreamOptions {
  readonly url: string;
  readonly tls: ClientMaterial | undefined;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  /** The peer has taken the call. */
  readonly onGreeting: () => void;
  /** The peer takes more again, after `send` has returned false. */
  readonly onDrain: () => void;
  readonly onLost: (reason: string) => void;
}

const streamId = 1;
const pingMillis = 2_000;
const greetingMillis = 5_000;
/** Bytes in the socket from which on the peer is called slow. */
const socketBytesMax = 256 * 1024;
const nothing = Buffer.alloc(0);

export class PeerStream {
  readonly #options: PeerStreamOptions;
  readonly #socket: Socket;
  readonly #outbox: Outbox;
  readonly #reader = new FrameReader({ expectsPreface: false });
  readonly #block = new HeaderBlock();
  readonly #decoder = new HpackDecoder();
  readonly #pinging: NodeJS.Timeout;
  readonly #greeting: NodeJS.Timeout;
  #queue: Uint8Array[] = [];
  #connectionWindow = defaultWindowBytes;
  #streamWindow = defaultWindowBytes;
  #initialWindow = defaultWindowBytes;
  #isSilent = false;
  #isSlow = false;
  #isLost = false;

  /** @throws when the URL needs TLS that is not there */
  constructor(options: PeerStreamOptions) {
    this.#options = options;
    this.#socket = connect(options);
    this.#socket.setNoDelay(true);
    this.#outbox = new Outbox(this.#socket);
    this.#greet();
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#socket.on('drain', () => this.#pump());
    this.#socket.on('error', (error) => this.#lose(error.message));
    this.#socket.on('close', () => this.#lose('the connection was closed'));
    this.#pinging = setInterval(() => this.#ping(), pingMillis).unref();
    this.#greeting = setTimeout(() => this.#lose('no answer'), greetingMillis).unref();
  }

  #greet(): void {
    const { path, url, headers } = this.#options;
    const { host, protocol } = new URL(url);
    this.#socket.write(preface);
    this.#outbox.frame(frameType.settings, 0, 0, nothing);
    const block = encodeHeaders([
      [':method', 'POST'],
      [':scheme', protocol.slice(0, -1)],
      [':path', path],
      [':authority', host],
      ['content-type', 'application/grpc'],
      ['te', 'trailers'],
      ...headers,
    ]);
    this.#outbox.frame(frameType.headers, frameFlag.endHeaders, streamId, block);
  }

  /** Bytes of whole gRPC messages, which are copied. False: the peer is slow, `onDrain` follows. */
  send(bytes: Uint8Array): boolean {
    if (this.#isLost) return false;
    const sent = this.#queue.length > 0 ? 0 : this.#sendPart(bytes);
    if (sent < bytes.length) this.#queue.push(bytes.slice(sent));
    this.#outbox.flush();
    this.#isSlow = this.#queue.length > 0 || this.#outbox.backlogBytes > socketBytesMax;
    return !this.#isSlow;
  }

  /** Ends the stream; nothing is called any more. */
  cancel(): void {
    this.#isLost = true;
    this.#end();
  }

  /** Sends what the windows let through; returns how many bytes that were. */
  #sendPart(bytes: Uint8Array): number {
    let at = 0;
    while (at < bytes.length) {
      const room = Math.min(frameBytesMax, this.#connectionWindow, this.#streamWindow);
      if (room <= 0) break;
      const part = bytes.subarray(at, at + room);
      this.#outbox.frame(frameType.data, 0, streamId, part);
      this.#connectionWindow -= part.length;
      this.#streamWindow -= part.length;
      at += part.length;
    }
    return at;
  }

  #pump(): void {
    while (this.#queue.length > 0) {
      const head = this.#queue[0]!;
      const sent = this.#sendPart(head);
      if (sent < head.length) {
        this.#queue[0] = head.subarray(sent);
        return;
      }
      this.#queue.shift();
    }
    if (!this.#isSlow || this.#isLost || this.#outbox.backlogBytes > socketBytesMax) return;
    this.#isSlow = false;
    this.#options.onDrain();
  }

  #take(chunk: Buffer): void {
    this.#isSilent = false;
    try {
      this.#reader.read(chunk, (type, flags, stream, payload) => {
        this.#onFrame(type, flags, stream, payload);
        return !this.#isLost;
      });
    } catch (error) {
      this.#lose((error as Error).message);
    }
  }

  #onFrame(type: number, flags: number, stream: number, payload: Buffer): void {
    const isAck = (flags & frameFlag.ack) !== 0;
    switch (type) {
      case frameType.settings:
        if (!isAck) this.#onSettings(payload);
        return;
      case frameType.ping:
        if (!isAck) this.#outbox.frame(frameType.ping, frameFlag.ack, 0, payload);
        return;
      case frameType.windowUpdate: {
        const bytes = payload.readUInt32BE(0);
        if (stream === 0) this.#connectionWindow += bytes;
        else this.#streamWindow += bytes;
        this.#pump();
        return;
      }
      case frameType.headers:
        this.#onBlock(this.#block.start(flags, stream, payload));
        return;
      case frameType.continuation:
        this.#onBlock(this.#block.continue(flags, stream, payload));
        return;
      case frameType.data:
        // The only message of this direction is the greeting.
        clearTimeout(this.#greeting);
        this.#options.onGreeting();
        return;
      case frameType.rstStream:
        this.#lose('the peer ended the stream');
        return;
      case frameType.goAway:
        this.#lose(`the peer ends the connection: ${payload.toString('latin1', 8)}`);
        return;
      default:
    }
  }

  #onSettings(payload: Buffer): void {
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      if (payload.readUInt16BE(at) !== settingId.initialWindowSize) continue;
      const bytes = payload.readUInt32BE(at + 2);
      this.#streamWindow += bytes - this.#initialWindow;
      this.#initialWindow = bytes;
    }
    this.#outbox.frame(frameType.settings, frameFlag.ack, 0, nothing);
    this.#pump();
  }

  /** Headers of an answer say nothing; its trailers say why the peer ends the call. */
  #onBlock(block: Buffer | undefined): void {
    if (block === undefined) return;
    let reason = 'the peer ended the call';
    this.#decoder.decode(block, (name, value) => {
      if (name === 'grpc-message') reason = decodeURIComponent(value);
    });
    if (this.#block.endsStream) this.#lose(reason);
  }

  #ping(): void {
    if (this.#isSilent) {
      this.#lose('it has been silent for too long');
      return;
    }
    this.#isSilent = true;
    this.#outbox.frame(frameType.ping, 0, 0, Buffer.alloc(8));
  }

  #lose(reason: string): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#end();
    this.#options.onLost(reason);
  }

  #end(): void {
    clearInterval(this.#pinging);
    clearTimeout(this.#greeting);
    this.#queue = [];
    this.#socket.destroy();
  }
}

function connect({ url, tls }: PeerStreamOptions): Socket {
  const { hostname, port, protocol } = new URL(url);
  const isSecure = protocol === 'https:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const target = { host, port: Number(port) || (isSecure ? 443 : 80) };
  if (!isSecure) return connectPlain(target);
  if (tls === undefined) {
    throw new Error(`${url} needs --peer-cert-file, --peer-key-file and --peer-trusted-ca-file`);
  }
  // Without a server's name, which addresses cannot be, the certificate is checked for the host.
  return connectTls({
    ...target,
    ...(tls.serverName !== undefined || isIP(host) === 0
      ? { servername: tls.serverName ?? host }
      : {}),
    ca: tls.ca,
    cert: tls.cert,
    key: tls.key,
    ALPNProtocols: ['h2'],
    ...(tls.skipsVerification ? { rejectUnauthorized: false } : {}),
  });
}
