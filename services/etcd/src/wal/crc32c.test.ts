import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32c } from './crc32c.ts';

const ascii = (text: string) => new TextEncoder().encode(text);

test.each([
  ['nothing', new Uint8Array(0), 0],
  ['the check value of the catalogue', ascii('123456789'), 0xe3069283],
  ['32 zeros (RFC 3720 B.4)', new Uint8Array(32), 0x8a9136aa],
  ['32 ones (RFC 3720 B.4)', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['0 to 31 (RFC 3720 B.4)', Uint8Array.from({ length: 32 }, (_, at) => at), 0x46dd794e],
])('the sum of %s', (_what, bytes, sum) => {
  expect(crc32c(0, bytes)).toBe(sum);
});

test('chained over parts it is the sum of the whole', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, at) => {
      const cut = Math.min(at, bytes.length);
      const chained = crc32c(crc32c(0, bytes, 0, cut), bytes, cut);
      expect(chained).toBe(crc32c(0, bytes));
    }),
  );
});
