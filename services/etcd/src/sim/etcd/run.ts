/**
 * One run of the world of etcd: a function of its schedule.
 *
 * Whole members but for their sockets serve clients and watchers under faults. While it goes on, the
 * properties of Raft and the one history of all members are checked; at the end also that members hold
 * the same, that the clients' history is linearizable, and that watchers got what they were promised.
 */
import { createSeededRandom, type Random } from '@drydock/ports';
import {
  checkLinearizable,
  checkWatch,
  createKvModel,
  type KvInput,
  type KvOutput,
  type Operation,
} from '@drydock/testing/linearizability';
import { isJoint, membersOf } from '../../raft/configuration.ts';
import { createChecker } from '../checker.ts';
import { startFaults } from '../faults.ts';
import { drawFaults, tickMillis, type Schedule } from '../schedule.ts';
import { Violation } from '../violation.ts';
import type { RunResult, World } from '../world.ts';
import { startEtcdClients } from './clients.ts';
import {
  contextOf,
  createEtcdWorld,
  type EtcdMember,
  type EtcdWorld,
  type EtcdWorldOptions,
} from './cluster.ts';
import { createOracle } from './oracle.ts';
import { startWatchers } from './watchers.ts';

const recoveryMillis = 60_000;
/** For watchers to be sent what is left. */
const quietMillis = 3_000;
const clients = 6;
const ticks = 150;

export const etcdWorld: World = {
  name: 'etcd',
  ticks,
  clients,
  plan: ({ seed, ticks: time, mutant }) => ({
    world: 'etcd',
    seed,
    ticks: time,
    clients,
    mutant,
    onlyShortReigns: false,
    faults: drawFaults(createSeededRandom(seed), { ticks: time }),
  }),
  run,
};

function worldOptions(
  random: Random,
  schedule: Schedule,
): Omit<EtcdWorldOptions, 'oracle' | 'onRemoved'> {
  return {
    random: createSeededRandom(random.uint32()),
    size: random.pick([3, 3, 5]),
    mutant: schedule.mutant,
    messageBytesMax: random.pick([120, 600]),
    inflightMax: random.pick([1, 2, 8]),
    electionTimeout: random.pick([500, 1_000]),
    heartbeatInterval: 100,
    preVote: schedule.seed % 8 !== 0,
    snapshotCount: random.pick([10, 50]),
    catchUpEntries: random.pick([5, 20]),
  };
}

async function run(schedule: Schedule): Promise<RunResult> {
  const random = createSeededRandom(schedule.seed ^ 0x5eed);
  const found: Violation[] = [];
  const report = (violation: Violation) => void found.push(violation);
  const checker = createChecker();
  const world = createEtcdWorld({
    ...worldOptions(random, schedule),
    oracle: () => oracle,
    onRemoved: (id) => faults.retire(id),
  });
  const { members } = world;
  const { scheduler } = members;
  const oracle = createOracle(() => scheduler.now, report);
  for (const member of members.members) members.start(member);
  const seeds = { clients: random.uint32(), watchers: random.uint32(), faults: random.uint32() };
  const driving = startEtcdClients({
    world,
    oracle,
    seed: seeds.clients,
    count: schedule.clients,
    mutant: schedule.mutant,
    report,
  });
  const watchers = startWatchers({
    world,
    oracle,
    seed: seeds.watchers,
    count: Math.ceil(schedule.clients / 2),
  });
  const faults = startFaults({ group: members, schedule, seed: seeds.faults, contextOf });

  let steps = 0;
  const proceed = async (end: number, isDone: () => boolean) => {
    while (found.length === 0 && !isDone() && (await scheduler.step(end))) {
      steps++;
      faults.afterStep();
      checker.afterStep(members.members);
    }
  };
  try {
    await proceed(schedule.ticks * tickMillis, () => false);
    faults.stop();
    driving.stop();
    watchers.settle();
    await proceed(scheduler.now + recoveryMillis, () => hasConverged(world));
    if (found.length === 0 && !hasConverged(world)) {
      throw new Violation('no recovery: the members did not agree within a minute without faults');
    }
    await proceed(scheduler.now + quietMillis, () => false);
    // Leases end meanwhile: members are compared at a moment when all have applied the same.
    await proceed(scheduler.now + recoveryMillis, () => hasConverged(world));
    watchers.complete(configured(world) ?? []);
    if (found.length === 0) await checkMembers(world);
    if (found.length === 0) checkHistory(driving.operations, oracle.history);
    if (found.length === 0) checkWatchers(watchers.records, oracle);
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    report(error);
  }
  const events = watchers.records.flatMap(({ responses }) =>
    responses.map((response) => (response.kind === 'events' ? response.events.length : 0)),
  );
  return {
    seed: schedule.seed,
    violation: found[0]?.message,
    atMillis: scheduler.now,
    counts: {
      steps,
      elections: checker.elections,
      commits: checker.commits,
      revisions: oracle.history.last,
      operations: driving.operations.length,
      reads: driving.reads,
      leases: oracle.leasesEnded,
      watchers: watchers.records.length,
      events: events.reduce((sum, count) => sum + count, 0),
      ...faults.counts,
    },
  };
}

/** Members of the present configuration, as far as they run. */
function configured({ members }: EtcdWorld): EtcdMember[] | undefined {
  const configuration = members.leader()?.raft?.status().configuration;
  if (configuration === undefined || isJoint(configuration)) return undefined;
  return membersOf(configuration).map((id) => members.members[id - 1]!);
}

function hasConverged(world: EtcdWorld): boolean {
  const leader = world.members.leader()?.machine;
  const all = configured(world);
  if (leader === undefined || all === undefined) return false;
  return all.every(
    ({ machine }) =>
      machine?.appliedIndex === leader.appliedIndex &&
      machine.store.revision === leader.store.revision,
  );
}

/** Keys, revisions, leases and what hangs on them are the same everywhere. */
async function checkMembers(world: EtcdWorld): Promise<void> {
  const atOneMoment = (configured(world) ?? []).map(({ id, machine }) => {
    const { store, lessor } = machine!;
    const leases = Array.from(lessor.all(), ({ id: lease, keys }) =>
      JSON.stringify([String(lease), [...keys].sort()]),
    ).sort();
    return { id, machine: machine!, revision: store.revision, leases };
  });
  const states: { id: number; text: string }[] = [];
  for (const { id, machine, revision, leases } of atOneMoment) {
    await whileTimePasses(world, machine.persist());
    const summed = await machine.hash(revision);
    states.push({ id, text: JSON.stringify({ hash: summed?.hash, revision, leases }) });
  }
  const other = states.find(({ text }) => text !== states[0]!.text);
  if (other === undefined) return;
  throw new Violation(`equal members: ${other.id} has ${other.text}, another ${states[0]!.text}`);
}

async function whileTimePasses({ members }: EtcdWorld, done: Promise<void>): Promise<void> {
  const progress = { isDone: false };
  void done.then(() => (progress.isDone = true));
  while (!progress.isDone) await members.scheduler.step();
}

function checkHistory(
  operations: readonly Operation<KvInput, KvOutput>[],
  history: ReturnType<typeof createOracle>['history'],
): void {
  const verdict = checkLinearizable(operations, createKvModel(history));
  if (verdict.kind === 'linearizable') return;
  if (verdict.kind === 'gave-up') throw new Violation('linearizability: too hard to decide');
  const { order, stuck, state } = verdict;
  throw new Violation(
    `linearizability: after ${order.length} operations the store is ${state}, and none of these can ` +
      `follow: ${stuck.map(({ input, output }) => JSON.stringify({ input, output })).join('; ')}`,
  );
}

function checkWatchers(
  records: ReturnType<typeof startWatchers>['records'],
  { history, compactRevision, compactions }: ReturnType<typeof createOracle>,
): void {
  for (const record of records) {
    const [problem] = checkWatch(record, {
      history,
      compactRevision,
      deletesForgottenAt: compactions,
    });
    if (problem !== undefined) throw new Violation(`watch ${problem}`);
  }
}
