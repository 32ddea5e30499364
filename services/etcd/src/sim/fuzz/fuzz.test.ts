import { expect, test, vi } from 'vitest';
import { fuzz } from './fuzz.ts';
import { fuzzHandlers } from './handlers.ts';
import { fuzzWal } from './wal.ts';

// Busy machines take their time.
vi.setConfig({ testTimeout: 60_000 });

const count = (total: number) => ({ firstSeed: 1, isOver: (done: number) => done >= total });

test('a log that was damaged is opened, or refused by name; what is read was written', async () => {
  expect(await fuzz('wal', count(400))).toBe(400);
  const outcomes = await Promise.all(Array.from({ length: 60 }, (_, seed) => fuzzWal(seed)));
  expect(new Set(outcomes)).toEqual(new Set(['opened', 'refused']));
});

test('bytes that nobody wrote are read, or refused by the codec itself', async () => {
  expect(await fuzz('codecs', count(5_000))).toBe(5_000);
});

test('odd requests of every RPC neither stop nor stall a member, nor harm its store', async () => {
  expect(await fuzz('handlers', count(3))).toBe(3);
  expect((await fuzzHandlers(99, 200)).answered).toBeGreaterThan(50);
});
