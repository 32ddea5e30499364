/**
 * `node --run sim -- --seeds 1000`: runs the simulation and says which seeds break a property.
 *
 *   --seeds N     how many seeds (1000)
 *   --seed S      the first one (1); with --seeds 1 a single run is repeated
 *   --ticks T     simulated heartbeats under faults (150, that is 15 s)
 *   --mutant M    puts in a known bug (see raft/mutants.ts), to see it caught
 *   --threads K   as many as there are processors
 */
import { parseArgs } from 'node:util';
import { mutants, type Mutant } from '../raft/mutants.ts';
import { runMany } from './many.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

function readOptions() {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      ticks: { type: 'string', default: '150' },
      threads: { type: 'string' },
      mutant: { type: 'string' },
    },
  });
  const count = (name: string, text: string): number => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value > 0) return value;
    throw new Error(`--${name} is '${text}', but must be a whole number above 0`);
  };
  const { mutant } = values;
  if (mutant !== undefined && !mutants.includes(mutant as Mutant)) {
    throw new Error(`--mutant is '${mutant}', but must be one of ${mutants.join(', ')}`);
  }
  return {
    seeds: count('seeds', values.seeds),
    firstSeed: count('seed', values.seed),
    ticks: count('ticks', values.ticks),
    mutant: mutant as Mutant | undefined,
    ...(values.threads === undefined ? {} : { threads: count('threads', values.threads) }),
  };
}

async function main(): Promise<void> {
  const options = readOptions();
  const started = performance.now();
  const { seeds, violations, totals } = await runMany(options);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  say(
    `${seeds} seeds in ${seconds} s: ${totals.steps} steps, ${totals.elections} elections, ` +
      `${totals.crashes} crashes, ${totals.commits} entries committed, ${totals.writes} writes ` +
      `acknowledged, ${totals.reads} reads, ${totals.snapshots} snapshots, ${violations.length} violations`,
  );
  const mutant = options.mutant === undefined ? '' : ` --mutant ${options.mutant}`;
  for (const { seed, violation } of violations) {
    say(`seed ${seed}: ${violation}`);
    say(`  again: node --run sim -- --seed ${seed} --seeds 1 --ticks ${options.ticks}${mutant}`);
  }
  if (violations.length > 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
