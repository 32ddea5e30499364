/**
 * Collects the frames of one turn of the loop and writes them at once: with many streams answered
 * together this is one system call, not three a stream.
 */
import type { Socket } from 'node:net';

const slabBytes = 64 * 1024;
/** Larger payloads are handed to the socket as they are, not copied. */
const copyBytesMax = 16 * 1024;

export class Outbox {
  readonly #socket: Socket;
  #slab: Buffer = Buffer.allocUnsafeSlow(slabBytes);
  /** What is not written yet: [#from, #to) of the slab. */
  #from = 0;
  #to = 0;
  #isPlanned = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Bytes that the other side has not taken yet. */
  get backlogBytes(): number {
    return this.#socket.writableLength + this.#to - this.#from;
  }

  #reserve(length: number): void {
    if (!this.#isPlanned) {
      this.#isPlanned = true;
      queueMicrotask(() => this.flush());
    }
    if (this.#to + length <= this.#slab.length) return;
    this.#write();
    this.#slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, length));
    this.#from = 0;
    this.#to = 0;
  }

  frame(type: number, flags: number, streamId: number, payload: Uint8Array): void {
    if (payload.length > copyBytesMax) {
      this.#header(type, flags, streamId, payload.length, 0);
      this.#write();
      this.#socket.write(payload);
      return;
    }
    this.#header(type, flags, streamId, payload.length, payload.length);
    this.#slab.set(payload, this.#to);
    this.#to += payload.length;
  }

  /** A DATA frame with one whole gRPC message. */
  messageFrame(streamId: number, message: Uint8Array): void {
    const length = message.length;
    this.#header(0, 0, streamId, length + 5, length + 5);
    const slab = this.#slab;
    slab[this.#to] = 0;
    slab.writeUInt32BE(length, this.#to + 1);
    slab.set(message, this.#to + 5);
    this.#to += length + 5;
  }

  #header(type: number, flags: number, streamId: number, length: number, follows: number): void {
    this.#reserve(9 + follows);
    const slab = this.#slab;
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
    this.#socket.write(this.#slab.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }

  flush(): void {
    this.#isPlanned = false;
    if (!this.#socket.destroyed) this.#write();
  }
}
