import { expect, test } from 'vitest';
import { renderLook } from './status.ts';

test('away from a terminal each look is whole, plain and set apart by an empty line', () => {
  expect(renderLook('12:00:00\na\nb', { isTTY: false, rows: 2 })).toBe('12:00:00\na\nb\n\n');
});

test('on a terminal a look takes the place of the one before, as far as there is room', () => {
  expect(renderLook('12:00:00\na\nb', { isTTY: true, rows: 3 })).toBe(
    '\u{1b}[H12:00:00\u{1b}[K\na\u{1b}[K\n\u{1b}[J',
  );
});
