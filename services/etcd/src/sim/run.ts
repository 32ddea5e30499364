/**
 * One run of the world of Raft: a function of its schedule.
 *
 * A cluster of 3 or 5 members works under faults for a while, every property is checked after every
 * step, then the faults end and the cluster must agree again and hold all it acknowledged.
 */
import { createSeededRandom, type Random } from '@drydock/ports';
import { isJoint, membersOf } from '../raft/configuration.ts';
import { createChecker } from './checker.ts';
import { startClients } from './clients.ts';
import { createCluster, type Cluster, type ClusterOptions } from './cluster.ts';
import { startFaults } from './faults.ts';
import { drawFaults, tickMillis, type Schedule } from './schedule.ts';
import { Violation } from './violation.ts';
import type { PlanOptions, RunResult, World } from './world.ts';

const recoveryMillis = 60_000;
/** One seed in five knows no other fault than leaders that die young. */
const shortReignsShare = 0.2;

export const raftWorld: World = {
  name: 'raft',
  ticks: 150,
  clients: 8,
  plan({ seed, ticks, mutant }: PlanOptions): Schedule {
    const random = createSeededRandom(seed);
    const onlyShortReigns = random.chance(shortReignsShare);
    const faults = onlyShortReigns ? [] : drawFaults(random, { ticks });
    return { world: 'raft', seed, ticks, clients: 8, mutant, onlyShortReigns, faults };
  },
  run,
};

function clusterOptions(
  random: Random,
  { seed, onlyShortReigns, mutant }: Schedule,
): ClusterOptions {
  return {
    random: createSeededRandom(random.uint32()),
    size: onlyShortReigns ? 3 : random.pick([3, 3, 5]),
    mutant,
    // Small windows, small messages and quick elections bring out what large ones hide.
    messageBytesMax: onlyShortReigns ? 40 : random.pick([40, 120, 600]),
    inflightMax: random.pick([1, 2, 8]),
    electionTimeout: onlyShortReigns ? 100 : random.pick([500, 500, 1_000]),
    heartbeatInterval: onlyShortReigns ? 20 : 100,
    preVote: seed % 8 !== 0,
    snapshotCount: random.pick([10, 50, 200]),
    catchUpEntries: random.pick([5, 20]),
  };
}

async function run(schedule: Schedule): Promise<RunResult> {
  const random = createSeededRandom(schedule.seed ^ 0x5eed);
  const found: Violation[] = [];
  const report = (violation: Violation) => found.push(violation);
  const checker = createChecker();
  const cluster = createCluster({
    ...clusterOptions(random, schedule),
    onApply: (member, entry) => {
      try {
        checker.onApply(member, entry);
      } catch (error) {
        report(error as Violation);
      }
    },
    onRemoved: ({ id }) => faults.retire(id),
  });
  const { scheduler } = cluster;
  for (const member of cluster.members) cluster.start(member);
  const clients = startClients({
    cluster,
    checker,
    random: createSeededRandom(random.uint32()),
    count: schedule.clients,
    report,
  });
  const faults = startFaults({ group: cluster, schedule, seed: random.uint32() });

  let steps = 0;
  const proceed = async (end: number, isDone: () => boolean) => {
    while (found.length === 0 && !isDone() && (await scheduler.step(end))) {
      steps++;
      faults.afterStep();
      checker.afterStep(cluster.members);
    }
  };
  try {
    await proceed(schedule.ticks * tickMillis, () => false);
    faults.stop();
    clients.stop();
    await proceed(scheduler.now + recoveryMillis, () => hasConverged(cluster, checker.commits));
    if (found.length === 0 && !hasConverged(cluster, checker.commits)) {
      throw new Violation('no recovery: the members did not agree within a minute without faults');
    }
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    report(error);
  }
  return {
    seed: schedule.seed,
    violation: found[0]?.message,
    atMillis: scheduler.now,
    counts: {
      steps,
      elections: checker.elections,
      commits: checker.commits,
      writes: clients.writes,
      reads: clients.reads,
      snapshots: cluster.snapshotsInstalled,
      ...faults.counts,
    },
  };
}

/** All members of the present configuration hold the same. */
function hasConverged(cluster: Cluster, commits: number): boolean {
  const leader = cluster.leader();
  const configuration = leader?.raft?.status().configuration;
  const dump = leader?.machine?.dump();
  if (configuration === undefined || isJoint(configuration)) return false;
  return membersOf(configuration).every((id) => {
    const { machine } = cluster.members[id - 1]!;
    return machine !== undefined && machine.appliedIndex >= commits && machine.dump() === dump;
  });
}
