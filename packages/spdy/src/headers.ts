/**
 * Header blocks: a count, then names and values, each behind its length; compressed as one stream for
 * each direction of a session. Pure.
 */
import { SpdyError } from './error.ts';
import { createInflater } from './inflate.ts';

/** Lower-case names. */
export type Headers = ReadonlyMap<string, string>;

/** Bounds what a client makes the server hold, however well it compresses. */
const blockBytesMax = 16 * 1024;

export interface HeaderDecoder {
  /** Blocks must come in the order in which they were sent. @throws SpdyError */
  decode(block: Uint8Array): Headers;
}

export function createHeaderDecoder(): HeaderDecoder {
  const inflater = createInflater({ bytesMax: blockBytesMax });
  return { decode: (block) => parseHeaders(inflater.inflate(block)) };
}

function parseHeaders(bytes: Buffer): Headers {
  let position = 0;
  const number = (): number => {
    if (position + 4 > bytes.length) throw new SpdyError('headers are cut off');
    const value = bytes.readUInt32BE(position);
    position += 4;
    return value;
  };
  const text = (): string => {
    const length = number();
    if (position + length > bytes.length) throw new SpdyError('headers are cut off');
    position += length;
    return bytes.toString('latin1', position - length, position);
  };
  const headers = new Map<string, string>();
  for (let left = number(); left > 0; left--) {
    const name = text().toLowerCase();
    if (name === '' || headers.has(name))
      throw new SpdyError(`header "${name}" may not come twice`);
    headers.set(name, text());
  }
  if (position !== bytes.length) throw new SpdyError('headers are longer than they say');
  return headers;
}

export interface HeaderEncoder {
  encode(headers: Headers): Buffer;
}

/** Begins a zlib stream without a dictionary. */
const zlibHeader = Buffer.of(0x78, 0x01);
/** An empty stored block: what is before it is not held back by the one who reads. */
const flush = Buffer.of(0, 0, 0, 0xff, 0xff);
const storedBytesMax = 0xffff;

/** Stores instead of compressing, which every inflater reads: a server's headers are few and short. */
export function createHeaderEncoder(): HeaderEncoder {
  let hasBegun = false;
  return {
    encode: (headers) => {
      const parts: Buffer[] = hasBegun ? [] : [zlibHeader];
      hasBegun = true;
      const plain = formatHeaders(headers);
      for (let from = 0; from < plain.length; from += storedBytesMax) {
        parts.push(stored(plain.subarray(from, from + storedBytesMax)));
      }
      return Buffer.concat([...parts, flush]);
    },
  };
}

function stored(bytes: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt16LE(bytes.length, 1);
  head.writeUInt16LE(bytes.length ^ 0xffff, 3);
  return Buffer.concat([head, bytes]);
}

function formatHeaders(headers: Headers): Buffer {
  const number = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const parts = [number(headers.size)];
  for (const pair of headers) {
    for (const text of pair) {
      const bytes = Buffer.from(text, 'latin1');
      parts.push(number(bytes.length), bytes);
    }
  }
  return Buffer.concat(parts);
}
