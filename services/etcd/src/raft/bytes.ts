/**
 * Reading and writing of the compact binary forms.
 *
 * Numbers are unsigned LEB128 varints of at most 8 bytes, that is, safe integers (below 2^53);
 * bytes carry their length before them.
 */

/** Bytes that do not decode: damaged, cut off, or of a newer version. */
export class CodecError extends Error {
  override readonly name = 'CodecError';
  readonly code = 'malformed';
}

const varintBytesMax = 8;

/** A growing buffer that is used again and again: `reset` keeps its memory. */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  reset(): void {
    this.#length = 0;
  }

  /** Makes room for `count` bytes and returns the buffer; valid until the next write. */
  #reserve(count: number): Uint8Array {
    const needed = this.#length + count;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    return this.#bytes;
  }

  byte(value: number): void {
    this.#reserve(1)[this.#length++] = value;
  }

  uint32(value: number): void {
    this.setUint32(this.skip(4), value);
  }

  /** Leaves room to be filled in later; returns its offset. */
  skip(count: number): number {
    this.#reserve(count);
    const at = this.#length;
    this.#length += count;
    return at;
  }

  /** Little-endian, at an offset that was written before. */
  setUint32(at: number, value: number): void {
    const bytes = this.#bytes;
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
  }

  varint(value: number): void {
    const bytes = this.#reserve(varintBytesMax);
    let rest = value;
    let at = this.#length;
    while (rest > 0x7fffffff) {
      bytes[at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 0x80) {
      bytes[at++] = rest | 0x80;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    this.#length = at;
  }

  bytes(value: Uint8Array): void {
    this.varint(value.length);
    this.raw(value);
  }

  raw(value: Uint8Array): void {
    this.#reserve(value.length).set(value, this.#length);
    this.#length += value.length;
  }

  /** What was written from `start` on, without a copy: valid until the next write. */
  view(start = 0): Uint8Array {
    return this.#bytes.subarray(start, this.#length);
  }

  copy(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** Every read is checked against the end. Byte fields are views into the source. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
  }

  get offset(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  byte(): number {
    if (this.#at >= this.#end) throw new CodecError(`cut off at byte ${this.#at}`);
    return this.#bytes[this.#at++]!;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < varintBytesMax; count++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
      scale *= 128;
    }
    throw new CodecError(`a number before byte ${this.#at} is too large`);
  }

  bytes(): Uint8Array {
    const length = this.varint();
    if (length > this.remaining) throw new CodecError(`cut off at byte ${this.#at}`);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** A count of things that take at least `bytesEach`: garbage cannot ask for endless memory. */
  count(bytesEach: number): number {
    const count = this.varint();
    if (count * bytesEach > this.remaining) {
      throw new CodecError(`a list before byte ${this.#at} is longer than its bytes`);
    }
    return count;
  }
}
