/** `node --run sim`: runs the simulation and says which seeds break a property; see the usage below. */
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { etcdMutants, raftMutants, type Mutant } from '../raft/mutants.ts';
import { fuzz, fuzzers, type FuzzerName } from './fuzz/fuzz.ts';
import { runMany } from './many.ts';
import type { Schedule, WorldName } from './schedule.ts';
import { shrink } from './shrink.ts';
import type { RunResult } from './world.ts';
import { worlds } from './worlds.ts';

const usage = `Runs whole members under seeded faults, and checks Raft and etcd on every step.
A failing seed is made smaller, and the command that repeats it printed.

  node --run sim -- [flags]

  --world W     raft (registers; the default) or etcd (whole stores)
  --seeds N     how many seeds (1000)
  --seed S      the first one (1); with --seeds 1 a single run is repeated
  --ticks T     simulated heartbeats under faults (the world's own number)
  --mutant M    puts in a known bug, to see it caught: ${[...raftMutants, ...etcdMutants].join(', ')}
  --threads K   as many as there are processors
  --replay F    runs the schedule in a file that an earlier run has written
  --no-shrink   prints failing seeds as they are
  --fuzz W      fuzzes ${Object.keys(fuzzers).join(', ')} instead, --seeds N times

  node --run sim                                              1000 seeds of Raft
  node --run sim -- --world etcd --seed 7 --seeds 1           one seed of whole stores
  node --run sim -- --mutant ${raftMutants[0]} --seeds 100
  node --run sim -- --fuzz wal --seeds 500`;

const say = (line: string) => process.stdout.write(`${line}\n`);
/** Of the first failing seed only: the others are often the same bug. */
const shrinkRunsMax = 500;

function readOptions() {
  const { values } = parseArgs({
    options: {
      world: { type: 'string', default: 'raft' },
      seeds: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      ticks: { type: 'string' },
      threads: { type: 'string' },
      mutant: { type: 'string' },
      replay: { type: 'string' },
      'no-shrink': { type: 'boolean', default: false },
      fuzz: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const count = (name: string, text: string): number => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value > 0) return value;
    throw new Error(`--${name} is '${text}', but must be a whole number above 0`);
  };
  const oneOf = <Name extends string>(name: string, text: string, names: readonly Name[]): Name => {
    if (names.includes(text as Name)) return text as Name;
    throw new Error(`--${name} is '${text}', but must be one of ${names.join(', ')}`);
  };
  const { mutant, ticks, threads } = values;
  return {
    world: oneOf('world', values.world, Object.keys(worlds) as WorldName[]),
    seeds: count('seeds', values.seeds),
    firstSeed: count('seed', values.seed),
    ticks: ticks === undefined ? undefined : count('ticks', ticks),
    mutant:
      mutant === undefined
        ? undefined
        : oneOf<Mutant>('mutant', mutant, [...raftMutants, ...etcdMutants]),
    threads: threads === undefined ? undefined : count('threads', threads),
    replay: values.replay,
    shrinks: !values['no-shrink'],
    wantsHelp: values.help,
    fuzzer:
      values.fuzz === undefined
        ? undefined
        : oneOf('fuzz', values.fuzz, Object.keys(fuzzers) as FuzzerName[]),
  };
}

type Options = ReturnType<typeof readOptions>;

async function runSeeds(options: Options): Promise<void> {
  const started = performance.now();
  const { seeds, violations, totals } = await runMany(options);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  const counts = Object.entries(totals).map(([name, count]) => `${count} ${name}`);
  say(`${seeds} seeds in ${seconds} s: ${counts.join(', ')}, ${violations.length} violations`);
  for (const [at, result] of violations.entries()) {
    say(`seed ${result.seed}: ${result.violation}`);
    if (at > 0 || !options.shrinks) say(`  again: ${commandOf(options, result.seed)}`);
    else await shrinkAndSay(options, result);
  }
  if (violations.length > 0) process.exitCode = 1;
}

function commandOf({ world, ticks, mutant }: Options, seed: number): string {
  const more = [
    ...(ticks === undefined ? [] : [`--ticks ${ticks}`]),
    ...(mutant === undefined ? [] : [`--mutant ${mutant}`]),
  ];
  return ['node --run sim --', `--world ${world} --seed ${seed} --seeds 1`, ...more].join(' ');
}

async function shrinkAndSay(options: Options, { seed, violation }: RunResult): Promise<void> {
  const world = worlds[options.world];
  const ticks = options.ticks ?? world.ticks;
  const schedule = world.plan({ seed, ticks, mutant: options.mutant });
  const shrunk = await shrink({
    world,
    schedule,
    violation: violation!,
    runsMax: shrinkRunsMax,
  });
  const file = join(tmpdir(), `drydock-sim-${world.name}-${seed}.json`);
  writeFileSync(file, `${JSON.stringify(shrunk.schedule, undefined, 2)}\n`);
  const size = ({ faults, ticks: time, clients }: Schedule) =>
    `${faults.length} faults, ${time} ticks, ${clients} clients`;
  say(`  shrunk in ${shrunk.runs} runs from ${size(schedule)} to ${size(shrunk.schedule)}:`);
  for (const { at, kind, target } of shrunk.schedule.faults) say(`    ${at} ms ${kind} ${target}`);
  say(`    ${shrunk.violation}`);
  say(`  again: node --run sim -- --replay ${file}`);
}

async function replay(file: string): Promise<void> {
  let schedule: Schedule;
  try {
    schedule = JSON.parse(readFileSync(file, 'utf8')) as Schedule;
  } catch (error) {
    throw new Error(`--replay: ${file} holds no schedule: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const world = worlds[schedule.world];
  if (world === undefined || !Array.isArray(schedule.faults)) {
    throw new Error(`--replay: ${file} holds no schedule of a world that there is`);
  }
  const { violation, atMillis } = await world.run(schedule);
  say(violation === undefined ? 'no violation' : `at ${atMillis.toFixed(1)} ms: ${violation}`);
  if (violation !== undefined) process.exitCode = 1;
}

async function runFuzzer(name: FuzzerName, { firstSeed, seeds }: Options): Promise<void> {
  const done = await fuzz(name, { firstSeed, isOver: (count) => count >= seeds });
  say(`${done} seeds of ${name}: nothing found`);
}

try {
  const options = readOptions();
  if (options.wantsHelp) say(usage);
  else if (options.fuzzer !== undefined) await runFuzzer(options.fuzzer, options);
  else if (options.replay === undefined) await runSeeds(options);
  else await replay(options.replay);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
