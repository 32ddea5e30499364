/**
 * Clients that write and read registers through any member, and check what they are told.
 *
 * The log orders the writes, so linearizability needs no search:
 * 1. An acknowledged write has its own place in the log, after every write that was acknowledged
 *    before it was sent.
 * 2. A read sees, for its register, at least the newest write that was acknowledged, and at least what
 *    any read saw, before the read was sent.
 */
import { createSeededRandom, type Random } from '@drydock/ports';
import type { LogIndex } from '../replica/types.ts';
import type { Checker } from './checker.ts';
import type { Cluster, RegisterMember } from './cluster.ts';
import { Violation } from './violation.ts';

const registers = 5;
/** A member that dies takes its answers with it. */
const patienceMillis = 4_000;

export interface Clients {
  readonly acknowledged: ReadonlyMap<LogIndex, number>;
  readonly writes: number;
  readonly reads: number;
  stop(): void;
}

export interface ClientsOptions {
  readonly cluster: Cluster;
  readonly checker: Checker;
  readonly random: Random;
  readonly count: number;
  readonly report: (violation: Violation) => void;
}

export function startClients({ cluster, checker, random, count, report }: ClientsOptions): Clients {
  const { scheduler } = cluster;
  const acknowledged = new Map<LogIndex, number>();
  /** The oldest state that may still be seen, by register and over all. */
  const floors: LogIndex[] = Array.from({ length: registers }, () => 0);
  let newestAcknowledged: LogIndex = 0;
  let reads = 0;
  let stopped = false;

  const write = async (member: RegisterMember, register: number) => {
    const floor = newestAcknowledged;
    const index = await member.replica!.propose(Uint8Array.of(register));
    const entry = checker.appliedAt(index);
    if (entry === undefined || entry.kind !== 'data' || entry.data[0] !== register) {
      throw new Violation(
        `a write of register ${register} was acknowledged at ${index}, but is not there`,
      );
    }
    if (acknowledged.has(index)) throw new Violation(`two writes were acknowledged at ${index}`);
    if (index <= floor) {
      throw new Violation(
        `a write took place ${index}, though ${floor} was acknowledged before it`,
      );
    }
    acknowledged.set(index, register);
    newestAcknowledged = Math.max(newestAcknowledged, index);
    floors[register] = Math.max(floors[register]!, index);
  };

  const read = async (member: RegisterMember, register: number) => {
    const floor = floors[register]!;
    const { machine, replica } = member;
    await replica!.linearize();
    const seen = machine!.lastWrite(register);
    reads++;
    if (seen < floor) {
      throw new Violation(
        `stale read: ${member.id} shows write ${seen} of register ${register}, but ${floor} was known ` +
          'before the read began',
      );
    }
    floors[register] = Math.max(floors[register]!, seen);
  };

  const act = (random: Random) => {
    if (stopped) return;
    const member = random.pick(cluster.members);
    const register = random.between(0, registers - 1);
    const isWrite = random.chance(0.6);
    if (member.replica === undefined) {
      scheduler.schedule(random.between(1, 30), () => act(random));
      return;
    }
    let over = false;
    const next = (error?: unknown) => {
      if (error instanceof Violation) report(error);
      if (over) return;
      over = true;
      patience.cancel();
      scheduler.schedule(random.between(1, 60), () => act(random));
    };
    const patience = scheduler.schedule(patienceMillis, next);
    (isWrite ? write(member, register) : read(member, register)).then(() => next(), next);
  };
  // Each has its own randomness: a client more or less changes nothing for the others.
  const seed = random.uint32();
  for (let at = 0; at < count; at++) {
    const own = createSeededRandom(seed + at);
    scheduler.schedule(own.between(1, 100), () => act(own));
  }

  return {
    acknowledged,
    get writes() {
      return acknowledged.size;
    },
    get reads() {
      return reads;
    },
    stop: () => (stopped = true),
  };
}
