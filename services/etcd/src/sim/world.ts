/** What the two worlds have in common: a schedule is drawn from a seed, a run from a schedule. */
import type { Mutant } from '../raft/mutants.ts';
import type { Schedule, WorldName } from './schedule.ts';

export interface PlanOptions {
  readonly seed: number;
  readonly ticks: number;
  readonly mutant?: Mutant | undefined;
}

export interface RunResult {
  readonly seed: number;
  readonly violation: string | undefined;
  /** Simulated time at its end. */
  readonly atMillis: number;
  /** What happened in it, to be summed up. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface World {
  readonly name: WorldName;
  /** Of a run, unless told otherwise. */
  readonly ticks: number;
  readonly clients: number;
  plan(options: PlanOptions): Schedule;
  run(schedule: Schedule): Promise<RunResult>;
}
