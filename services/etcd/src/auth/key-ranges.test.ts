import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyInterval, KeyRanges, type KeyInterval } from './key-ranges.ts';

/** Every key of up to three letters out of a small alphabet: enough for any order of ends to matter. */
const letters = ['\0', 'a', 'b', 'ÿ'];
const allKeys = letters.flatMap((one) => [
  one,
  ...letters.flatMap((two) => [one + two, ...letters.map((three) => one + two + three)]),
]);
const key = fc.constantFrom(...allKeys.filter((one) => one.length < 3));
const request = fc.record({ key, rangeEnd: fc.oneof(fc.constantFrom('', '\0'), key) });

/** What a key and a range end mean, said without intervals. */
function holds(range: { key: string; rangeEnd: string }, one: string): boolean {
  if (range.rangeEnd === '') return one === range.key;
  return one >= range.key && (range.rangeEnd === '\0' || one < range.rangeEnd);
}

const rangesOf = (all: readonly { key: string; rangeEnd: string }[]) =>
  new KeyRanges(all.map((one) => keyInterval(one.key, one.rangeEnd)));

describe('ranges of keys', () => {
  it('cover a key exactly when one of them holds it', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 6 }), (all) => {
        const ranges = rangesOf(all);
        for (const one of allKeys) {
          const expected = all.some((range) => holds(range, one));
          expect(ranges.covers(keyInterval(one, '')), JSON.stringify(one)).toBe(expected);
        }
      }),
    );
  });

  it('cover a range when every key of it is held, by whichever of them', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 6 }), request, (all, asked) => {
        const keys = allKeys.filter((one) => holds(asked, one));
        const isSensible = asked.rangeEnd === '' || asked.rangeEnd === '\0' || keys.length > 0;
        fc.pre(isSensible);
        const isHeld = keys.every((one) => all.some((range) => holds(range, one)));
        // Ends are among the keys that the model lists, so nothing can begin or end between those.
        expect(rangesOf(all).covers(keyInterval(asked.key, asked.rangeEnd))).toBe(isHeld);
      }),
      { numRuns: 1_000 },
    );
  });

  it('are merged where they overlap or touch, and only there', () => {
    const sizeOf = (...all: KeyInterval[]) => new KeyRanges(all).size;
    expect(sizeOf({ from: 'a', to: 'c' }, { from: 'c', to: 'e' })).toBe(1);
    expect(sizeOf({ from: 'b', to: 'd' }, { from: 'a', to: 'c' })).toBe(1);
    expect(sizeOf({ from: 'a', to: 'c' }, { from: 'c\0', to: 'e' })).toBe(2);
    expect(sizeOf({ from: 'a', to: '' }, { from: 'c', to: 'e' })).toBe(1);
    expect(sizeOf({ from: 'b', to: 'a' })).toBe(0);
  });

  it('cover together what none of them covers alone', () => {
    const ranges = rangesOf([
      { key: 'a', rangeEnd: 'b' },
      { key: 'b', rangeEnd: '' },
      { key: 'b\0', rangeEnd: 'd' },
    ]);
    expect(ranges.covers(keyInterval('a', 'd'))).toBe(true);
    expect(ranges.covers(keyInterval('a', 'd\0'))).toBe(false);
    expect(ranges.covers(keyInterval('a', '\0'))).toBe(false);
  });

  it('cover everything from a key on only by a range without an end', () => {
    expect(rangesOf([{ key: '\0', rangeEnd: '\0' }]).covers(keyInterval('\0', '\0'))).toBe(true);
    expect(rangesOf([{ key: 'b', rangeEnd: '\0' }]).covers(keyInterval('a', '\0'))).toBe(false);
    expect(rangesOf([{ key: 'a', rangeEnd: 'ÿÿÿ' }]).covers(keyInterval('b', '\0'))).toBe(false);
  });

  it('cover a range that ends before it begins when both its ends lie in one of them, as the original', () => {
    const ranges = rangesOf([{ key: 'b', rangeEnd: 'f' }]);
    expect(ranges.covers(keyInterval('d', 'c'))).toBe(true);
    expect(ranges.covers(keyInterval('d', 'b'))).toBe(false);
    expect(ranges.covers(keyInterval('d', 'a'))).toBe(false);
  });
});
