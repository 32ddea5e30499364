import { describe, expect, test } from 'vitest';
import { runMany } from '../sim/many.ts';
import { runSeed } from '../sim/run.ts';
import { mutants } from './mutants.ts';

const ticks = 150;
/** The rarest bug shows first at about a fifth of this. */
const seedsToCatch = 400;

test('1,000 seeds of faults break no property of Raft, lose no acknowledged write, show no stale read', async () => {
  const { seeds, violations, totals } = await runMany({ firstSeed: 1, seeds: 1_000, ticks });
  expect(violations.map(({ seed, violation }) => `seed ${seed}: ${violation}`)).toEqual([]);
  expect(seeds).toBe(1_000);
  // The runs are worth something only if much happened in them.
  expect(totals.elections).toBeGreaterThan(10_000);
  expect(totals.crashes).toBeGreaterThan(5_000);
  expect(totals.writes).toBeGreaterThan(50_000);
  expect(totals.reads).toBeGreaterThan(50_000);
  expect(totals.snapshots).toBeGreaterThan(300);
});

test('a run is a function of its seed', async () => {
  const first = await runSeed({ seed: 42, ticks });
  expect(await runSeed({ seed: 42, ticks })).toEqual(first);
});

describe('a known bug is caught', () => {
  test.each(mutants)('%s', async (mutant) => {
    const { violations } = await runMany({
      firstSeed: 1,
      seeds: seedsToCatch,
      ticks,
      mutant,
      stopAtViolation: true,
    });
    expect(violations.length).toBeGreaterThan(0);
  });
});
