/**
 * What happens in a run, as data: drawn from a seed, run by `faults.ts`, made smaller by `shrink.ts`,
 * kept in a file to be run again.
 *
 * 1. A run is a function of its schedule, and a schedule of its seed.
 * 2. Faults are independent of each other: any of them may be left out.
 */
import type { Millis, Random } from '@drydock/ports';
import type { Mutant } from '../raft/mutants.ts';

export type WorldName = 'raft' | 'etcd';

/** By kind, how often it is drawn in comparison with the others. */
const weights = {
  crash: 4,
  'crash-leader': 3,
  /** In the middle of a sync. */
  'crash-at-sync': 4,
  'crash-leader-at-sync': 2,
  'crash-all': 1,
  /** Leaders die within messages of their election, for a while. */
  'short-reigns': 2,
  /** The process ends, the machine keeps its power. */
  kill: 2,
  partition: 3,
  'isolate-leader': 3,
  cut: 2,
  heal: 5,
  loss: 3,
  duplication: 2,
  lateness: 2,
  delay: 1,
  'calm-network': 3,
  'slow-disk': 2,
  'fast-disks': 3,
  'full-disk': 1,
  transfer: 2,
  pause: 3,
  'pause-leader': 3,
  /** The clock of a machine gets another pace. */
  drift: 2,
  /** A disk says that syncs are done which are not. */
  'lying-disk': 1,
  /** The machine of a lying disk loses its power. */
  'power-loss': 3,
  'flip-bit': 1,
  'add-learner': 2,
  promote: 2,
  'add-voter': 2,
  remove: 2,
  replace: 2,
  /** One or two voters are replaced at once. */
  joint: 2,
} as const;

export type FaultKind = keyof typeof weights;

export interface Fault {
  readonly at: Millis;
  readonly kind: FaultKind;
  /** Which of the members that there are then, counted round. */
  readonly target: number;
  /** How long it lasts; what that means is the kind's. */
  readonly millis: Millis;
  /** How strong it is, in [0, 1); what that means is the kind's. */
  readonly level: number;
}

export interface Schedule {
  readonly world: WorldName;
  readonly seed: number;
  /** Simulated time under faults, in heartbeats of 100 ms. */
  readonly ticks: number;
  readonly clients: number;
  readonly mutant?: Mutant | undefined;
  /** Nothing but leaders that die young, in quick succession. */
  readonly onlyShortReigns: boolean;
  readonly faults: readonly Fault[];
}

export const tickMillis = 100;

/** Ends what others began: always among those that are drawn. */
const relief: readonly FaultKind[] = ['heal', 'calm-network', 'fast-disks'];

/** How much more often a run has its favourites. */
const favour = 8;

/** Some kinds are left out of each run and two come often, so that rare ones meet each other. */
export function drawFaults(random: Random, options: { ticks: number }): Fault[] {
  const kinds = (Object.keys(weights) as FaultKind[]).filter(
    (kind) => relief.includes(kind) || random.chance(0.6),
  );
  const favourites = [random.pick(kinds), random.pick(kinds)];
  const bag = kinds.flatMap((kind) => {
    const weight = weights[kind] * (favourites.includes(kind) ? favour : 1);
    return Array.from({ length: weight }, () => kind);
  });
  const pauseMax = random.pick([200, 400, 800]);
  const end = options.ticks * tickMillis;
  const faults: Fault[] = [];
  let at = random.between(500, 2_000);
  while (at < end) {
    faults.push({
      at,
      kind: random.pick(bag),
      target: random.between(0, 59),
      millis: random.between(1, 2_500),
      level: random.float(),
    });
    at += random.between(10, pauseMax);
  }
  return faults;
}
