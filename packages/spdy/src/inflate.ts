/**
 * Decompresses the header blocks of a session, one after the other (RFC 1950 and 1951). Pure.
 *
 * node:zlib inflates a stream that never ends only asynchronously, and then input would be handled
 * out of order or in a queue; here a block is decompressed where it is met.
 *
 * 1. A block gives at most `bytesMax`, whatever it claims: what would give more is an error.
 * 2. Every block ends at a byte's boundary, where its sender flushed.
 * 3. After an error the inflater is of no more use: the blocks build on each other.
 */
import { dictionary } from './dictionary.ts';
import { SpdyError } from './error.ts';

const windowBytes = 32 * 1024;
const bitsMax = 15;

/** A canonical code: how many words there are of each length, and what they mean, in order. */
interface Code {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

const lengthBases = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258,
];
const lengthBits = [
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
const distanceBases = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
  3073, 4097, 6145, 8193, 12289, 16385, 24577,
];
const distanceBits = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function codeOf(lengths: readonly number[]): Code {
  const counts = new Uint16Array(bitsMax + 1);
  for (const length of lengths) counts[length]! += 1;
  counts[0] = 0;
  let free = 1;
  for (let bits = 1; bits <= bitsMax; bits++) {
    free = free * 2 - counts[bits]!;
    if (free < 0) throw new SpdyError('a header block has a code with too many words');
  }
  const offsets = new Uint16Array(bitsMax + 2);
  for (let bits = 1; bits <= bitsMax; bits++) offsets[bits + 1] = offsets[bits]! + counts[bits]!;
  const symbols = new Uint16Array(lengths.length);
  for (const [symbol, length] of lengths.entries()) {
    if (length > 0) symbols[offsets[length]!++] = symbol;
  }
  return { counts, symbols };
}

const repeat = (value: number, count: number) => Array.from({ length: count }, () => value);
const fixedLengths = codeOf([
  ...repeat(8, 144),
  ...repeat(9, 112),
  ...repeat(7, 24),
  ...repeat(8, 8),
]);
const fixedDistances = codeOf(repeat(5, 30));

/** What is left of a block, as bits from the lowest of each byte. */
class BitReader {
  readonly #bytes: Uint8Array;
  #position = 0;
  #held = 0;
  #heldBits = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isEmpty(): boolean {
    return this.#position === this.#bytes.length;
  }

  get isAligned(): boolean {
    return this.#heldBits === 0;
  }

  byte(): number {
    if (this.isEmpty) throw new SpdyError('a header block is cut off');
    return this.#bytes[this.#position++]!;
  }

  bits(count: number): number {
    while (this.#heldBits < count) {
      this.#held |= this.byte() << this.#heldBits;
      this.#heldBits += 8;
    }
    const value = this.#held & ((1 << count) - 1);
    this.#held >>>= count;
    this.#heldBits -= count;
    return value;
  }

  /** Drops the rest of a byte of which some bits were read. */
  align(): void {
    this.#held = 0;
    this.#heldBits = 0;
  }

  symbol({ counts, symbols }: Code): number {
    let word = 0;
    let first = 0;
    let index = 0;
    for (let bits = 1; bits <= bitsMax; bits++) {
      word |= this.bits(1);
      const count = counts[bits]!;
      if (word - count < first) return symbols[index + word - first]!;
      index += count;
      first = (first + count) << 1;
      word <<= 1;
    }
    throw new SpdyError('a header block has a word that its code does not know');
  }
}

/** Output behind the window that it may refer to. */
class Output {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  #end: number;

  constructor(window: Uint8Array, bytesMax: number) {
    this.#bytes = new Uint8Array(window.length + bytesMax);
    this.#bytes.set(window);
    this.#start = window.length;
    this.#end = window.length;
  }

  put(byte: number): void {
    if (this.#end === this.#bytes.length) throw new SpdyError('a header block is too large');
    this.#bytes[this.#end++] = byte;
  }

  repeat(distance: number, length: number): void {
    if (distance > this.#end) throw new SpdyError('a header block refers to what never was');
    for (let count = 0; count < length; count++) this.put(this.#bytes[this.#end - distance]!);
  }

  get window(): Uint8Array {
    return this.#bytes.slice(Math.max(0, this.#end - windowBytes), this.#end);
  }

  get written(): Buffer {
    return Buffer.from(this.#bytes.subarray(this.#start, this.#end));
  }
}

export interface Inflater {
  /** @throws SpdyError */
  inflate(block: Uint8Array): Buffer;
}

export function createInflater({ bytesMax }: { readonly bytesMax: number }): Inflater {
  let window: Uint8Array = new Uint8Array(0);
  let hasHeader = false;
  return {
    inflate: (block) => {
      const input = new BitReader(block);
      if (!hasHeader) {
        if (readHeader(input)) window = dictionary;
        hasHeader = true;
      }
      const output = new Output(window, bytesMax);
      while (!input.isEmpty) inflateBlock(input, output);
      if (!input.isAligned) throw new SpdyError('a header block is cut off');
      ({ window } = output);
      return output.written;
    },
  };
}

/** Whether the stream begins with the dictionary. */
function readHeader(input: BitReader): boolean {
  const method = input.byte();
  const flags = input.byte();
  if ((method & 0x0f) !== 8 || ((method << 8) | flags) % 31 !== 0) {
    throw new SpdyError('headers are not compressed by zlib');
  }
  if ((flags & 0x20) === 0) return false;
  const id = [input.byte(), input.byte(), input.byte(), input.byte()];
  if (Buffer.from(id).readUInt32BE() !== dictionaryId) {
    throw new SpdyError('headers are compressed with another dictionary than that of SPDY/3');
  }
  return true;
}

const dictionaryId = adler32(dictionary);

function adler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return high * 65_536 + low;
}

function inflateBlock(input: BitReader, output: Output): void {
  if (input.bits(1) === 1) throw new SpdyError('the compression of headers has ended');
  switch (input.bits(2)) {
    case 0:
      return copyStored(input, output);
    case 1:
      return inflateCodes(input, output, { lengths: fixedLengths, distances: fixedDistances });
    case 2:
      return inflateCodes(input, output, readCodes(input));
    default:
      throw new SpdyError('a header block is of an unknown kind');
  }
}

function copyStored(input: BitReader, output: Output): void {
  input.align();
  const length = input.byte() | (input.byte() << 8);
  const complement = input.byte() | (input.byte() << 8);
  if ((length ^ complement) !== 0xffff) throw new SpdyError('a header block has a wrong length');
  for (let count = 0; count < length; count++) output.put(input.byte());
}

function inflateCodes(
  input: BitReader,
  output: Output,
  codes: { readonly lengths: Code; readonly distances: Code },
): void {
  for (;;) {
    const symbol = input.symbol(codes.lengths);
    if (symbol === 256) return;
    if (symbol < 256) {
      output.put(symbol);
      continue;
    }
    const length = valueOf(input, symbol - 257, { bases: lengthBases, bits: lengthBits });
    const distance = valueOf(input, input.symbol(codes.distances), {
      bases: distanceBases,
      bits: distanceBits,
    });
    output.repeat(distance, length);
  }
}

function valueOf(
  input: BitReader,
  index: number,
  { bases, bits }: { readonly bases: readonly number[]; readonly bits: readonly number[] },
): number {
  const base = bases[index];
  if (base === undefined) throw new SpdyError('a header block has an unknown length or distance');
  return base + input.bits(bits[index]!);
}

function readCodes(input: BitReader): { readonly lengths: Code; readonly distances: Code } {
  const lengthCount = input.bits(5) + 257;
  const distanceCount = input.bits(5) + 1;
  const orderCount = input.bits(4) + 4;
  const ofLengths = repeat(0, codeLengthOrder.length);
  for (let index = 0; index < orderCount; index++) {
    ofLengths[codeLengthOrder[index]!] = input.bits(3);
  }
  const code = codeOf(ofLengths);
  const lengths: number[] = [];
  while (lengths.length < lengthCount + distanceCount) {
    const symbol = input.symbol(code);
    if (symbol < 16) lengths.push(symbol);
    else if (symbol === 16) {
      const last = lengths.at(-1);
      if (last === undefined) throw new SpdyError('a header block repeats what never was');
      lengths.push(...repeat(last, input.bits(2) + 3));
    } else {
      lengths.push(...repeat(0, symbol === 17 ? input.bits(3) + 3 : input.bits(7) + 11));
    }
  }
  if (lengths.length > lengthCount + distanceCount) {
    throw new SpdyError('a header block has too many lengths');
  }
  return {
    lengths: codeOf(lengths.slice(0, lengthCount)),
    distances: codeOf(lengths.slice(lengthCount)),
  };
}
