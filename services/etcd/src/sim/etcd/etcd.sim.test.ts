import { describe, expect, test } from 'vitest';
import { etcdMutants } from '../../raft/mutants.ts';
import { runMany } from '../many.ts';
import { worlds } from '../worlds.ts';

const world = 'etcd';
const seeds = 80;
/** The rarest bug shows first at about a third of this. */
const seedsToCatch = 120;
const replayOf = (seed: number) => `node --run sim -- --world ${world} --seed ${seed} --seeds 1`;

test('whole stores under faults: one history, linearizable, and watchers get what they were promised', async () => {
  const result = await runMany({ world, firstSeed: 1, seeds });
  const { violations, totals } = result;
  expect(violations.map(({ seed, violation }) => `${replayOf(seed)}: ${violation}`)).toEqual([]);
  expect(result.seeds).toBe(seeds);
  // The runs are worth something only if much happened in them.
  expect(totals['operations']).toBeGreaterThan(10_000);
  expect(totals['events']).toBeGreaterThan(8_000);
  expect(totals['leases']).toBeGreaterThan(200);
  expect(totals['crashes']).toBeGreaterThan(500);
});

test('a run is a function of its seed', async () => {
  const schedule = worlds[world].plan({ seed: 3, ticks: 100 });
  expect(await worlds[world].run(schedule)).toEqual(await worlds[world].run(schedule));
});

describe('a known bug is caught', () => {
  test.each(etcdMutants)('%s', async (mutant) => {
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
