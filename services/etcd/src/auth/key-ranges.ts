/**
 * A set of keys as ranges that neither overlap nor touch, so that one search tells whether a range is
 * covered by the permissions of several roles together.
 *
 * 1. Keys are byte strings; an empty end is above all of them ("\0" as the end of a request's range).
 * 2. A range counts as covered when it lies in the union of what was added, however it was put together
 *    (the original merges its interval tree in the same way when it looks).
 */
import type { ByteString } from './types.ts';

export interface KeyInterval {
  readonly from: ByteString;
  /** Excluded; empty for no end. */
  readonly to: ByteString;
}

/** The smallest key above this one. */
const after = (key: ByteString): ByteString => `${key}\0`;

const isBelow = (key: ByteString, end: ByteString): boolean => end === '' || key < end;
const laterEnd = (a: ByteString, b: ByteString): ByteString =>
  a === '' || b === '' ? '' : a > b ? a : b;

/**
 * A key and a range end as requests and permissions have them: none for the one key, "\0" for all
 * keys from there on.
 */
export function keyInterval(key: ByteString, rangeEnd: ByteString): KeyInterval {
  if (rangeEnd === '') return { from: key, to: after(key) };
  return { from: key, to: rangeEnd === '\0' ? '' : rangeEnd };
}

export class KeyRanges {
  /** In order, with a gap between any two. */
  readonly #intervals: readonly KeyInterval[];

  constructor(intervals: Iterable<KeyInterval>) {
    const sorted = [...intervals]
      .filter((one) => isBelow(one.from, one.to))
      .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
    const merged: KeyInterval[] = [];
    for (const one of sorted) {
      const last = merged.at(-1);
      const touches = last !== undefined && (last.to === '' || one.from <= last.to);
      if (!touches) merged.push(one);
      else merged[merged.length - 1] = { from: last.from, to: laterEnd(last.to, one.to) };
    }
    this.#intervals = merged;
  }

  get size(): number {
    return this.#intervals.length;
  }

  /** All keys of the interval are in the set. One that ends before it begins is what the original makes of it. */
  covers({ from, to }: KeyInterval): boolean {
    const found = this.#lastFrom(from);
    if (found === undefined || !isBelow(from, found.to)) return false;
    if (to === '') return found.to === '';
    return to > found.from && (found.to === '' || to <= found.to);
  }

  /** The last interval that begins at the key or before. */
  #lastFrom(key: ByteString): KeyInterval | undefined {
    let low = 0;
    let high = this.#intervals.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#intervals[middle]!.from <= key) low = middle + 1;
      else high = middle;
    }
    return this.#intervals[low - 1];
  }
}
