/**
 * What goes wrong in a run: crashes (also in the middle of a sync), partitions, one-way cuts, loss,
 * duplication, reordering, slow and full disks, leaders that hand over. Everything is drawn from the
 * seed.
 */
import type { Random } from '@drydock/ports';
import type { Cluster, Member } from './cluster.ts';

export interface Faults {
  readonly crashes: number;
  /** Ends all faults: everyone is up and connected again. */
  stop(): void;
}

export interface FaultsOptions {
  readonly cluster: Cluster;
  readonly random: Random;
  /** The longest time between two faults. */
  readonly pauseMaxMillis: number;
  /** Nothing but leaders that die within messages of their election. */
  readonly onlyShortReigns: boolean;
}

export function startFaults(options: FaultsOptions): Faults {
  const { cluster, random, pauseMaxMillis, onlyShortReigns } = options;
  const { scheduler, network, members } = cluster;
  const { conditions } = network;
  let stopped = false;
  let crashes = 0;

  const crash = (member: Member, downMillis: number) => {
    if (!member.isUp) return;
    crashes++;
    cluster.crash(member);
    member.disk.failure = undefined;
    scheduler.schedule(downMillis, () => cluster.start(member));
  };

  const crashAtSync = (member: Member) => {
    let syncs = random.between(1, 5);
    member.disk.onSync = () => {
      if (--syncs > 0) return;
      member.disk.onSync = undefined;
      crash(member, random.between(1, 1_500));
    };
  };

  const partition = () => {
    const shuffled = [...members].sort(() => random.float() - 0.5).map(({ id }) => id);
    const at = random.between(1, shuffled.length - 1);
    network.partition([shuffled.slice(0, at), shuffled.slice(at)]);
  };

  const isolateLeader = () => {
    const leader = cluster.leader();
    if (leader === undefined) return;
    network.partition([
      [leader.id],
      members.filter((member) => member !== leader).map(({ id }) => id),
    ]);
  };

  /** Leaders die within a message or two of their election, as in figure 8 of the paper. */
  const crashLeaders = (downMillisMax: number) => {
    cluster.onElected = (leader) => {
      // Some die before anyone hears of their first entry, others after the first answers.
      const reignMillis = random.float() * (random.chance(0.5) ? 1.5 : 10);
      scheduler.schedule(reignMillis, () => crash(leader, random.between(10, downMillisMax)));
    };
    const present = cluster.leader();
    if (present !== undefined) cluster.onElected(present);
  };
  const shortReigns = () => {
    crashLeaders(1_200);
    scheduler.schedule(random.between(1_000, 10_000), () => (cluster.onElected = undefined));
  };

  const fillDisk = (member: Member) => {
    member.disk.failure = 'no-space';
    // Whether or not it noticed, someone frees space and starts it again.
    scheduler.schedule(random.between(50, 500), () => crash(member, random.between(1, 300)));
  };

  const faults: [weight: number, act: () => void][] = [
    [4, () => crash(random.pick(members), random.between(1, 2_500))],
    [3, () => crash(cluster.leader() ?? random.pick(members), random.between(1, 2_500))],
    [4, () => crashAtSync(random.pick(members))],
    [2, () => crashAtSync(cluster.leader() ?? random.pick(members))],
    [1, () => members.forEach((member) => crash(member, random.between(1, 400)))],
    [2, shortReigns],
    [3, partition],
    [3, isolateLeader],
    [2, () => network.cut(random.pick(members).id, random.pick(members).id)],
    [5, () => network.heal()],
    [3, () => Object.assign(conditions, { loss: random.float() * 0.3 })],
    [2, () => Object.assign(conditions, { duplication: random.float() * 0.3 })],
    [2, () => Object.assign(conditions, { lateness: random.float() * 0.3 })],
    [1, () => Object.assign(conditions, { delayMax: random.between(2, 150) })],
    [3, () => Object.assign(conditions, calm)],
    [2, () => (random.pick(members).disk.slowness = random.between(20, 400))],
    [3, () => members.forEach((member) => (member.disk.slowness = 1))],
    [1, () => fillDisk(random.pick(members))],
    [1, handOver],
  ];
  const bag = faults.flatMap(([weight, act]) => Array.from({ length: weight }, () => act));

  function handOver() {
    const to = random.pick(members).id;
    // It may well fail; that is no concern of the run.
    cluster
      .leader()
      ?.replica?.transferLeadership(to)
      .catch(() => undefined);
  }

  const next = () => {
    if (stopped) return;
    random.pick(bag)();
    scheduler.schedule(random.between(10, pauseMaxMillis), next);
  };
  scheduler.schedule(random.between(500, 2_000), onlyShortReigns ? () => crashLeaders(250) : next);

  return {
    get crashes() {
      return crashes;
    },
    stop() {
      stopped = true;
      cluster.onElected = undefined;
      network.heal();
      Object.assign(conditions, calm);
      for (const member of members) {
        member.disk.slowness = 1;
        member.disk.onSync = undefined;
        member.disk.failure = undefined;
        // Who stopped by itself, as with a full disk, is started again.
        if (member.failure !== undefined) crash(member, 1);
        cluster.start(member);
      }
    },
  };
}

const calm = { loss: 0, duplication: 0, lateness: 0, delayMin: 0.5, delayMax: 2 };
