import { expect, test } from 'vitest';
import { warningHeaders } from './warning-headers.ts';

test('a text is told once, quoted, and without what a header cannot carry', () => {
  expect(warningHeaders(['use "b"', '', 'use "b"', 'a\\b\nä'])).toEqual([
    '299 - "use \\"b\\""',
    '299 - "a\\\\b??"',
  ]);
});

test('four thousand characters are told whole, more are cut to 256 each', () => {
  const texts = (count: number) => Array.from({ length: count }, (_, n) => `${n}`.padEnd(512, '.'));
  const inner = (headers: string[]) => headers.map((header) => header.slice(7, -1));
  expect(inner(warningHeaders(texts(8)))).toEqual(texts(8));
  const cut = inner(warningHeaders(texts(20)));
  expect(cut).toEqual(texts(16).map((text) => text.slice(0, 256)));
});
