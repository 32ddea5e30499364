import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countIndexes, sharedIndex } from './indexes.ts';

describe('counting', () => {
  test.each([
    ['', 0],
    ['0', 1],
    ['1,3-5,7', 5],
    ['+2-4', 3],
  ])('%j', (text, count) => {
    expect(countIndexes(text, 10)).toEqual({ count });
  });

  test.each([
    ['a', 'cannot convert string to integer for index: "a"'],
    ['1-', 'cannot convert string to integer for index: ""'],
    ['1,,2', 'cannot convert string to integer for index: ""'],
    ['10', 'too large index: "10"'],
    ['2-10', 'too large index: "10"'],
    ['3-3', 'non-increasing order, previous: 3, current: 3'],
    ['1-4,3', 'non-increasing order, previous: 4, current: 3'],
    [
      '1-2-3',
      'the fragment "1-2-3" violates the requirement that an index interval can have at most two parts separated by \'-\'',
    ],
  ])('refuses %j', (text, problem) => {
    expect(countIndexes(text, 10)).toEqual({ problem });
  });
});

/** Writes a set as intervals, the longest there are. */
function format(indexes: readonly number[]): string {
  const sorted = indexes.toSorted((a, b) => a - b);
  const intervals: [number, number][] = [];
  for (const index of sorted) {
    const last = intervals.at(-1);
    if (last !== undefined && last[1] === index - 1) last[1] = index;
    else intervals.push([index, index]);
  }
  return intervals.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join();
}

const indexSet = fc.uniqueArray(fc.nat({ max: 40 }));

test('as many indexes are counted as were written', () => {
  fc.assert(
    fc.property(indexSet, (indexes) => {
      expect(countIndexes(format(indexes), 41)).toEqual({ count: indexes.length });
    }),
  );
});

test('the shared index is the first that both sets have', () => {
  fc.assert(
    fc.property(indexSet, indexSet, (left, right) => {
      const both = left.filter((index) => right.includes(index));
      const first = both.length === 0 ? undefined : Math.min(...both);
      expect(sharedIndex(format(left), format(right), 41)).toBe(first);
    }),
  );
});

test('what cannot be read is passed over', () => {
  expect(sharedIndex('a,2-3,99', '-,3', 10)).toBe(3);
});
