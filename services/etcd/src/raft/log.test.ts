import { describe, expect, test } from 'vitest';
import { RaftLog } from './log.ts';
import type { Entry } from './types.ts';
import { plainConfiguration } from './configuration.ts';

const entry = (index: number, term: number): Entry => ({
  index,
  term,
  kind: 'data',
  origin: 0,
  sequence: 0,
  data: new Uint8Array(0),
});

/** A log whose durable entries have these terms. */
const logOf = (...terms: number[]) =>
  new RaftLog({
    base: { index: 0, term: 0 },
    entries: terms.map((term, at) => entry(at + 1, term)),
    committed: 0,
    applied: 0,
  });

describe('durability that is reported late', () => {
  test('does not vouch for an entry that has taken the place of the one written', () => {
    const log = logOf(1);
    log.tryAppend({ index: 1, term: 1 }, [entry(2, 1), entry(3, 1)]);
    log.takeUnstable(1);
    log.tryAppend({ index: 1, term: 1 }, [entry(2, 2), entry(3, 2)]);
    log.takeUnstable(2);
    log.persisted(1);
    expect(log.stable).toBe(1);
    log.persisted(2);
    expect(log.stable).toBe(3);
  });

  test('does not do so either when the first leader has come back with the same entries (ABA)', () => {
    const log = logOf(1);
    log.tryAppend({ index: 1, term: 1 }, [entry(2, 1)]);
    log.takeUnstable(1);
    log.tryAppend({ index: 1, term: 1 }, [entry(2, 2)]);
    log.takeUnstable(2);
    log.tryAppend({ index: 1, term: 1 }, [entry(2, 1)]);
    log.takeUnstable(3);
    // What is on the disk now is the entry of the second batch.
    log.persisted(2);
    expect(log.stable).toBe(1);
    log.persisted(3);
    expect(log.stable).toBe(2);
  });
});

describe("taking a leader's entries (5.3)", () => {
  test('an entry below the commit index is never replaced', () => {
    const log = logOf(1, 1, 1);
    log.commitTo(2);
    expect(() => log.tryAppend({ index: 1, term: 1 }, [entry(2, 2)])).toThrow(/below the commit/);
  });

  test('a late, shorter append cuts nothing off', () => {
    const log = logOf(1, 1, 1);
    expect(log.tryAppend({ index: 0, term: 0 }, [entry(1, 1)])).toBe(1);
    expect(log.lastIndex).toBe(3);
  });

  test('the hint is the last entry of a term low enough to match', () => {
    const log = logOf(1, 1, 3, 3, 5);
    expect(log.findHint(5, 4)).toEqual({ index: 4, term: 3 });
    expect(log.findHint(9, 2)).toEqual({ index: 2, term: 1 });
    expect(log.findHint(3, 0)).toEqual({ index: 0, term: 0 });
  });
});

test('nothing is handed out after a snapshot until the snapshot is applied', () => {
  const log = logOf(1);
  const configuration = plainConfiguration([1]);
  log.restore({ index: 10, term: 2, configuration });
  log.tryAppend({ index: 10, term: 2 }, [entry(11, 2)]);
  log.takeUnstable(1);
  log.persisted(1);
  log.commitTo(11);
  expect(log.handCommitted(1_000)).toEqual([]);
  log.appliedTo(10);
  expect(log.handCommitted(1_000)).toEqual([entry(11, 2)]);
});

test('compaction keeps the term of the last entry that it drops', () => {
  const log = logOf(1, 2, 3);
  log.commitTo(3);
  log.handCommitted(1_000);
  log.appliedTo(3);
  log.compact(2);
  expect([log.firstIndex, log.termAt(2), log.termAt(1), log.termAt(3)]).toEqual([
    3,
    2,
    undefined,
    3,
  ]);
});

test('what a number of bytes holds is counted from the newest entry back', () => {
  const log = logOf(1, 1, 1, 1);
  const bytesOfEmpty = 32;
  expect(log.indexWithin(4, 2 * bytesOfEmpty)).toBe(2);
  expect(log.indexWithin(3, 2 * bytesOfEmpty + 1)).toBe(1);
  expect(log.indexWithin(4, 1_000)).toBe(0);
  expect(log.indexWithin(4, 0)).toBe(4);
});
