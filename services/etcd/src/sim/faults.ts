/**
 * Makes the faults of a schedule happen: to processes and machines, to the network, to disks, to the
 * membership.
 */
import { createSeededRandom, type Millis } from '@drydock/ports';
import { membersOf } from '../raft/configuration.ts';
import { createChanges } from './changes.ts';
import { canLose, flipBit, isAnyDamaged } from './damage.ts';
import type { Member, Members } from './members.ts';
import type { Fault, Schedule } from './schedule.ts';
import type { ConfigurationChange } from '../replica/types.ts';
import { Violation } from './violation.ts';

export interface Faults {
  readonly counts: FaultCounts;
  /** Looks after members that stopped. @throws Violation when one had no reason to. */
  afterStep(): void;
  /** A member learnt that it was removed. */
  retire(id: number): void;
  /** Ends all faults: everyone is up and connected again. */
  stop(): void;
}

interface FaultCounts {
  crashes: number;
  pauses: number;
  damages: number;
  /** Members that were replaced because their disk had lost something. */
  replaced: number;
  /** Members that joined after the beginning. */
  joined: number;
}

export interface FaultsOptions<Result, Machine> {
  readonly group: Members<Result, Machine>;
  readonly schedule: Schedule;
  readonly seed: number;
  readonly contextOf?: (change: ConfigurationChange) => Uint8Array;
}

const calm = { loss: 0, duplication: 0, lateness: 0, delayMin: 0.5, delayMax: 2 };
/** How often, and how many times, damage waits for a moment when it may be done. */
const damageRetryMillis = 7;
const damageTries = 200;
const removedPauseMillis = 1_000;

export function startFaults<Result, Machine>(options: FaultsOptions<Result, Machine>): Faults {
  type One = Member<Result, Machine>;
  const { group, schedule } = options;
  const { scheduler, network } = group;
  const { conditions } = network;
  const random = createSeededRandom(options.seed);
  const changes = createChanges(group, options.contextOf);
  const founders = group.members.length;
  const counts: FaultCounts = { crashes: 0, pauses: 0, damages: 0, replaced: 0, joined: 0 };
  let isStopped = false;

  /**
   * Who was removed goes on until a majority of those that stay have known it for a while. Were it to
   * stop before, they might not know, or no longer know after a crash, that the change is committed,
   * and need its vote for ever.
   */
  const retire = (id: number, wasKnown = false): void => {
    const member = group.members[id - 1]!;
    scheduler.schedule(removedPauseMillis, () => {
      const isKnown = isKnownToBeGone(group, id);
      if (!isKnown || !wasKnown) return retire(id, isKnown);
      group.kill(member);
      member.isRetired = true;
    });
  };
  const present = () => group.members.filter(({ isRetired, life }) => !isRetired && life > 0);
  const pick = ({ target }: Fault): One => {
    const members = present();
    return members[target % members.length]!;
  };
  const leaderOr = (fault: Fault) => group.leader() ?? pick(fault);

  const startLater = (member: One, delay: Millis) =>
    scheduler.schedule(delay, () => group.start(member));
  /** A disk that has lied loses its promises with the power: for that there is a fault of its own. */
  const crash = (member: One, downMillis: Millis) => {
    if (!member.isUp) return;
    counts.crashes++;
    if (member.isDamaged) group.kill(member);
    else group.crash(member);
    member.disk.failure = undefined;
    startLater(member, downMillis);
  };
  const crashAtSync = (member: One, { level, millis }: Fault) => {
    let syncs = 1 + Math.floor(level * 5);
    member.disk.onSync = () => {
      if (--syncs > 0) return;
      member.disk.onSync = undefined;
      crash(member, millis * 0.6);
    };
  };
  const pause = (member: One, millis: Millis) => {
    if (!member.isUp) return;
    counts.pauses++;
    const { process } = member;
    process.pause();
    scheduler.schedule(millis, () => process.resume());
  };
  const partition = (first: readonly One[]) => {
    const rest = present().filter((member) => !first.includes(member));
    network.partition([first.map(({ id }) => id), rest.map(({ id }) => id)]);
  };
  /** Leaders die within a message or two of their election, as in figure 8 of the paper. */
  const crashLeaders = (downMillisMax: Millis) => {
    group.onElected = (leader) => {
      // Some die before anyone hears of their first entry, others after the first answers.
      const reignMillis = random.float() * (random.chance(0.5) ? 1.5 : 10);
      scheduler.schedule(reignMillis, () => crash(leader, random.between(10, downMillisMax)));
    };
    const leader = group.leader();
    if (leader !== undefined) group.onElected(leader);
  };

  /** Does it to the member as soon as the others could do without it. */
  const damage = (member: One, run: () => void, tries = damageTries) => {
    if (isStopped || tries === 0) return;
    if (canLose(group, member)) {
      counts.damages++;
      run();
    } else scheduler.schedule(damageRetryMillis, () => damage(member, run, tries - 1));
  };
  const mayDamage = () => {
    const voters = group.leader()?.raft?.status().configuration.voters;
    return voters !== undefined && voters.length > 2 && !isAnyDamaged(group.members, voters);
  };
  const losePower = (member: One, millis: Millis) =>
    damage(member, () => {
      counts.crashes++;
      group.crash(member);
      startLater(member, millis);
    });

  const act = (fault: Fault): void => {
    const { kind, millis, level } = fault;
    const members = present();
    if (changes.make(kind, fault.target)) {
      // Some operators do not wait for the first change before they ask for another.
      if (level < 0.4) changes.make(kind, fault.target + 1);
      return;
    }
    switch (kind) {
      case 'crash':
        return crash(pick(fault), millis);
      case 'crash-leader':
        return crash(leaderOr(fault), millis);
      case 'crash-at-sync':
        return crashAtSync(pick(fault), fault);
      case 'crash-leader-at-sync':
        return crashAtSync(leaderOr(fault), fault);
      case 'crash-all':
        for (const member of members) crash(member, random.between(1, 400));
        return;
      case 'short-reigns':
        crashLeaders(1_200);
        scheduler.schedule(1_000 + millis * 3.6, () => (group.onElected = undefined));
        return;
      case 'kill': {
        const member = pick(fault);
        group.kill(member);
        startLater(member, millis);
        return;
      }
      case 'partition': {
        const shuffled = [...members].sort(() => random.float() - 0.5);
        return partition(shuffled.slice(0, 1 + Math.floor(level * (members.length - 1))));
      }
      case 'isolate-leader':
        return partition([leaderOr(fault)]);
      case 'cut':
        network.cut(pick(fault).id, random.pick(members).id);
        return;
      case 'heal':
        return network.heal();
      case 'loss':
      case 'duplication':
      case 'lateness':
        conditions[kind] = level * 0.3;
        return;
      case 'delay':
        conditions.delayMax = 2 + level * 148;
        return;
      case 'calm-network':
        Object.assign(conditions, calm);
        return;
      case 'slow-disk':
        pick(fault).disk.slowness = 20 + level * 380;
        return;
      case 'fast-disks':
        for (const { disk } of members) disk.slowness = 1;
        return;
      case 'full-disk': {
        const member = pick(fault);
        member.disk.failure = 'no-space';
        // Whether or not it noticed, someone frees space and starts it again.
        scheduler.schedule(50 + level * 450, () => crash(member, millis * 0.12));
        return;
      }
      case 'transfer':
        // It may well fail; that is no concern of the run.
        group
          .leader()
          ?.replica?.transferLeadership(pick(fault).id)
          .catch(() => undefined);
        return;
      case 'pause':
        return pause(pick(fault), millis);
      case 'pause-leader':
        return pause(leaderOr(fault), millis);
      case 'drift': {
        const member = pick(fault);
        member.pace = member.process.pace = 0.8 + level * 0.45;
        return;
      }
      case 'lying-disk': {
        if (!mayDamage()) return;
        const member = pick(fault);
        member.isDamaged = true;
        member.disk.lie = level < 0.5 ? 'lost-sync' : 'reordered-sync';
        return;
      }
      case 'power-loss': {
        const member = members.find(({ disk }) => disk.lie !== undefined);
        if (member !== undefined) losePower(member, millis);
        return;
      }
      case 'flip-bit': {
        if (!mayDamage()) return;
        const member = pick(fault);
        damage(member, () => {
          member.isDamaged = true;
          crash(member, millis * 0.2);
          flipBit(member, random);
        });
        return;
      }
      case 'add-learner':
      case 'add-voter':
      case 'promote':
      case 'remove':
      case 'replace':
      case 'joint':
        return;
      default:
        kind satisfies never;
    }
  };

  for (const fault of schedule.faults) {
    scheduler.schedule(fault.at, () => {
      if (!isStopped) act(fault);
    });
  }
  if (schedule.onlyShortReigns) scheduler.schedule(1_000, () => crashLeaders(250));

  return {
    counts,
    afterStep() {
      for (const member of group.members) {
        const { failure, isDamaged, isRetired } = member;
        if (failure === undefined || isRetired || failure.code === 'no-space') continue;
        if (failure.code !== 'corrupt' || !isDamaged) {
          throw new Violation(`a member stopped: ${member.id}, ${failure.message}`);
        }
        counts.replaced++;
        changes.replaceDamaged(member);
      }
      counts.joined = group.members.length - founders;
    },
    retire: (id) => retire(id),
    stop() {
      isStopped = true;
      group.onElected = undefined;
      network.heal();
      Object.assign(conditions, calm);
      for (const member of present()) {
        const { disk, process } = member;
        process.resume();
        disk.slowness = 1;
        disk.onSync = undefined;
        disk.failure = undefined;
        disk.lie = undefined;
        // Who stopped by itself, as with a full disk, is started again.
        if (member.failure !== undefined) crash(member, 1);
        group.start(member);
      }
    },
  };
}

function isKnownToBeGone<Result, Machine>(group: Members<Result, Machine>, id: number): boolean {
  const configurationOf = (member: Member | undefined) => member?.raft?.status().configuration;
  const present = configurationOf(group.leader());
  if (present === undefined || membersOf(present).includes(id)) return false;
  const knowing = present.voters.filter((voter) => {
    const configuration = configurationOf(group.members[voter - 1]);
    return configuration !== undefined && !membersOf(configuration).includes(id);
  });
  return knowing.length > present.voters.length / 2;
}
