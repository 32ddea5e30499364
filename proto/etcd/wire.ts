/**
 * The protobuf wire format, as the generated codecs use it: encoding is two passes, the size first
 * and then the bytes into one exact buffer, which measured faster than any growing writer.
 *
 * 1. `number` fields are exact up to 2^53. Beyond, decoding rounds: such a value differs from every
 *    id and revision that a member of ours makes, so it is still told apart. Fields whose 64 bits
 *    clients choose (leases, watches) are `bigint`.
 * 2. Decoded `bytes` are views of the input. Whoever keeps them longer than the call copies them: gRPC
 *    reuses nothing, but a small view pins its whole 64 KiB slab.
 * 3. Malformed input throws WireError and nothing else; unknown fields are skipped.
 */

export class WireError extends Error {
  override readonly name = 'WireError';
  readonly code = 'malformed-message';
}

/** The codec of one message type. */
export interface Codec<Message> {
  /** The full name in the .proto file, as "etcdserverpb.PutRequest". */
  readonly typeName: string;
  /** Fills what is left out with the defaults of proto3. */
  readonly from: (partial: Partial<Message>) => Message;
  readonly encode: (message: Message) => Buffer;
  /** Bytes in the result are views of the input. */
  readonly decode: (bytes: Uint8Array) => Message;
  /** Bytes that `encode` makes. */
  readonly size: (message: Message) => number;
  /** Writes `size` bytes at `at`, and returns the offset behind them. */
  readonly write: (message: Message, into: Buffer, at: number) => number;
}

export const emptyBytes: Uint8Array = new Uint8Array(0);

const two32 = 2 ** 32;
/** Nested messages in one another; protobuf's own limit. */
const depthMax = 100;

export function varintSize(value: number): number {
  if (value < 0) return 10;
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  if (value < 0x10000000) return 4;
  if (value < 0x800000000) return 5;
  if (value < 0x40000000000) return 6;
  if (value < 0x2000000000000) return 7;
  return value < 2 ** 56 ? 8 : value < 2 ** 63 ? 9 : 10;
}

export function writeVarint(value: number, into: Buffer, at: number): number {
  if (value < 0) return writeVarintBig(BigInt(value), into, at);
  let rest = value;
  while (rest >= two32) {
    into[at++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  let low = rest >>> 0;
  while (low >= 0x80) {
    into[at++] = (low & 0x7f) | 0x80;
    low >>>= 7;
  }
  into[at++] = low;
  return at;
}

const smallBig = 0x80n;

export function varintSizeBig(value: bigint): number {
  if (value < 0n) return 10;
  if (value < smallBig) return 1;
  let size = 1;
  for (let rest = value >> 7n; rest > 0n; rest >>= 7n) size++;
  return size;
}

export function writeVarintBig(value: bigint, into: Buffer, at: number): number {
  const unsigned = BigInt.asUintN(64, value);
  let low = Number(unsigned & 0xffffffffn);
  let high = Number(unsigned >> 32n);
  while (high > 0 || low >= 0x80) {
    into[at++] = (low & 0x7f) | 0x80;
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  into[at++] = low;
  return at;
}

export function stringSize(value: string): number {
  return Buffer.byteLength(value, 'utf8');
}

export function lengthDelimitedSize(length: number): number {
  return varintSize(length) + length;
}

export function writeString(value: string, into: Buffer, at: number): number {
  const next = writeVarint(stringSize(value), into, at);
  return next + into.write(value, next, 'utf8');
}

export function writeBytes(value: Uint8Array, into: Buffer, at: number): number {
  const length = value.length;
  const next = writeVarint(length, into, at);
  // A loop beats the call of the built-in for the few bytes that keys have.
  if (length < 24) for (let index = 0; index < length; index++) into[next + index] = value[index]!;
  else into.set(value, next);
  return next + length;
}

/** A cursor over one message. `end` is where the innermost message ends. */
export class Reader {
  readonly bytes: Buffer;
  at = 0;
  end: number;
  #depth = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.length;
  }

  #byte(): number {
    if (this.at >= this.end) throw new WireError('the message ends inside a field');
    return this.bytes[this.at++]!;
  }

  /** Lengths, tags and enums: the low 32 bits of a varint. */
  uint32(): number {
    const first = this.#byte();
    return first < 0x80 ? first : this.#varintRest(first) >>> 0;
  }

  uint64(): number {
    const first = this.#byte();
    return first < 0x80 ? first : this.#varintRest(first);
  }

  int64(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    const start = this.at - 1;
    const value = this.#varintRest(first);
    if (value < 2 ** 63) return value;
    this.at = start;
    return Number(this.int64Big());
  }

  bool(): boolean {
    return this.uint64() !== 0;
  }

  #varintRest(first: number): number {
    let value = first & 0x7f;
    let scale = 128;
    for (let count = 1; count < 10; count++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw new WireError('a varint is longer than ten bytes');
  }

  int64Big(): bigint {
    const first = this.#byte();
    if (first < 0x80) return BigInt(first);
    let value = BigInt(first & 0x7f);
    let shift = 7n;
    for (let count = 1; count < 10; count++) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
      shift += 7n;
    }
    throw new WireError('a varint is longer than ten bytes');
  }

  #span(): number {
    const length = this.uint64();
    if (length > this.end - this.at) throw new WireError('a field is longer than its message');
    return length;
  }

  view(): Uint8Array {
    const length = this.#span();
    if (length === 0) return emptyBytes;
    const from = this.at;
    this.at = from + length;
    return this.bytes.subarray(from, this.at);
  }

  string(): string {
    const length = this.#span();
    const from = this.at;
    this.at = from + length;
    return this.bytes.toString('utf8', from, this.at);
  }

  /** Narrows the cursor to a nested message; returns the end to hand to `leave`. */
  enter(): number {
    const length = this.#span();
    if (++this.#depth > depthMax) throw new WireError('messages are nested too deeply');
    const outer = this.end;
    this.end = this.at + length;
    return outer;
  }

  leave(outerEnd: number): void {
    this.#depth--;
    this.end = outerEnd;
  }

  skip(tag: number): void {
    const wireType = tag & 7;
    if (tag >>> 3 === 0) throw new WireError('a field has the number 0');
    if (wireType === 0) this.uint64();
    else if (wireType === 1) this.#advance(8);
    else if (wireType === 2) this.#advance(this.#span());
    else if (wireType === 5) this.#advance(4);
    else throw new WireError(`a field has the unknown wire type ${wireType}`);
  }

  #advance(count: number): void {
    if (count > this.end - this.at) throw new WireError('the message ends inside a field');
    this.at += count;
  }
}
