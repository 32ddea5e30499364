/**
 * Cuts gRPC messages out of a stream's data. Memory follows the bytes that have come, not the length
 * that the prefix claims.
 */
import type { Failure } from '../mvcc/failure.ts';

const prefixBytes = 5;
const firstRoomBytes = 1024;

export interface MessageCutterOptions {
  readonly messageBytesMax: number;
  /** As in grpc-encoding. */
  readonly encoding: string;
  /** Told of the bytes that a message in parts takes, and of their end. */
  readonly hold: (bytes: number) => void;
}

export class MessageCutter {
  readonly #options: MessageCutterOptions;
  /** A message in parts, its prefix included: `#filled` bytes of it have come. */
  #partial: Buffer | undefined;
  #filled = 0;
  #wholeBytes = prefixBytes;

  constructor(options: MessageCutterOptions) {
    this.#options = options;
  }

  /** A message has begun and is not whole. */
  get isInside(): boolean {
    return this.#partial !== undefined;
  }

  /** Calls `take` with each message that is whole now. Returns what is wrong with the data. */
  push(chunk: Buffer, take: (message: Buffer) => void): Failure | undefined {
    let at = 0;
    while (at < chunk.length) {
      if (this.#partial === undefined) {
        const rest = chunk.length - at;
        const length = rest >= prefixBytes ? chunk.readUInt32BE(at + 1) : Infinity;
        if (rest >= prefixBytes + length) {
          const failure = this.#check(chunk[at]!, length);
          if (failure !== undefined) return failure;
          take(chunk.subarray(at + prefixBytes, at + prefixBytes + length));
          at += prefixBytes + length;
          continue;
        }
        this.#begin();
      }
      const end = Math.min(chunk.length, at + this.#wholeBytes - this.#filled);
      this.#add(chunk, at, end);
      at = end;
      const failure = this.#advance(take);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  #begin(): void {
    this.#partial = Buffer.allocUnsafe(firstRoomBytes);
    this.#options.hold(firstRoomBytes);
    this.#filled = 0;
    this.#wholeBytes = prefixBytes;
  }

  #add(chunk: Buffer, from: number, to: number): void {
    const partial = this.#partial!;
    const needed = this.#filled + to - from;
    if (needed > partial.length) {
      const roomBytes = Math.min(Math.max(needed, 2 * partial.length), this.#wholeBytes);
      const larger = Buffer.allocUnsafe(roomBytes);
      partial.copy(larger, 0, 0, this.#filled);
      this.#options.hold(roomBytes - partial.length);
      this.#partial = larger;
    }
    chunk.copy(this.#partial!, this.#filled, from, to);
    this.#filled = needed;
  }

  #advance(take: (message: Buffer) => void): Failure | undefined {
    if (this.#filled < this.#wholeBytes) return undefined;
    const partial = this.#partial!;
    if (this.#wholeBytes === prefixBytes) {
      const length = partial.readUInt32BE(1);
      const failure = this.#check(partial[0]!, length);
      if (failure !== undefined) return failure;
      this.#wholeBytes = prefixBytes + length;
      if (length > 0) return undefined;
    }
    this.#partial = undefined;
    this.#options.hold(-partial.length);
    take(partial.subarray(prefixBytes, this.#wholeBytes));
    return undefined;
  }

  /** The texts are grpc-go's. */
  #check(compressed: number, length: number): Failure | undefined {
    const { encoding, messageBytesMax } = this.#options;
    if (compressed !== 0) {
      if (compressed !== 1) {
        const message = `grpc: received unexpected payload format ${compressed}`;
        return { kind: 'failure', code: 13, message };
      }
      return encoding === '' || encoding === 'identity'
        ? {
            kind: 'failure',
            code: 13,
            message: 'grpc: compressed flag set with identity or empty encoding',
          }
        : {
            kind: 'failure',
            code: 12,
            message: `grpc: Decompressor is not installed for grpc-encoding "${encoding}"`,
          };
    }
    if (length <= messageBytesMax) return undefined;
    const message = `grpc: received message larger than max (${length} vs. ${messageBytesMax})`;
    return { kind: 'failure', code: 8, message };
  }
}
