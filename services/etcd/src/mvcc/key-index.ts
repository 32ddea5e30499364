/**
 * Every key that has history, in byte order, with its versions.
 *
 * 1. `older` holds the versions before `head`, oldest first, until compaction forgets them; a tombstone
 *    is a version like another.
 * 2. A key has at most one version in a revision: transactions refuse to write a key twice.
 */
import { SortedRecords } from './sorted-records.ts';
import type { ByteString, Version } from './version.ts';

export class KeyRecord {
  readonly key: ByteString;
  head: Version;
  older: Version[] | undefined = undefined;

  constructor(key: ByteString, head: Version) {
    this.key = key;
    this.head = head;
  }

  /** The version that a reader at `revision` sees, if the key lives then. */
  at(revision: number): Version | undefined {
    const version = this.head.main <= revision ? this.head : this.#olderAt(revision);
    return version === undefined || version.isTombstone ? undefined : version;
  }

  #olderAt(revision: number): Version | undefined {
    const older = this.older;
    if (older === undefined) return undefined;
    let low = 0;
    let high = older.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (older[middle]!.main <= revision) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? undefined : older[low - 1];
  }

  push(version: Version): void {
    if (this.older === undefined) this.older = [this.head];
    else this.older.push(this.head);
    this.head = version;
  }

  /**
   * Forgets what no reader at `revision` or later can see, and hands it to `drop`. True when nothing
   * is left of the key.
   */
  compact(revision: number, drop: (version: Version) => void): boolean {
    const older = this.older;
    if (older !== undefined) {
      let keep = 0;
      while (keep < older.length && (older[keep + 1] ?? this.head).main <= revision) keep++;
      for (let index = 0; index < keep; index++) drop(older[index]!);
      if (keep < older.length && older[keep]!.isTombstone && older[keep]!.main <= revision) {
        drop(older[keep++]!);
      }
      if (keep === older.length) this.older = undefined;
      else if (keep > 0) older.splice(0, keep);
    }
    if (this.older === undefined && this.head.isTombstone && this.head.main <= revision) {
      drop(this.head);
      return true;
    }
    return false;
  }
}

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
  readonly #byKey = new Map<ByteString, KeyRecord>();
  readonly #ordered = new SortedRecords<KeyRecord>();

  get size(): number {
    return this.#byKey.size;
  }

  get(key: ByteString): KeyRecord | undefined {
    return this.#byKey.get(key);
  }

  /** The key must be new. */
  add(record: KeyRecord): void {
    this.#byKey.set(record.key, record);
    this.#ordered.add(record);
  }

  remove(key: ByteString): void {
    this.#byKey.delete(key);
    this.#ordered.remove(key);
  }

  /** Visits the records of a range in byte order. The index must not change meanwhile. */
  each(range: KeyRange, visit: (record: KeyRecord) => void): void {
    if (range.single) {
      const record = this.#byKey.get(range.from);
      if (record !== undefined) visit(record);
      return;
    }
    this.#ordered.each(range.from, range.to, visit);
  }
}
