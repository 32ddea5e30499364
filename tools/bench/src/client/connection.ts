/**
 * A gRPC client that costs next to nothing, so that on a small machine the members are measured and not
 * their load: HTTP/2 frames over one socket, header blocks made once, no header of an answer is read.
 *
 * 1. A call that fails ends without a message: what failed is not told, only that it did.
 * 2. Both contenders are asked through it alike. It trusts them: it is no client for anything else.
 */
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
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
} from './frames.ts';

const prefixBytes = 5;

export interface CallEvents {
  onMessage(message: Buffer): void;
  /** The call is over; the connection, too, when it broke. */
  onEnd(): void;
}

interface Call {
  readonly events: CallEvents;
  /** A message that is not whole, its prefix included. */
  partial: Buffer | undefined;
}

/** Literals that enter no table, so that one block does for all calls of a path. */
function headerBlock(path: string, authority: string): Buffer {
  const text = (value: string) => {
    if (value.length > 126) throw new Error(`${value} is too long for this client`);
    return [value.length, ...Buffer.from(value)];
  };
  return Buffer.concat(
    [
      [0x83, 0x86], // :method POST, :scheme http
      [0x04, ...text(path)],
      [0x01, ...text(authority)],
      [0x0f, 0x10, ...text('application/grpc')], // content-type
      [0x00, ...text('te'), ...text('trailers')],
    ].map((bytes) => Buffer.from(bytes)),
  );
}

function writeHeader(into: Buffer, at: number, length: number, type: number, flags: number): void {
  into.writeUIntBE(length, at, 3);
  into[at + 3] = type;
  into[at + 4] = flags;
}

export class GrpcConnection implements Disposable {
  readonly #socket: Socket;
  readonly #authority: string;
  readonly #blocks = new Map<string, Buffer>();
  readonly #calls = new Map<number, Call>();
  #nextStream = 1;
  #sendWindow = defaultWindowBytes;
  #received = 0;
  #waiting: Buffer[] = [];
  #out: Buffer[] = [];
  readonly #cutter = new FrameCutter((type, flags, stream, payload) =>
    this.#onFrame(type, flags, stream, payload),
  );

  private constructor(socket: Socket, authority: string) {
    this.#socket = socket;
    this.#authority = authority;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#cutter.take(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#close());
    this.#greet();
  }

  /** @throws when nobody listens at the URL */
  static async open(url: string): Promise<GrpcConnection> {
    const { hostname, port, host } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    await once(socket, 'connect');
    return new GrpcConnection(socket, host);
  }

  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  #greet(): void {
    // No header table, and windows that the measurements never fill.
    const settings = Buffer.alloc(12);
    settings.writeUInt16BE(1, 0);
    settings.writeUInt16BE(4, 6);
    settings.writeUInt32BE(windowBytesMax, 8);
    this.#push(preface);
    this.#frame(frame.settings, 0, 0, settings);
    this.#widen(windowBytesMax - defaultWindowBytes);
  }

  #frame(type: number, flags: number, stream: number, payload: Buffer): void {
    const header = Buffer.allocUnsafe(headerBytes);
    writeHeader(header, 0, payload.length, type, flags);
    header.writeUInt32BE(stream, 5);
    this.#push(header, payload);
  }

  #push(...bytes: Buffer[]): void {
    if (this.#out.length === 0) queueMicrotask(() => this.#flush());
    this.#out.push(...bytes);
  }

  #flush(): void {
    const bytes = this.#out.length === 1 ? this.#out[0]! : Buffer.concat(this.#out);
    this.#out = [];
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  #widen(bytes: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(bytes, 0);
    this.#frame(frame.window, 0, 0, payload);
  }

  /** Opens a call and sends its first message; `isLast` when there is only one. */
  call(path: string, message: Buffer, isLast: boolean, events: CallEvents): number {
    const stream = this.#nextStream;
    this.#nextStream += 2;
    if (this.#socket.destroyed) {
      queueMicrotask(() => events.onEnd());
      return stream;
    }
    let block = this.#blocks.get(path);
    if (block === undefined) {
      this.#blocks.set(path, (block = headerBlock(path, this.#authority)));
    }
    this.#calls.set(stream, { events, partial: undefined });
    this.#frame(frame.headers, endHeaders, stream, block);
    this.send(stream, message, isLast);
    return stream;
  }

  send(stream: number, message: Buffer, isLast: boolean): void {
    const bytes = Buffer.allocUnsafe(headerBytes + prefixBytes + message.length);
    writeHeader(bytes, 0, prefixBytes + message.length, frame.data, isLast ? endStream : 0);
    bytes.writeUInt32BE(stream, 5);
    bytes[headerBytes] = 0;
    bytes.writeUInt32BE(message.length, headerBytes + 1);
    bytes.set(message, headerBytes + prefixBytes);
    this.#waiting.push(bytes);
    this.#sendWaiting();
  }

  #sendWaiting(): void {
    let sent = 0;
    for (; sent < this.#waiting.length; sent++) {
      const length = this.#waiting[sent]!.length - headerBytes;
      if (length > this.#sendWindow) break;
      this.#sendWindow -= length;
      this.#push(this.#waiting[sent]!);
    }
    this.#waiting.splice(0, sent);
  }

  /** The answer of a unary call; undefined when it failed. */
  unary(path: string, message: Buffer): Promise<Buffer | undefined> {
    return new Promise((resolve) => {
      let answer: Buffer | undefined;
      this.call(path, message, true, {
        onMessage: (bytes) => {
          answer = bytes;
        },
        onEnd: () => resolve(answer),
      });
    });
  }

  #onFrame(type: number, flags: number, stream: number, payload: Buffer): void {
    switch (type) {
      case frame.data:
        this.#received += payload.length;
        if (this.#received > windowBytesMax / 2) {
          this.#widen(this.#received);
          this.#received = 0;
        }
        this.#onData(stream, payload);
        break;
      case frame.settings:
        if ((flags & ack) === 0) this.#frame(frame.settings, ack, 0, Buffer.alloc(0));
        return;
      case frame.ping:
        if ((flags & ack) === 0) this.#frame(frame.ping, ack, 0, payload);
        return;
      case frame.window:
        if (stream !== 0) return;
        this.#sendWindow += payload.readUInt32BE(0);
        this.#sendWaiting();
        return;
      case frame.goAway:
        this.#socket.destroy();
        return;
      default:
    }
    if (type === frame.reset || (flags & endStream) !== 0) this.#end(stream);
  }

  #onData(stream: number, payload: Buffer): void {
    const call = this.#calls.get(stream);
    if (call === undefined) return;
    const data = call.partial === undefined ? payload : Buffer.concat([call.partial, payload]);
    let at = 0;
    while (data.length - at >= prefixBytes) {
      const end = at + prefixBytes + data.readUInt32BE(at + 1);
      if (end > data.length) break;
      call.events.onMessage(data.subarray(at + prefixBytes, end));
      at = end;
    }
    call.partial = at < data.length ? data.subarray(at) : undefined;
  }

  #end(stream: number): void {
    const call = this.#calls.get(stream);
    if (call === undefined) return;
    this.#calls.delete(stream);
    call.events.onEnd();
  }

  #close(): void {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) call.events.onEnd();
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
