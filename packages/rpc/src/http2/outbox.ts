/**
 * Collects the frames of one turn of the loop and writes them at once: with many streams answered
 * together this is one system call, not three a stream. A large part leaves before the turn ends: the
 * other side reads it while more is made.
 */
import type { Socket } from 'node:net';
import { frameFlag, frameType } from './frame.ts';
import { Slab, slabBytes } from './slab.ts';

/** Larger payloads are handed to the socket as they are, not copied. */
const copyBytesMax = 16 * 1024;
/** So much does not wait for the end of the turn. */
const largeBytes = 32 * 1024;
const nothing = Buffer.alloc(0);

export class Outbox {
  readonly #socket: Socket;
  readonly #waitsForTurn: boolean;
  readonly #flush = (): void => this.flush();
  #slab = Slab.take(slabBytes);
  /** What is not written yet: [#from, #to) of the slab. */
  #from = 0;
  #to = 0;
  #isPlanned = false;
  /** Frames of headers or data so far, which are what the other side waits for. */
  answers = 0;

  /**
   * `waitsForTurn`: what others do in this turn of the loop comes along. Else a write leaves when the code
   * that runs is through, which suits who puts everything in at once.
   */
  constructor(
    socket: Socket,
    options: { readonly waitsForTurn: boolean } = { waitsForTurn: false },
  ) {
    this.#socket = socket;
    this.#waitsForTurn = options.waitsForTurn;
  }

  /** Bytes that the other side has not taken yet. */
  get backlogBytes(): number {
    return this.#socket.writableLength + this.#to - this.#from;
  }

  #reserve(length: number): void {
    if (!this.#isPlanned) {
      this.#isPlanned = true;
      if (this.#waitsForTurn) setImmediate(this.#flush);
      else queueMicrotask(this.#flush);
    }
    const isEmpty = this.#from === this.#to;
    if (isEmpty && this.#slab.isIdle) this.#from = this.#to = 0;
    if (this.#to + length <= this.#slab.bytes.length) return;
    this.#write();
    this.#slab.retire();
    this.#slab = Slab.take(length);
    this.#from = 0;
    this.#to = 0;
  }

  frame(type: number, flags: number, streamId: number, payload: Uint8Array): void {
    if (type <= frameType.headers) this.answers++;
    if (payload.length > copyBytesMax) {
      this.#header(type, flags, streamId, payload.length, 0);
      this.#write();
      this.#socket.write(payload);
      return;
    }
    this.#header(type, flags, streamId, payload.length, payload.length);
    this.#slab.bytes.set(payload, this.#to);
    this.#to += payload.length;
  }

  /** A DATA frame with one whole gRPC message. */
  messageFrame(streamId: number, message: Uint8Array, tail: Uint8Array = nothing): void {
    const length = message.length + tail.length;
    this.answers++;
    this.#header(0, 0, streamId, length + 5, length + 5);
    const slab = this.#slab.bytes;
    slab[this.#to] = 0;
    slab.writeUInt32BE(length, this.#to + 1);
    slab.set(message, this.#to + 5);
    slab.set(tail, this.#to + 5 + message.length);
    this.#to += length + 5;
    if (this.#to - this.#from >= largeBytes) this.#write();
  }

  /** A unary answer: headers, one message, trailers. */
  answerFrames(streamId: number, headers: Buffer, message: Buffer, trailers: Buffer): void {
    // One reservation keeps the three together in the slab.
    this.#reserve(headers.length + message.length + trailers.length + 3 * 9 + 5);
    this.frame(frameType.headers, frameFlag.endHeaders, streamId, headers);
    this.messageFrame(streamId, message);
    this.frame(frameType.headers, frameFlag.endHeaders | frameFlag.endStream, streamId, trailers);
  }

  #header(type: number, flags: number, streamId: number, length: number, follows: number): void {
    this.#reserve(9 + follows);
    const slab = this.#slab.bytes;
    const at = this.#to;
    slab[at] = length >>> 16;
    slab[at + 1] = length >>> 8;
    slab[at + 2] = length;
    slab[at + 3] = type;
    slab[at + 4] = flags;
    slab.writeUInt32BE(streamId, at + 5);
    this.#to = at + 9;
  }

  #write(): void {
    if (this.#to === this.#from) return;
    const slab = this.#slab;
    slab.writeBegins();
    this.#socket.write(slab.bytes.subarray(this.#from, this.#to), slab.onWritten);
    this.#from = this.#to;
  }

  flush(): void {
    this.#isPlanned = false;
    if (!this.#socket.destroyed) this.#write();
  }
}
