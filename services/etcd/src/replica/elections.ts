/**
 * Records what election-cause.ts judges by, and what it judged: late ticks, slow writes, the last word of the
 * leader; the last elections in a ring, and how many there were of each cause.
 */
import type { Logger, Millis } from '@drydock/ports';
import type { Leadership } from '../raft/raft.ts';
import { nobody, type MemberId, type Message, type Term } from '../raft/types.ts';
import {
  judgeElection,
  type ElectionCause,
  type ElectionEvent,
  type LinkState,
} from './election-cause.ts';

/** One that this member began, or by which it lost its office. */
export interface ElectionRecord {
  readonly event: ElectionEvent;
  readonly cause: ElectionCause;
  readonly detail: string;
  /** In which it began. */
  readonly term: Term;
  /** Who led before; `nobody` (0) if unknown. */
  readonly formerLeader: MemberId;
  /** On the member's clock. */
  readonly at: Millis;
}

export interface ElectionsOptions {
  readonly now: () => Millis;
  readonly logger: Logger;
  readonly tickInterval: Millis;
  readonly electionTicks: number;
  readonly linkTo: (peer: MemberId) => LinkState | undefined;
}

const recordsKept = 16;
const syncsRemembered = 64;

interface Sync {
  readonly sequence: number;
  readonly start: Millis;
  end: Millis | undefined;
}

export class Elections {
  readonly #options: ElectionsOptions;
  readonly #electionTimeout: Millis;
  #told: Leadership;
  #records: ElectionRecord[] = [];
  readonly #totals = new Map<`${ElectionEvent} ${ElectionCause}`, number>();
  /** How late each of the last ticks was. */
  #lateness: Millis[] = [];
  #lastTick: Millis;
  /** In order; those without an end are under way. */
  #syncs: Sync[] = [];
  #lastSync: Millis = 0;
  #heardLeader: Millis;
  #knownLeader: MemberId = nobody;
  /** The leader is about to hand over, or asked this member to campaign. */
  #isTransferring = false;

  constructor(options: ElectionsOptions) {
    this.#options = options;
    this.#electionTimeout = options.tickInterval * options.electionTicks;
    this.#told = { leader: nobody, term: 0, role: 'follower', why: 'other' };
    this.#lastTick = this.#heardLeader = options.now();
  }

  /** The newest last. */
  get records(): readonly ElectionRecord[] {
    return this.#records;
  }

  get totals(): ReadonlyMap<`${ElectionEvent} ${ElectionCause}`, number> {
    return this.#totals;
  }

  /** Of the last write of the log that has ended. */
  get lastSync(): Millis {
    return this.#lastSync;
  }

  onTick(): void {
    this.#lateness.push(this.#latenessNow());
    this.#lastTick = this.#options.now();
    // What is older than two election timeouts explains nothing.
    if (this.#lateness.length > 2 * this.#options.electionTicks) this.#lateness.shift();
  }

  onMessage(message: Message): void {
    const isAnswer = this.#told.role === 'leader';
    if (isAnswer || message.from === this.#knownLeader) this.#heardLeader = this.#options.now();
  }

  onTransfer(): void {
    this.#isTransferring = true;
  }

  syncBegins(sequence: number): void {
    this.#syncs.push({ sequence, start: this.#options.now(), end: undefined });
    if (this.#syncs.length > syncsRemembered) this.#syncs.shift();
  }

  synced(sequence: number): void {
    const now = this.#options.now();
    for (const sync of this.#syncs) {
      if (sync.sequence > sequence || sync.end !== undefined) continue;
      sync.end = now;
      this.#lastSync = now - sync.start;
    }
  }

  onLeadership(change: Leadership, peers: readonly MemberId[]): void {
    const before = this.#told;
    this.#told = change;
    const event = eventOf(before, change);
    if (event !== undefined) this.#record(event, change, peers);
    if (change.leader !== nobody) {
      this.#knownLeader = change.leader;
      this.#heardLeader = this.#options.now();
      this.#isTransferring = false;
    }
  }

  #record(event: ElectionEvent, change: Leadership, peers: readonly MemberId[]): void {
    const { now, logger } = this.#options;
    const { cause, detail } = judgeElection({
      event,
      isTransfer: change.why === 'transfer' || this.#isTransferring,
      hasKnownLeader: this.#knownLeader !== nobody,
      electionTimeout: this.#electionTimeout,
      // A process that was stopped reads what waits in its sockets before it ticks again.
      tickLateness: Math.max(this.#latenessNow(), ...this.#lateness),
      logSync: this.#longestSync(),
      silence: now() - this.#heardLeader,
      link: this.#linkFor(event, peers),
    });
    const { term } = change;
    const record = { event, cause, detail, term, formerLeader: this.#knownLeader, at: now() };
    this.#records.push(record);
    if (this.#records.length > recordsKept) this.#records.shift();
    const key = `${event} ${cause}` as const;
    this.#totals.set(key, (this.#totals.get(key) ?? 0) + 1);
    logger.info(record, 'an election, and its cause');
  }

  /** How long the next tick is overdue. */
  #latenessNow(): Millis {
    return Math.max(0, this.#options.now() - this.#lastTick - this.#options.tickInterval);
  }

  #longestSync(): Millis {
    const now = this.#options.now();
    const oldest = now - 2 * this.#electionTimeout;
    let longest = 0;
    for (const { start, end = now } of this.#syncs) {
      if (end >= oldest) longest = Math.max(longest, end - start);
    }
    return longest;
  }

  /** To the leader; of a leader: the first that is down. */
  #linkFor(event: ElectionEvent, peers: readonly MemberId[]): LinkState | undefined {
    const asked = event === 'campaign' ? [this.#knownLeader] : peers;
    const links = asked.map((peer) => this.#options.linkTo(peer));
    return links.find((link) => link?.isUp === false) ?? links.find((link) => link !== undefined);
  }
}

function eventOf(before: Leadership, change: Leadership): ElectionEvent | undefined {
  if (change.role === 'pre-candidate') return 'campaign';
  if (change.role === 'candidate') return before.role === 'pre-candidate' ? undefined : 'campaign';
  if (before.role !== 'leader' || change.role !== 'follower' || change.why === 'removed') {
    return undefined;
  }
  return change.why === 'no-quorum' ? 'step-down' : 'deposed';
}
