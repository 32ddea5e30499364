import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareNames } from './names.ts';

it('orders names as their UTF-8 bytes are ordered', () => {
  const isSurrogate = (point: number) => point >= 0xd800 && point <= 0xdfff;
  const point = fc.oneof(
    fc.constantFrom(0, 0x61, 0xd7ff, 0xe000, 0xffff, 0x10000),
    fc.integer({ min: 0, max: 0x10ffff }).filter((one) => !isSurrogate(one)),
  );
  const name = fc.array(point, { maxLength: 4 }).map((points) => String.fromCodePoint(...points));
  fc.assert(
    fc.property(name, name, (a, b) => {
      const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
      expect(Math.sign(compareNames(a, b))).toBe(expected);
    }),
    { numRuns: 2_000 },
  );
  expect(['\u{10000}', '\uffff', 'z', 'a'].sort(compareNames)).toEqual([
    'a',
    'z',
    '\uffff',
    '\u{10000}',
  ]);
});
