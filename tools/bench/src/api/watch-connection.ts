/**
 * Watches of the REST API over one TLS connection, for next to nothing: HTTP/2 frames by hand, no header
 * of an answer is read. As connection.ts is for etcd; it trusts the server and is no client for anything
 * else.
 */
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import {
  FrameCutter,
  frame,
  endStream,
  ack,
  endHeaders,
  headerBytes,
  windowBytesMax,
  defaultWindowBytes,
  preface,
} from '../client/frames.ts';

const newline = 10;

export interface WatchEvents {
  /** One event, as JSON. */
  onLine(line: Buffer): void;
  /** A watch has ended, or the connection with all of them. */
  onEnd(): void;
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > 254) throw new Error(`${text} is too long for this client`);
  // A length from 127 on goes on in a second byte.
  const length = bytes.length < 127 ? [bytes.length] : [127, bytes.length - 127];
  return Buffer.concat([Buffer.from(length), bytes]);
}

export class WatchConnection {
  readonly #socket: TLSSocket;
  readonly #authority: string;
  readonly #events: WatchEvents;
  readonly #rests = new Map<number, Buffer>();
  readonly #cutter = new FrameCutter((type, flags, stream, payload) =>
    this.#onFrame(type, flags, stream, payload),
  );
  #nextStream = 1;
  #received = 0;

  private constructor(socket: TLSSocket, authority: string, events: WatchEvents) {
    this.#socket = socket;
    this.#authority = authority;
    this.#events = events;
    socket.on('data', (chunk: Buffer) => this.#cutter.take(chunk));
    socket.on('error', () => events.onEnd());
    const settings = Buffer.alloc(6);
    settings.writeUInt16BE(4, 0);
    settings.writeUInt32BE(windowBytesMax, 2);
    socket.write(preface);
    this.#send(frame.settings, 0, 0, settings);
    this.#widen(windowBytesMax - defaultWindowBytes);
  }

  static async open(url: string, ca: string, events: WatchEvents): Promise<WatchConnection> {
    const { hostname, port, host } = new URL(url);
    const options = { host: hostname, servername: hostname, port: Number(port), ca };
    const socket = connect({ ...options, ALPNProtocols: ['h2'] });
    await once(socket, 'secureConnect');
    return new WatchConnection(socket, host, events);
  }

  watch(path: string, token: string): void {
    const block = Buffer.concat([
      Buffer.of(0x82, 0x87), // :method GET, :scheme https
      Buffer.of(0x04),
      literal(path),
      Buffer.of(0x01),
      literal(this.#authority),
      Buffer.of(0x0f, 0x08), // authorization
      literal(`Bearer ${token}`),
    ]);
    this.#send(frame.headers, endHeaders | endStream, this.#nextStream, block);
    this.#nextStream += 2;
  }

  #send(type: number, flags: number, stream: number, payload: Buffer): void {
    const head = Buffer.alloc(headerBytes);
    head.writeUIntBE(payload.length, 0, 3);
    head[3] = type;
    head[4] = flags;
    head.writeUInt32BE(stream, 5);
    this.#socket.write(Buffer.concat([head, payload]));
  }

  #widen(bytes: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(bytes, 0);
    this.#send(frame.window, 0, 0, payload);
  }

  #onFrame(type: number, flags: number, stream: number, payload: Buffer): void {
    if (type === frame.settings && (flags & ack) === 0) {
      this.#send(frame.settings, ack, 0, Buffer.alloc(0));
    }
    if (type === frame.ping && (flags & ack) === 0) this.#send(frame.ping, ack, 0, payload);
    if (type === frame.data) this.#onData(stream, payload);
    const isOver =
      type === frame.data || type === frame.headers ? (flags & endStream) !== 0 : false;
    if (isOver || type === frame.reset || type === frame.goAway) this.#events.onEnd();
  }

  #onData(stream: number, payload: Buffer): void {
    this.#received += payload.length;
    if (this.#received > windowBytesMax / 2) {
      this.#widen(this.#received);
      this.#received = 0;
    }
    const rest = this.#rests.get(stream);
    const data = rest === undefined ? payload : Buffer.concat([rest, payload]);
    let at = 0;
    for (let end = data.indexOf(newline); end >= 0; end = data.indexOf(newline, at)) {
      this.#events.onLine(data.subarray(at, end));
      at = end + 1;
    }
    if (at < data.length) this.#rests.set(stream, data.subarray(at));
    else if (rest !== undefined) this.#rests.delete(stream);
  }
}
