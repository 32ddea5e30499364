/**
 * Linearizable reads: who waits for a ReadIndex round, and for the state machine to catch up with it.
 *
 * 1. One round is out at a time. Who comes meanwhile shares the next one, since an answer only counts
 *    for those who waited before it was asked for.
 * 2. Each asking has a new id, also when the same round is asked for again, and only the newest one is
 *    answered. Ids begin at a random number, so that no answer meant for this member before a restart
 *    is taken for one of ours.
 */
import type { LogIndex, ReadState } from '../raft/types.ts';
import type { ReplicaError } from './types.ts';

interface Round {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly deadlineTick: number;
  /** Of the newest asking; undefined before the first. */
  id: number | undefined;
  askedTick: number;
  index: LogIndex;
}

/** Askings go unanswered when a message or a leader is lost. */
const askAgainTicks = 5;

export class ReadQueue {
  readonly #requestTicks: number;
  readonly #reusesIds: boolean;
  #nextId: number;
  #gathering: Round | undefined;
  #asked: Round | undefined;
  /** Answered; the state machine has not reached their index. */
  #applying: Round[] = [];
  roundsTotal = 0;

  /** `reusesIds` is a bug for tests (see raft/mutants.ts). */
  constructor(options: { firstId: number; requestTicks: number; reusesIds?: boolean }) {
    this.#reusesIds = options.reusesIds ?? false;
    this.#nextId = options.firstId;
    this.#requestTicks = options.requestTicks;
  }

  get needsAsking(): boolean {
    return this.#asked === undefined ? this.#gathering !== undefined : this.#asked.id === undefined;
  }

  wait(tick: number): Promise<void> {
    if (this.#reusesIds && this.#asked !== undefined) return this.#asked.promise;
    this.#gathering ??= createRound(tick + this.#requestTicks);
    return this.#gathering.promise;
  }

  /** Asks for the round that is due; `ask` is false when there is no leader. */
  ask(tick: number, ask: (id: number) => boolean): void {
    if (this.#asked === undefined) {
      this.#asked = this.#gathering;
      this.#gathering = undefined;
    }
    const round = this.#asked;
    if (round === undefined || round.id !== undefined) return;
    const id = this.#nextId++;
    if (!ask(id)) return;
    this.roundsTotal++;
    round.id = id;
    round.askedTick = tick;
  }

  answered({ id, index }: ReadState, applied: LogIndex): void {
    const round = this.#asked;
    if (round === undefined || round.id !== id) return;
    this.#asked = undefined;
    if (applied >= index) {
      round.resolve();
      return;
    }
    round.index = index;
    this.#applying.push(round);
  }

  applied(index: LogIndex): void {
    if (this.#applying.length === 0) return;
    this.#applying = this.#applying.filter((round) => {
      if (round.index > index) return true;
      round.resolve();
      return false;
    });
  }

  /** The leader that was asked may be gone. */
  askAgain(): void {
    if (this.#asked !== undefined) this.#asked.id = undefined;
  }

  expire(tick: number, error: () => ReplicaError): void {
    const asked = this.#asked;
    if (asked?.id !== undefined && tick - asked.askedTick >= askAgainTicks) asked.id = undefined;
    const late = (round: Round | undefined) => round !== undefined && round.deadlineTick <= tick;
    if (late(this.#asked)) {
      this.#asked!.reject(error());
      this.#asked = undefined;
    }
    if (late(this.#gathering)) {
      this.#gathering!.reject(error());
      this.#gathering = undefined;
    }
    if (this.#applying.some(late)) {
      for (const round of this.#applying) if (late(round)) round.reject(error());
      this.#applying = this.#applying.filter((round) => !late(round));
    }
  }

  /** Those that no leader has answered. */
  rejectUnanswered(error: ReplicaError): void {
    this.#asked?.reject(error);
    this.#gathering?.reject(error);
    this.#asked = this.#gathering = undefined;
  }

  rejectAll(error: ReplicaError): void {
    this.rejectUnanswered(error);
    for (const round of this.#applying) round.reject(error);
    this.#applying = [];
  }
}

function createRound(deadlineTick: number): Round {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Whoever waits sees the rejection; a round whose readers all gave up is nobody's error.
  promise.catch(() => undefined);
  return { promise, resolve, reject, deadlineTick, id: undefined, askedTick: 0, index: 0 };
}
