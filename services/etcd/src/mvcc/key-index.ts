/**
 * Every key that has history, in byte order, with its versions.
 *
 * 1. A key's history holds the versions before `head`, until compaction forgets them; a tombstone is a
 *    version like another.
 * 2. A key may have several versions in a revision: a transaction that deletes from a key on may put a
 *    later key too, as the original has it. Readers see the last.
 */
import { KeyTable } from './key-table.ts';
import { SortedSlots } from './sorted-slots.ts';
import type { HashSeed } from './string-hash.ts';
import type { ByteString, Version } from './version.ts';

/** A key with more than one version. */
export class KeyHistory {
  readonly key: ByteString;
  head: Version;
  /** Before `head`, oldest first; those before `#first` are forgotten. */
  #older: Version[];
  #first = 0;

  constructor(oldest: Version, head: Version) {
    this.key = oldest.key;
    this.head = head;
    this.#older = [oldest];
  }

  /** The version that a reader at `revision` sees, if the key lives then. */
  at(revision: number): Version | undefined {
    const version = this.#latestAt(revision);
    return version === undefined || version.isTombstone ? undefined : version;
  }

  #latestAt(revision: number): Version | undefined {
    return this.head.main <= revision ? this.head : this.#older[this.#indexAt(revision)];
  }

  /** Of the newest version before `head` at or before a revision; -1 when there is none. */
  #indexAt(revision: number): number {
    let low = this.#first;
    let high = this.#older.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#older[middle]!.main <= revision) low = middle + 1;
      else high = middle;
    }
    return low === this.#first ? -1 : low - 1;
  }

  /** What a write made of the key: a tombstone too. */
  madeBy(main: number, sub: number): Version | undefined {
    if (this.head.main === main && this.head.sub === sub) return this.head;
    for (let index = this.#indexAt(main); index >= this.#first; index--) {
      const version = this.#older[index]!;
      if (version.main !== main) return undefined;
      if (version.sub === sub) return version;
    }
    return undefined;
  }

  /** All that are kept, oldest first. */
  versions(): readonly Version[] {
    return [...this.#older.slice(this.#first), this.head];
  }

  push(version: Version): void {
    this.#older.push(this.head);
    this.head = version;
  }

  hasTombstoneAt(main: number): boolean {
    return this.versions().some((version) => version.hasTombstoneAt(main));
  }

  /**
   * Forgets what a reader at `revision` or later cannot see: versions that are replaced by then, and
   * tombstones; hands them to `drop`. True when `head` is all that is left.
   */
  forgetBefore(revision: number, { keepsTombstone, drop }: Forgetting): boolean {
    const older = this.#older;
    while (this.#first < older.length) {
      const oldest = older[this.#first]!;
      const isReplaced = (older[this.#first + 1] ?? this.head).main <= revision;
      if (keepsTombstone && oldest.hasTombstoneAt(revision)) break;
      if (!isReplaced && (!oldest.isTombstone || oldest.main > revision)) break;
      drop(oldest);
      this.#first++;
    }
    if (this.#first === older.length) return true;
    if (this.#first >= 64 && this.#first * 2 >= older.length) {
      this.#older = older.slice(this.#first);
      this.#first = 0;
    }
    return false;
  }
}

export interface Forgetting {
  /** Whether a tombstone of that very revision stays. */
  readonly keepsTombstone: boolean;
  readonly drop: (version: Version) => void;
}

/** Most keys have one version: that is its own record. */
export type KeyRecord = Version | KeyHistory;

/** [from, to); an undefined `to` is unbounded. `single` means just `from`. */
export interface KeyRange {
  readonly from: ByteString;
  readonly to: ByteString | undefined;
  readonly single: boolean;
}

/** A range as requests name it: an empty end is the one key, "\0" everything from the key on. */
export function keyRange(key: ByteString, rangeEnd: ByteString): KeyRange {
  if (rangeEnd === '') return { from: key, to: undefined, single: true };
  return { from: key, to: rangeEnd === '\0' ? undefined : rangeEnd, single: false };
}

export function rangeContains(range: KeyRange, key: ByteString): boolean {
  if (range.single) return key === range.from;
  return key >= range.from && (range.to === undefined || key < range.to);
}

export class KeyIndex {
  readonly #table: KeyTable<KeyRecord>;
  readonly #ordered: SortedSlots;

  constructor(seed: HashSeed) {
    this.#table = new KeyTable(seed);
    this.#ordered = new SortedSlots((slot) => this.#table.at(slot).key);
  }

  get size(): number {
    return this.#table.size;
  }

  get(key: ByteString): KeyRecord | undefined {
    return this.#table.get(key);
  }

  /** Adds a version of a key, the newest so far. Returns the one before. */
  push(version: Version): Version | undefined {
    const slot = this.#table.slotOf(version.key);
    if (slot >= 0) return this.#pushAt(slot, version);
    this.#ordered.add(this.#table.add(version));
    return undefined;
  }

  #pushAt(slot: number, version: Version): Version {
    const record = this.#table.at(slot);
    const before = record.head;
    version.key = record.key;
    if (record instanceof KeyHistory) record.push(version);
    else this.#table.replace(slot, new KeyHistory(record, version));
    return before;
  }

  /** Fills an empty index with versions in the order of their revisions; `told` hears what `push` returns. */
  fill(
    versions: Iterable<readonly Version[]>,
    told: (version: Version, before: Version | undefined) => void,
  ): void {
    const slots: number[] = [];
    for (const block of versions) {
      for (const version of block) {
        const slot = this.#table.slotOf(version.key);
        if (slot < 0) slots.push(this.#table.add(version));
        told(version, slot < 0 ? undefined : this.#pushAt(slot, version));
      }
    }
    this.#ordered.replaceAll(slots);
  }

  /**
   * Forgets the versions of a key before `revision`, and what `revision` made of it if that is a tombstone
   * (unless that is kept); hands them to `drop`. A key of which nothing is left is gone.
   */
  forgetBefore(key: ByteString, revision: number, forgetting: Forgetting): void {
    const slot = this.#table.slotOf(key);
    if (slot < 0) return;
    const record = this.#table.at(slot);
    if (record instanceof KeyHistory) {
      if (!record.forgetBefore(revision, forgetting)) return;
      this.#table.replace(slot, record.head);
    }
    const { head } = record;
    if (!head.isTombstone || head.main > revision) return;
    if (forgetting.keepsTombstone && head.main === revision) return;
    forgetting.drop(head);
    this.#ordered.remove(slot);
    this.#table.remove(key);
  }

  /**
   * Visits the records of a range in byte order, until a visit returns false. The index must not change
   * meanwhile.
   */
  each(range: KeyRange, visit: (record: KeyRecord) => boolean | void): void {
    if (range.single) {
      const record = this.#table.get(range.from);
      if (record !== undefined) visit(record);
      return;
    }
    this.#ordered.each(range.from, range.to, (slot) => visit(this.#table.at(slot)));
  }
}
