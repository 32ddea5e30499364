/**
 * The replicated log in memory, and how far each stage has come with it.
 *
 *   base ............ applied .... handed ... committed ... stable ... taken ... last
 *   (compacted away)                          (in any order with stable)
 *
 * 1. Entries are contiguous from base + 1, and their terms never decrease.
 * 2. What is committed is never overwritten (5.3).
 * 3. Only what is committed and stable (durable on this member) is handed out for applying.
 * 4. `taken` entries were given out to be persisted; their durability is reported by the sequence of
 *    the batch. When entries are overwritten, batches in flight count only up to the last kept
 *    entry: an old batch that becomes durable late must not vouch for the newer entry of the same
 *    index (the ABA race of asynchronous writes).
 */
import { assert, LostLogError } from './assert.ts';
import type { Entry, LogIndex, SnapshotMeta, Term } from './types.ts';

/** Roughly what an entry costs beside its data. */
const entryOverheadBytes = 32;

interface PersistBatch {
  readonly sequence: number;
  last: LogIndex;
}

export class RaftLog {
  #base: { index: LogIndex; term: Term };
  #entries: Entry[];
  #committed: LogIndex;
  #stable: LogIndex;
  #taken: LogIndex;
  #handed: LogIndex;
  #applied: LogIndex;
  #inFlight: PersistBatch[] = [];
  #installing = false;

  /** The entries follow the base and are durable; `applied` is what the state machine holds. */
  constructor(start: {
    base: { index: LogIndex; term: Term };
    entries: readonly Entry[];
    committed: LogIndex;
    applied: LogIndex;
  }) {
    this.#base = start.base;
    this.#entries = [...start.entries];
    this.#stable = this.#taken = this.lastIndex;
    this.#committed = Math.max(start.committed, start.applied, start.base.index);
    this.#handed = this.#applied = start.applied;
    assert(start.applied >= start.base.index, 'the state machine is older than the log');
    assert(this.#committed <= this.lastIndex, 'committed entries are missing from the log');
  }

  get firstIndex(): LogIndex {
    return this.#base.index + 1;
  }
  get lastIndex(): LogIndex {
    return this.#base.index + this.#entries.length;
  }
  get lastTerm(): Term {
    return this.#entries.at(-1)?.term ?? this.#base.term;
  }
  get committed(): LogIndex {
    return this.#committed;
  }
  get stable(): LogIndex {
    return this.#stable;
  }
  get applied(): LogIndex {
    return this.#applied;
  }
  /** The last entry handed out for applying: configurations take effect with it. */
  get handed(): LogIndex {
    return this.#handed;
  }

  /** Undefined for what is compacted away or not there yet. */
  termAt(index: LogIndex): Term | undefined {
    if (index === this.#base.index) return this.#base.term;
    return this.#entries[index - this.#base.index - 1]?.term;
  }

  matches(index: LogIndex, term: Term): boolean {
    return this.termAt(index) === term;
  }

  /** Whether a candidate's log is at least as complete as this one (5.4.1). */
  isUpToDate(lastIndex: LogIndex, lastTerm: Term): boolean {
    return lastTerm > this.lastTerm || (lastTerm === this.lastTerm && lastIndex >= this.lastIndex);
  }

  /** Entries in [from, to], fewer if they exceed the size; at least one. */
  slice(from: LogIndex, to: LogIndex, bytesMax: number): Entry[] {
    const start = from - this.#base.index - 1;
    const end = to - this.#base.index;
    let bytes = 0;
    let stop = start;
    while (stop < end) {
      bytes += this.#entries[stop]!.data.length + entryOverheadBytes;
      if (bytes > bytesMax && stop > start) break;
      stop++;
    }
    return this.#entries.slice(start, stop);
  }

  /** A leader adds to its own log. */
  append(entry: Entry): void {
    this.#entries.push(entry);
  }

  /**
   * A follower takes a leader's entries after (previousIndex, previousTerm). Returns the last index
   * that now matches the leader's log, or undefined if the previous entry does not match.
   */
  tryAppend(
    previous: { index: LogIndex; term: Term },
    entries: readonly Entry[],
    options: { unchecked?: boolean; cut?: boolean } = {},
  ): LogIndex | undefined {
    if (!this.matches(previous.index, previous.term)) {
      if (options.unchecked !== true || previous.index > this.lastIndex) return undefined;
    }
    // An entry that is there already stays: a delayed, shorter append must not cut the log (5.3).
    const firstNew = entries.findIndex((entry) => !this.matches(entry.index, entry.term));
    if (firstNew !== -1) {
      const start = entries[firstNew]!.index;
      if (start <= this.lastIndex) {
        assert(
          start > this.#committed || options.cut === true,
          `entry ${start} conflicts below the commit index ${this.#committed}`,
        );
        this.#truncate(start);
      }
      for (let at = firstNew; at < entries.length; at++) this.#entries.push(entries[at]!);
    }
    const last = previous.index + entries.length;
    if (options.cut === true && last < this.lastIndex) this.#truncate(last + 1);
    return last;
  }

  #truncate(from: LogIndex): void {
    this.#entries.length = from - this.#base.index - 1;
    this.#stable = Math.min(this.#stable, from - 1);
    this.#taken = Math.min(this.#taken, from - 1);
    for (const batch of this.#inFlight) batch.last = Math.min(batch.last, from - 1);
  }

  /** The last index at or below `index` whose term is at most `term`: where logs could agree. */
  findHint(index: LogIndex, term: Term): { index: LogIndex; term: Term } {
    let at = Math.min(index, this.lastIndex);
    for (; at > this.#base.index; at--) {
      const here = this.termAt(at)!;
      if (here <= term) return { index: at, term: here };
    }
    return { index: at, term: this.termAt(at) ?? 0 };
  }

  commitTo(index: LogIndex): boolean {
    if (index <= this.#committed) return false;
    if (index > this.lastIndex) {
      throw new LostLogError(
        `the leader knows that this member stored entry ${index}, but its log ends at ` +
          `${this.lastIndex}: data that it had promised to keep is gone. Remove this member from the ` +
          'cluster, delete its folder and add it again',
      );
    }
    this.#committed = index;
    return true;
  }

  hasUntaken(): boolean {
    return this.#taken < this.lastIndex;
  }

  /** Gives out what is to be persisted under `sequence`; empty batches order what follows them. */
  takeUnstable(sequence: number): Entry[] {
    const entries = this.#entries.slice(this.#taken - this.#base.index);
    this.#taken = this.lastIndex;
    this.#inFlight.push({ sequence, last: this.#taken });
    return entries;
  }

  /** Batches up to `sequence` are durable. */
  persisted(sequence: number): void {
    while (this.#inFlight.length > 0 && this.#inFlight[0]!.sequence <= sequence) {
      this.#stable = Math.max(this.#stable, this.#inFlight.shift()!.last);
    }
  }

  /** A snapshot has replaced the log, and the state machine does not have it yet. */
  get isInstalling(): boolean {
    return this.#installing;
  }

  hasCommittedToHand(): boolean {
    return !this.#installing && this.#handed < Math.min(this.#committed, this.#stable);
  }

  /** The next entries to apply. */
  handCommitted(bytesMax: number): Entry[] {
    if (!this.hasCommittedToHand()) return [];
    const to = Math.min(this.#committed, this.#stable);
    const entries = this.slice(this.#handed + 1, to, bytesMax);
    this.#handed = entries.at(-1)!.index;
    return entries;
  }

  appliedTo(index: LogIndex): void {
    assert(index <= this.#handed, `applied ${index} beyond what was handed out, ${this.#handed}`);
    this.#applied = Math.max(this.#applied, index);
    if (this.#applied === this.#handed) this.#installing = false;
  }

  /** Everything is replaced by a snapshot. Nothing more is handed out until it is applied. */
  restore(snapshot: SnapshotMeta): void {
    this.#base = { index: snapshot.index, term: snapshot.term };
    this.#entries = [];
    this.#committed = this.#stable = this.#taken = this.#handed = snapshot.index;
    // Batches in flight belong to the log that is gone: they vouch for nothing in the new one.
    for (const batch of this.#inFlight) batch.last = 0;
    this.#installing = true;
  }

  /** Forgets entries up to `index`, which is applied. */
  compact(index: LogIndex): void {
    assert(index <= this.#applied, `compaction to ${index} beyond the applied ${this.#applied}`);
    if (index <= this.#base.index) return;
    const term = this.termAt(index)!;
    this.#entries.splice(0, index - this.#base.index);
    this.#base = { index, term };
  }

  /** The lowest index from which on, up to `index`, entries have at most so many bytes. */
  indexWithin(index: LogIndex, bytesMax: number): LogIndex {
    let at = index;
    let bytes = 0;
    while (at > this.#base.index) {
      bytes += this.#entries[at - this.#base.index - 1]!.data.length + entryOverheadBytes;
      if (bytes > bytesMax) break;
      at--;
    }
    return at;
  }

  /** Whether any entry in (from, to] is of this kind. */
  hasKind(kind: Entry['kind'], from: LogIndex, to: LogIndex): boolean {
    for (let index = from + 1; index <= to; index++) {
      if (this.#entries[index - this.#base.index - 1]?.kind === kind) return true;
    }
    return false;
  }
}
