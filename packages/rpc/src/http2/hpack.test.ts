import { describe, expect, it } from 'vitest';
import { encodeHeaders, HpackDecoder } from './hpack.ts';
import { Http2Error } from './http2-error.ts';

const decodeAll = (decoder: HpackDecoder, hex: string) => {
  const headers: string[] = [];
  decoder.decode(Buffer.from(hex, 'hex'), (name, value) => headers.push(`${name}: ${value}`));
  return headers;
};

describe('HPACK', () => {
  it('decodes three requests on one connection, Huffman coded (RFC 7541, C.4)', () => {
    const decoder = new HpackDecoder();
    const common = [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'];
    expect(decodeAll(decoder, '828684418cf1e3c2e5f23a6ba0ab90f4ff')).toEqual(common);
    expect(decodeAll(decoder, '828684be5886a8eb10649cbf')).toEqual([
      ...common,
      'cache-control: no-cache',
    ]);
    expect(decodeAll(decoder, '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf')).toEqual([
      ':method: GET',
      ':scheme: https',
      ':path: /index.html',
      ':authority: www.example.com',
      'custom-key: custom-value',
    ]);
  });

  it('decodes what it encodes', () => {
    const headers = [
      [':status', '200'],
      ['content-type', 'application/grpc'],
      ['grpc-message', 'x'.repeat(300)],
    ] as const;
    const seen: string[][] = [];
    new HpackDecoder().decode(encodeHeaders(headers), (name, value) => seen.push([name, value]));
    expect(seen).toEqual(headers);
  });

  it.each([
    ['an index that is nowhere', 'ff8001'],
    ['index 0', '80'],
    ['a string that ends early', '400a6162'],
    ['wrong Huffman padding', '4081f0ffffff'],
    ['a table larger than agreed', '3fe25f'],
  ])('refuses %s', (_title, hex) => {
    expect(() => decodeAll(new HpackDecoder(), hex)).toThrow(Http2Error);
  });
});
