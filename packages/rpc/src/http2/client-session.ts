/**
 * The client's side of an HTTP/2 connection (RFC 9113), lean: what gRPC needs, and nothing that it does not
 * (no push, no priorities, no header table for requests).
 *
 * 1. Each stream is told of its end exactly once: with its trailers, or with why there are none.
 * 2. What leaves in one turn of the loop leaves in one write: 32 calls at once are one system call and
 *    one TLS record each, and node:http2 made several of each.
 * 3. What the windows of the server do not let out waits here, in the order of the streams.
 * 4. What comes in is the caller's at once, so windows are opened again when half of them is used.
 * 5. A server that breaks the protocol loses the connection, and all its streams hear why.
 */
import type { Socket } from 'node:net';
import { AnswerHeaders, type AnswerFields } from './answer-headers.ts';
import {
  defaultWindowBytes,
  frameBytesMax,
  frameFlag,
  FrameReader,
  frameType,
  preface,
  settingId,
  unpadded,
  windowBytesMax,
} from './frame.ts';
import { HeaderBlock } from './header-block.ts';
import { Http2Error } from './http2-error.ts';
import { Outbox } from './outbox.ts';

export interface StreamEvents {
  /** Bytes of the answer, in memory that stays as it is. */
  readonly onData: (bytes: Buffer) => void;
  /** `fields` is what the server said, `failure` why it said no more. */
  readonly onEnd: (fields: AnswerFields, failure: Error | undefined) => void;
}

export interface ClientStream {
  /** Copied, or sent as it is: it must stay as it is. */
  write(bytes: Uint8Array, options: { readonly isLast: boolean }): void;
  /** Nothing is told of the stream any more. */
  cancel(): void;
}

export interface ClientSessionOptions {
  /** May still be connecting: what is written before waits in it. */
  readonly socket: Socket;
  /** How much of one answer may be on its way, and of all together. */
  readonly windowBytes: number;
  /** The connection takes no new streams any more; those under way go on. */
  readonly onLeave: () => void;
}

interface Piece {
  bytes: Uint8Array;
  readonly isLast: boolean;
}

interface OpenStream {
  readonly id: number;
  readonly events: StreamEvents;
  window: number;
  /** Bytes that came in and that its window has not been given back. */
  received: number;
  fields: AnswerFields;
  /** What waits for the windows. */
  readonly waiting: Piece[];
  isSent: boolean;
  isOver: boolean;
}

const noFields: AnswerFields = { httpStatus: undefined, grpcStatus: undefined, grpcMessage: '' };
const nothing = Buffer.alloc(0);
const pingBytes = 8;
/** After it a new connection is made: identifiers are not used again. */
const streamIdMax = 2 ** 31 - 3;

export class ClientSession {
  readonly #socket: Socket;
  readonly #outbox: Outbox;
  readonly #options: ClientSessionOptions;
  readonly #reader = new FrameReader({ expectsPreface: false });
  readonly #block = new HeaderBlock();
  readonly #headers = new AnswerHeaders();
  readonly #streams = new Map<number, OpenStream>();
  /** Streams with something that the windows did not let out, in order. */
  readonly #waiting = new Set<OpenStream>();
  /** Not opened yet, for the server's bound on streams or before its greeting. */
  readonly #unopened: { readonly stream: OpenStream; readonly block: Buffer }[] = [];
  #nextId = 1;
  #window = defaultWindowBytes;
  #initialWindow = defaultWindowBytes;
  /** None before the server has introduced itself. */
  #streamsMax = 0;
  #isGreeted = false;
  #received = 0;
  #isLeft = false;
  #isOver = false;
  #onPong: (() => void) | undefined;

  constructor(options: ClientSessionOptions) {
    const { socket, windowBytes } = options;
    this.#socket = socket;
    this.#options = options;
    this.#outbox = new Outbox(socket, { waitsForTurn: true });
    socket.write(preface);
    const settings = Buffer.alloc(12);
    settings.writeUInt16BE(settingId.enablePush, 0);
    settings.writeUInt16BE(settingId.initialWindowSize, 6);
    settings.writeUInt32BE(windowBytes, 8);
    this.#outbox.frame(frameType.settings, 0, 0, settings);
    this.#openWindow(0, windowBytes - defaultWindowBytes);
    this.#outbox.flush();
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.end(error));
    socket.on('close', () => this.end(new Error('the connection ended')));
  }

  /** Streams that are not over. */
  get streams(): number {
    return this.#streams.size + this.#unopened.length;
  }

  /** @param block headers of the request, as `encodeHeaders` makes them */
  open(block: Buffer, events: StreamEvents): ClientStream {
    const stream: OpenStream = {
      id: this.#nextId,
      events,
      window: this.#initialWindow,
      received: 0,
      fields: noFields,
      waiting: [],
      isSent: false,
      isOver: false,
    };
    this.#nextId += 2;
    if (this.#streams.size < this.#streamsMax && this.#unopened.length === 0) {
      this.#begin(stream, block);
    } else this.#unopened.push({ stream, block });
    if (this.#nextId > streamIdMax) this.#leave();
    return {
      write: (bytes, { isLast }) => this.#write(stream, { bytes, isLast }),
      cancel: () => this.#cancel(stream),
    };
  }

  /** `onPong` is called when the server has answered. */
  ping(onPong: () => void): void {
    this.#onPong = onPong;
    this.#outbox.frame(frameType.ping, 0, 0, Buffer.alloc(pingBytes));
  }

  /** Ends the connection; every stream hears why. */
  end(why: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#leave();
    this.#outbox.flush();
    this.#socket.destroy();
    this.#reader.clear();
    const open = [...this.#streams.values(), ...this.#unopened.map(({ stream }) => stream)];
    this.#unopened.length = 0;
    for (const stream of open) this.#finish(stream, why);
  }

  #leave(): void {
    if (!this.#isLeft) this.#options.onLeave();
    this.#isLeft = true;
    // Behind the frames of who is just being told of the end of his stream.
    if (!this.#isOver && this.streams === 0)
      this.end(new Error('the connection is no longer used'));
  }

  #begin(stream: OpenStream, block: Buffer): void {
    this.#streams.set(stream.id, stream);
    stream.window = this.#initialWindow;
    this.#outbox.frame(frameType.headers, frameFlag.endHeaders, stream.id, block);
  }

  #beginUnopened(): void {
    while (this.#streams.size < this.#streamsMax) {
      const next = this.#unopened.shift();
      if (next === undefined) return;
      this.#begin(next.stream, next.block);
      this.#send(next.stream);
    }
  }

  #write(stream: OpenStream, piece: Piece): void {
    if (stream.isSent || stream.isOver) return;
    stream.waiting.push(piece);
    if (stream.waiting.length === 1 && this.#streams.has(stream.id)) this.#send(stream);
  }

  /** What the windows let through. */
  #send(stream: OpenStream): void {
    for (let piece = stream.waiting[0]; piece !== undefined; piece = stream.waiting[0]) {
      const { bytes, isLast } = piece;
      const room = Math.min(frameBytesMax, this.#window, stream.window);
      if (room <= 0 && bytes.length > 0) {
        this.#waiting.add(stream);
        return;
      }
      const isWhole = bytes.length <= room;
      const part = isWhole ? bytes : bytes.subarray(0, room);
      const flags = isWhole && isLast ? frameFlag.endStream : 0;
      this.#outbox.frame(frameType.data, flags, stream.id, part);
      this.#window -= part.length;
      stream.window -= part.length;
      if (!isWhole) piece.bytes = bytes.subarray(room);
      else {
        stream.waiting.shift();
        stream.isSent = isLast;
      }
    }
    this.#waiting.delete(stream);
  }

  #sendWaiting(): void {
    for (const stream of this.#waiting) {
      if (this.#window <= 0) return;
      this.#send(stream);
    }
  }

  #cancel(stream: OpenStream): void {
    if (stream.isOver) return;
    const at = this.#unopened.findIndex((one) => one.stream === stream);
    if (at >= 0) this.#unopened.splice(at, 1);
    else this.#reset(stream, new Http2Error('cancel', 'cancelled'));
    this.#forget(stream);
  }

  #reset({ id }: OpenStream, { number }: Http2Error): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(number, 0);
    this.#outbox.frame(frameType.rstStream, 0, id, payload);
  }

  #forget(stream: OpenStream): void {
    stream.isOver = true;
    this.#streams.delete(stream.id);
    this.#waiting.delete(stream);
    stream.waiting.length = 0;
    if (this.#unopened.length > 0) this.#beginUnopened();
    else if (this.#isLeft) this.#leave();
  }

  #finish(stream: OpenStream, failure: Error | undefined): void {
    if (stream.isOver) return;
    // An answer that is whole before its request is: the rest of it is not wanted.
    if (!stream.isSent && failure === undefined) {
      this.#reset(stream, new Http2Error('none', 'answered'));
    }
    this.#forget(stream);
    stream.events.onEnd(stream.fields, failure);
  }

  #take(chunk: Buffer): void {
    try {
      this.#reader.read(chunk, (type, flags, id, payload) => {
        this.#onFrame({ type, flags, id }, payload);
        return !this.#isOver;
      });
    } catch (error) {
      if (!(error instanceof Http2Error)) throw error;
      this.#sayGoodbye(error);
      this.end(error);
    }
  }

  #sayGoodbye({ number }: Http2Error): void {
    const payload = Buffer.alloc(8);
    payload.writeUInt32BE(number, 4);
    this.#outbox.frame(frameType.goAway, 0, 0, payload);
    this.#outbox.flush();
  }

  #onFrame(
    { type, flags, id }: { readonly type: number; readonly flags: number; readonly id: number },
    payload: Buffer,
  ): void {
    if (this.#block.isOpen && type !== frameType.continuation) {
      throw new Http2Error('protocol', 'a header block is interrupted');
    }
    const isAck = (flags & frameFlag.ack) !== 0;
    switch (type) {
      case frameType.data:
        this.#onData(id, unpadded(flags, payload), {
          length: payload.length,
          endsStream: (flags & frameFlag.endStream) !== 0,
        });
        return;
      case frameType.headers:
        this.#onBlock(this.#block.start(flags, id, payload));
        return;
      case frameType.continuation:
        this.#onBlock(this.#block.continue(flags, id, payload));
        return;
      case frameType.rstStream:
        this.#onReset(id, numberIn(payload));
        return;
      case frameType.settings:
        if (!isAck) this.#onSettings(payload);
        return;
      case frameType.ping:
        if (payload.length !== pingBytes) throw new Http2Error('frame-size', 'a ping has 8 bytes');
        if (!isAck) this.#outbox.frame(frameType.ping, frameFlag.ack, 0, payload);
        else this.#onPong?.();
        return;
      case frameType.goAway:
        this.#onGoAway(numberIn(payload) & 0x7fffffff);
        return;
      case frameType.windowUpdate:
        this.#onWindow(id, numberIn(payload) & 0x7fffffff);
        return;
      case frameType.pushPromise:
        throw new Http2Error('protocol', 'a push, which was not allowed');
      default:
    }
  }

  #onData(
    id: number,
    bytes: Buffer,
    { length, endsStream }: { readonly length: number; readonly endsStream: boolean },
  ): void {
    const { windowBytes } = this.#options;
    this.#received += length;
    if (this.#received > windowBytes / 2) {
      this.#openWindow(0, this.#received);
      this.#received = 0;
    }
    const stream = this.#streams.get(id);
    // Of a stream that was cancelled here.
    if (stream === undefined) return;
    stream.received += length;
    if (stream.received > windowBytes / 2 && !endsStream) {
      this.#openWindow(id, stream.received);
      stream.received = 0;
    }
    stream.events.onData(bytes);
    if (endsStream) this.#finish(stream, new Error('the answer ended without a status'));
  }

  #onBlock(block: Buffer | undefined): void {
    if (block === undefined) return;
    const { streamId, endsStream } = this.#block;
    // Also of a stream that is over: the table of headers goes on.
    const fields = this.#headers.decode(block);
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    const httpStatus = fields.httpStatus ?? stream.fields.httpStatus;
    stream.fields = httpStatus === fields.httpStatus ? fields : { ...fields, httpStatus };
    if (endsStream) this.#finish(stream, undefined);
  }

  #onReset(id: number, code: number): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    this.#finish(stream, new Error(`the server ended the stream with code ${code}`));
  }

  #onSettings(payload: Buffer): void {
    if (payload.length % 6 !== 0) throw new Http2Error('frame-size', 'a setting has 6 bytes');
    if (!this.#isGreeted) this.#streamsMax = Infinity;
    this.#isGreeted = true;
    for (let at = 0; at < payload.length; at += 6) {
      const value = payload.readUInt32BE(at + 2);
      const id = payload.readUInt16BE(at);
      if (id === settingId.maxConcurrentStreams) this.#streamsMax = value;
      if (id !== settingId.initialWindowSize) continue;
      if (value > windowBytesMax) throw new Http2Error('flow-control', 'a window is too large');
      for (const stream of this.#streams.values()) stream.window += value - this.#initialWindow;
      this.#initialWindow = value;
    }
    this.#outbox.frame(frameType.settings, frameFlag.ack, 0, nothing);
    this.#beginUnopened();
    this.#sendWaiting();
  }

  #onGoAway(lastId: number): void {
    this.#leave();
    const why = new Error('the server ends the connection');
    const lost = [...this.#streams.values()].filter(({ id }) => id > lastId);
    const unopened = this.#unopened.splice(0).map(({ stream }) => stream);
    for (const stream of [...lost, ...unopened]) this.#finish(stream, why);
  }

  #onWindow(id: number, bytes: number): void {
    if (bytes === 0) throw new Http2Error('protocol', 'a window is opened by nothing');
    if (id === 0) {
      this.#window += bytes;
      if (this.#window > windowBytesMax) {
        throw new Http2Error('flow-control', 'a window is too large');
      }
    } else {
      const stream = this.#streams.get(id);
      if (stream === undefined) return;
      stream.window += bytes;
    }
    this.#sendWaiting();
  }

  #openWindow(id: number, bytes: number): void {
    if (bytes <= 0) return;
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(bytes, 0);
    this.#outbox.frame(frameType.windowUpdate, 0, id, payload);
  }
}

/** The number that a frame begins with. @throws Http2Error */
function numberIn(payload: Buffer): number {
  if (payload.length < 4) throw new Http2Error('frame-size', 'a number has 4 bytes');
  return payload.readUInt32BE(0);
}
