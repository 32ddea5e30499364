import { describe, expect, test } from 'vitest';
import { runMany } from '../sim/many.ts';
import { worlds } from '../sim/worlds.ts';
import { raftMutants } from './mutants.ts';

/** The rarest bug shows first at about a fifth of this. */
const seedsToCatch = 400;
const world = 'raft';
const replayOf = (seed: number) => `node --run sim -- --world ${world} --seed ${seed} --seeds 1`;

test('1,000 seeds of faults break no property of Raft, lose no acknowledged write, show no stale read', async () => {
  const { seeds, violations, totals } = await runMany({ world, firstSeed: 1, seeds: 1_000 });
  expect(violations.map(({ seed, violation }) => `${replayOf(seed)}: ${violation}`)).toEqual([]);
  expect(seeds).toBe(1_000);
  // The runs are worth something only if much happened in them.
  expect(totals['elections']).toBeGreaterThan(10_000);
  expect(totals['crashes']).toBeGreaterThan(5_000);
  expect(totals['writes']).toBeGreaterThan(50_000);
  expect(totals['reads']).toBeGreaterThan(50_000);
  expect(totals['snapshots']).toBeGreaterThan(300);
  expect(totals['pauses']).toBeGreaterThan(1_000);
  expect(totals['damages']).toBeGreaterThan(50);
  expect(totals['replaced']).toBeGreaterThan(30);
  expect(totals['joined']).toBeGreaterThan(200);
});

test('a run is a function of its seed, and a schedule can be written down and read back', async () => {
  const schedule = worlds[world].plan({ seed: 42, ticks: 150 });
  const first = await worlds[world].run(schedule);
  const copy = JSON.parse(JSON.stringify(schedule)) as typeof schedule;
  expect(await worlds[world].run(copy)).toEqual(first);
});

describe('a known bug is caught', () => {
  test.each(raftMutants)('%s', async (mutant) => {
    const { violations } = await runMany({
      world,
      firstSeed: 1,
      seeds: seedsToCatch,
      mutant,
      stopAtViolation: true,
    });
    expect(violations.length).toBeGreaterThan(0);
  });
});
