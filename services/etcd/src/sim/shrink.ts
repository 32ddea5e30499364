/**
 * A failing schedule becomes a smaller one that breaks the same property: fewer faults (delta
 * debugging, Zeller and Hildebrandt 2002), less time, fewer clients.
 */
import { tickMillis, type Fault, type Schedule } from './schedule.ts';
import { propertyOf } from './violation.ts';
import type { World } from './world.ts';

export interface ShrinkOptions {
  readonly world: World;
  readonly schedule: Schedule;
  readonly violation: string;
  /** Runs to spend. */
  readonly runsMax: number;
}

export interface Shrunk {
  readonly schedule: Schedule;
  readonly violation: string;
  readonly runs: number;
}

export async function shrink(options: ShrinkOptions): Promise<Shrunk> {
  const { world, runsMax } = options;
  const property = propertyOf(options.violation);
  let best = options.schedule;
  let { violation } = options;
  let endMillis = best.ticks * tickMillis;
  let runs = 0;

  const mayRun = () => runs < runsMax;
  /** Whether it still fails; if so it is the best from now on. */
  const fails = async (candidate: Schedule): Promise<boolean> => {
    if (!mayRun()) return false;
    runs++;
    const result = await world.run(candidate);
    if (result.violation === undefined || propertyOf(result.violation) !== property) return false;
    best = candidate;
    violation = result.violation;
    endMillis = Math.min(result.atMillis, candidate.ticks * tickMillis);
    return true;
  };
  const withFaults = (faults: readonly Fault[]): Schedule => ({ ...best, faults });

  const cutTime = async () => {
    const ticks = Math.ceil(endMillis / tickMillis) + 1;
    if (ticks >= best.ticks) return;
    await fails({ ...best, ticks, faults: best.faults.filter(({ at }) => at <= endMillis) });
  };
  const leaveOutFaults = async () => {
    let parts = 2;
    while (best.faults.length > 0 && mayRun()) {
      const size = Math.max(1, Math.ceil(best.faults.length / parts));
      let isSmaller = false;
      for (let from = 0; from < best.faults.length && !isSmaller; from += size) {
        isSmaller = await fails(withFaults(best.faults.toSpliced(from, size)));
      }
      if (isSmaller) parts = Math.max(2, parts - 1);
      else if (size === 1) return;
      else parts = Math.min(best.faults.length, parts * 2);
    }
  };
  const leaveOutClients = async () => {
    for (const clients of [1, 2, 3, 5]) {
      if (clients < best.clients && (await fails({ ...best, clients }))) return;
    }
  };

  // The run itself tells how long it took to fail.
  if (!(await fails(best))) return { schedule: best, violation, runs };
  await cutTime();
  await leaveOutFaults();
  await leaveOutClients();
  await cutTime();
  await leaveOutFaults();
  return { schedule: best, violation, runs };
}
