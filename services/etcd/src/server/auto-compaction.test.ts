import { createManualClock } from '@drydock/testing/manual-clock';
import { describe, expect, it, vi } from 'vitest';
import { failures, type Failure } from '../mvcc/failure.ts';
import { parseRetention, startAutoCompaction, type AutoCompaction } from './auto-compaction.ts';

const minute = 60_000;
const hour = 60 * minute;
const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn(), child: () => log };

/** A store that makes a revision a minute. */
function start(options: AutoCompaction) {
  const clock = createManualClock();
  const compactions: { minute: number; revision: number }[] = [];
  const state: { isLeader: boolean; failure: Failure | undefined } = {
    isLeader: true,
    failure: undefined,
  };
  startAutoCompaction(options, {
    clock,
    log,
    revision: () => 1 + Math.floor(clock.now() / minute),
    isLeader: () => state.isLeader,
    compact: (revision) => {
      compactions.push({ minute: Math.round(clock.now() / minute), revision });
      return Promise.resolve(state.failure);
    },
  });
  return { clock, compactions, state };
}

describe('periodic compaction', () => {
  it('waits for its retention, then keeps that much and a sample more, each hour (as etcd)', async () => {
    const { clock, compactions } = start({ mode: 'periodic', retention: 3 * hour });
    await clock.advance(5 * hour + 3 * minute);
    expect(compactions).toEqual([
      { minute: 180, revision: 1 },
      { minute: 240, revision: 55 },
      { minute: 300, revision: 115 },
    ]);
  });

  it('comes as often as its retention where that is less than an hour', async () => {
    const { clock, compactions } = start({ mode: 'periodic', retention: 30 * minute });
    await clock.advance(95 * minute);
    expect(compactions.map((one) => one.minute)).toEqual([30, 60, 90]);
    expect(compactions.map((one) => one.revision)).toEqual([1, 28, 58]);
  });

  it('is the work of the leader, and a new one knows the past', async () => {
    const { clock, compactions, state } = start({ mode: 'periodic', retention: hour });
    state.isLeader = false;
    await clock.advance(2 * hour + minute);
    expect(compactions).toEqual([]);
    state.isLeader = true;
    await clock.advance(6 * minute);
    expect(compactions).toEqual([{ minute: 126, revision: 61 }]);
  });

  it('is tried again soon when it fails, and not when someone else has done it', async () => {
    const { clock, compactions, state } = start({ mode: 'periodic', retention: hour });
    state.failure = failures.timeout;
    await clock.advance(66 * minute);
    expect(compactions.map((one) => one.minute)).toEqual([60, 66]);
    state.failure = failures.compacted;
    await clock.advance(59 * minute);
    expect(compactions.map((one) => one.minute)).toEqual([60, 66, 72]);
  });
});

describe('compaction by revision', () => {
  it('keeps the last revisions, every five minutes, and does nothing twice', async () => {
    const { clock, compactions } = start({ mode: 'revision', retention: 7 });
    await clock.advance(16 * minute);
    expect(compactions).toEqual([
      { minute: 10, revision: 4 },
      { minute: 15, revision: 9 },
    ]);
  });
});

describe('a retention', () => {
  it.each([
    ['periodic', '0', 0],
    ['periodic', '2', 2 * hour],
    ['periodic', '1h30m', 90 * minute],
    ['periodic', '72h', 72 * hour],
    ['periodic', '500ms', 500],
    ['revision', '1000', 1_000],
  ] as const)('in mode %s of %s is read as etcd reads it', (mode, text, expected) => {
    expect(parseRetention(mode, text)).toBe(expected);
  });

  it.each([
    ['periodic', '1d'],
    ['periodic', ''],
    ['periodic', '-1h'],
    ['revision', '1h'],
  ] as const)('in mode %s of %s is refused', (mode, text) => {
    expect(() => parseRetention(mode, text)).toThrow('--auto-compaction-retention');
  });
});
