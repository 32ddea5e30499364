/**
 * Header compression (RFC 7541), as far as a gRPC server needs it: a whole decoder with its dynamic
 * table, and an encoder that uses none, so that blocks can be made once and sent on any connection.
 */
import { huffmanDecode } from './huffman.ts';
import { Http2Error } from './http2-error.ts';

/** Appendix A; the position is the index. */
const staticTable: readonly (readonly [string, string])[] = (
  ':authority|:method GET|:method POST|:path /|:path /index.html|:scheme http|:scheme https|' +
  ':status 200|:status 204|:status 206|:status 304|:status 400|:status 404|:status 500|' +
  'accept-charset|accept-encoding gzip, deflate|accept-language|accept-ranges|accept|' +
  'access-control-allow-origin|age|allow|authorization|cache-control|content-disposition|' +
  'content-encoding|content-language|content-length|content-location|content-range|content-type|' +
  'cookie|date|etag|expect|expires|from|host|if-match|if-modified-since|if-none-match|if-range|' +
  'if-unmodified-since|last-modified|link|location|max-forwards|proxy-authenticate|' +
  'proxy-authorization|range|referer|refresh|retry-after|server|set-cookie|' +
  'strict-transport-security|transfer-encoding|user-agent|vary|via|www-authenticate'
)
  .split('|')
  .map((entry) => {
    const space = entry.indexOf(' ');
    return space < 0 ? [entry, ''] : [entry.slice(0, space), entry.slice(space + 1)];
  });

/** What an entry costs beside its characters (4.1). */
const entryOverheadBytes = 32;
const tableBytesMax = 4096;
const headerListBytesMax = 64 * 1024;

export type HeaderVisitor = (name: string, value: string) => void;

export class HpackDecoder {
  /** Newest last; `#first` is the oldest that is still in. */
  #names: string[] = [];
  #values: string[] = [];
  #first = 0;
  #bytes = 0;
  #bytesMax = tableBytesMax;
  #block: Buffer = Buffer.alloc(0);
  #at = 0;
  #changes = 0;

  /** Grows with each change of the table: between two equal numbers a block means the same. */
  get changes(): number {
    return this.#changes;
  }

  /** @throws Http2Error: the connection's state is lost then, so it must end. */
  decode(block: Buffer, visit: HeaderVisitor): void {
    this.#block = block;
    this.#at = 0;
    let listBytes = 0;
    while (this.#at < block.length) {
      const first = block[this.#at]!;
      let name: string;
      let value: string;
      if (first >= 0x80) {
        const index = this.#integer(7);
        name = this.#nameAt(index);
        value = this.#valueAt(index);
      } else if (first >= 0x40) {
        name = this.#literalName(6);
        value = this.#string();
        this.#add(name, value);
      } else if (first >= 0x20) {
        if (listBytes > 0) throw new Http2Error('compression', 'the table changes behind a header');
        this.#resize(this.#integer(5));
        continue;
      } else {
        name = this.#literalName(4);
        value = this.#string();
      }
      listBytes += name.length + value.length + entryOverheadBytes;
      if (listBytes > headerListBytesMax)
        throw new Http2Error('enhance-your-calm', 'too many headers');
      visit(name, value);
    }
  }

  #literalName(prefixBits: number): string {
    const index = this.#integer(prefixBits);
    return index === 0 ? this.#string() : this.#nameAt(index);
  }

  #dynamicIndex(index: number): number {
    const at = this.#names.length - (index - staticTable.length);
    if (index === 0 || at < this.#first) {
      throw new Http2Error('compression', `there is no header at index ${index}`);
    }
    return at;
  }

  #nameAt(index: number): string {
    const fixed = staticTable[index - 1];
    return fixed === undefined ? this.#names[this.#dynamicIndex(index)]! : fixed[0];
  }

  #valueAt(index: number): string {
    const fixed = staticTable[index - 1];
    return fixed === undefined ? this.#values[this.#dynamicIndex(index)]! : fixed[1];
  }

  #add(name: string, value: string): void {
    this.#changes++;
    this.#names.push(name);
    this.#values.push(value);
    this.#bytes += name.length + value.length + entryOverheadBytes;
    this.#evict();
  }

  #resize(bytesMax: number): void {
    this.#changes++;
    if (bytesMax > tableBytesMax)
      throw new Http2Error('compression', 'the table may not be so large');
    this.#bytesMax = bytesMax;
    this.#evict();
  }

  #evict(): void {
    while (this.#bytes > this.#bytesMax) {
      const at = this.#first++;
      this.#bytes -= this.#names[at]!.length + this.#values[at]!.length + entryOverheadBytes;
    }
    if (this.#first > 256) {
      this.#names = this.#names.slice(this.#first);
      this.#values = this.#values.slice(this.#first);
      this.#first = 0;
    }
  }

  #integer(prefixBits: number): number {
    const limit = (1 << prefixBits) - 1;
    const start = this.#byte() & limit;
    if (start < limit) return start;
    let value = limit;
    for (let scale = 1; scale <= 128 ** 3; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new Http2Error('compression', 'an integer is too long');
  }

  #byte(): number {
    const byte = this.#block[this.#at++];
    if (byte === undefined) throw new Http2Error('compression', 'a header block ends early');
    return byte;
  }

  #string(): string {
    const isHuffman = (this.#block[this.#at] ?? 0) >= 0x80;
    const length = this.#integer(7);
    const start = this.#at;
    if (length > this.#block.length - start) {
      throw new Http2Error('compression', 'a header is longer than its block');
    }
    this.#at = start + length;
    if (isHuffman) return huffmanDecode(this.#block, start, this.#at);
    return this.#block.toString('latin1', start, this.#at);
  }
}

function writeInteger(value: number, prefixBits: number, flags: number): number[] {
  const limit = (1 << prefixBits) - 1;
  if (value < limit) return [flags | value];
  const bytes = [flags | limit];
  let rest = value - limit;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}

/** A block that changes no table. Values are latin1. */
export function encodeHeaders(headers: readonly (readonly [string, string])[]): Buffer {
  const parts: Buffer[] = [];
  const text = (value: string) => {
    const bytes = Buffer.from(value, 'latin1');
    parts.push(Buffer.from(writeInteger(bytes.length, 7, 0)), bytes);
  };
  for (const [name, value] of headers) {
    const whole = staticTable.findIndex((one) => one[0] === name && one[1] === value);
    if (whole >= 0) {
      parts.push(Buffer.from(writeInteger(whole + 1, 7, 0x80)));
      continue;
    }
    const named = staticTable.findIndex((one) => one[0] === name);
    parts.push(Buffer.from(writeInteger(named + 1, 4, 0)));
    if (named < 0) text(name);
    text(value);
  }
  return Buffer.concat(parts);
}
