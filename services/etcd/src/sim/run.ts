/**
 * One run of the simulation: a function of its seed.
 *
 * A cluster of 3 or 5 members works under faults for a while, every property is checked after every
 * step, then the faults end and the cluster must agree again and hold all it acknowledged.
 */
import { createSeededRandom } from '@drydock/ports';
import type { Mutant } from '../raft/mutants.ts';
import { createChecker, Violation } from './checker.ts';
import { startClients } from './clients.ts';
import { createCluster, type Cluster } from './cluster.ts';
import { startFaults } from './faults.ts';

export interface RunOptions {
  readonly seed: number;
  /** Simulated time under faults, in heartbeats of 100 ms. */
  readonly ticks: number;
  readonly mutant?: Mutant | undefined;
}

export interface RunResult {
  readonly seed: number;
  readonly violation: string | undefined;
  readonly steps: number;
  readonly commits: number;
  readonly elections: number;
  readonly crashes: number;
  readonly writes: number;
  readonly reads: number;
  /** Installed by members that had fallen behind. */
  readonly snapshots: number;
}

const tickMillis = 100;
const recoveryMillis = 60_000;

export async function runSeed({ seed, ticks, mutant }: RunOptions): Promise<RunResult> {
  const random = createSeededRandom(seed);
  const fork = () => createSeededRandom(random.uint32());
  const found: Violation[] = [];
  const report = (violation: Violation) => found.push(violation);
  const checker = createChecker();
  const onlyShortReigns = random.chance(0.2);
  const cluster = createCluster({
    random: fork(),
    size: onlyShortReigns ? 3 : random.pick([3, 3, 5]),
    mutant,
    // Small windows, small messages and quick elections bring out what large ones hide.
    messageBytesMax: onlyShortReigns ? 40 : random.pick([40, 120, 600]),
    inflightMax: random.pick([1, 2, 8]),
    electionTimeout: onlyShortReigns ? 100 : random.pick([500, 500, 1_000]),
    heartbeatInterval: onlyShortReigns ? 20 : 100,
    snapshotCount: random.pick([10, 50, 200]),
    catchUpEntries: random.pick([5, 20]),
    onApply: (member, entry) => {
      try {
        checker.onApply(member, entry);
      } catch (error) {
        report(error as Violation);
      }
    },
  });
  const { scheduler } = cluster;
  for (const member of cluster.members) cluster.start(member);
  const clients = startClients({ cluster, checker, random: fork(), count: 8, report });
  const faults = startFaults({
    cluster,
    random: fork(),
    pauseMaxMillis: random.pick([200, 400, 800]),
    onlyShortReigns,
  });

  let steps = 0;
  const run = async (end: number, isDone: () => boolean) => {
    while (found.length === 0 && !isDone() && (await scheduler.step(end))) {
      steps++;
      checkFailures(cluster);
      checker.afterStep(cluster.members);
    }
  };
  try {
    await run(ticks * tickMillis, () => false);
    faults.stop();
    clients.stop();
    await run(scheduler.now + recoveryMillis, () => hasConverged(cluster, checker.commits));
    if (found.length === 0 && !hasConverged(cluster, checker.commits)) {
      throw new Violation('no recovery: the members did not agree within a minute without faults');
    }
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    report(error);
  }
  return {
    seed,
    violation: found[0]?.message,
    steps,
    commits: checker.commits,
    elections: checker.elections,
    crashes: faults.crashes,
    writes: clients.writes,
    reads: clients.reads,
    snapshots: cluster.members.reduce((sum, { storage }) => sum + storage.installed, 0),
  };
}

/** A member may stop by itself only for a disk that was made to fail. */
function checkFailures(cluster: Cluster): void {
  for (const { id, failure } of cluster.members) {
    if (failure !== undefined && failure.code !== 'no-space') {
      throw new Violation(`member ${id} stopped: ${failure.message}`);
    }
  }
}

function hasConverged(cluster: Cluster, commits: number): boolean {
  const [first] = cluster.members;
  const dump = first!.machine?.dump();
  return cluster.members.every(
    ({ machine }) =>
      machine !== undefined && machine.appliedIndex >= commits && machine.dump() === dump,
  );
}
