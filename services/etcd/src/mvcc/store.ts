/**
 * The multi-version store: every write makes a revision, and readers see the store as of one.
 *
 * 1. Revisions start at 1 (an empty store); a write transaction that changes something adds exactly 1.
 * 2. Reads are synchronous. Bytes that the cache has let go come from the backend.
 * 3. Nothing at or above `compactRevision` is forgotten, except what was already overwritten by it.
 * 4. Changes collect until `takeBatch`; they stay in memory until `confirm`.
 *
 * Source: etcd's mvcc semantics (shared names: revision main and sub, generation, tombstone).
 */
import type { Backend, Row } from './backend.ts';
import { KeyIndex, KeyRecord, type KeyRange } from './key-index.ts';
import { VersionCache } from './version-cache.ts';
import {
  decodeKeyValue,
  encodeDeleted,
  encodeKeyValue,
  toByteString,
  Version,
  type ByteString,
} from './version.ts';

/** One key's change in one revision. */
export interface Change {
  readonly record: KeyRecord;
  readonly version: Version;
  /** What the key was before, when it lived. */
  readonly previous: Version | undefined;
}

export interface Revision {
  readonly main: number;
  readonly changes: readonly Change[];
}

export interface MvccOptions {
  /** Bytes of values to keep in memory. 64 MiB by default. */
  readonly cacheBytesMax?: number;
  /** Revisions kept in memory for watchers that catch up. 20,000 by default. */
  readonly recentRevisionsMax?: number;
  /** Called with each revision when its transaction ends. */
  readonly onRevision?: (revision: Revision) => void;
  /** Keys gain and lose their leases here. */
  readonly onLease?: (lease: bigint, key: ByteString, attached: boolean) => void;
}

const defaultCacheBytes = 64 * 1024 * 1024;

/** A version that a later one replaced, or a tombstone: what compaction removes. */
interface Superseded {
  readonly main: number;
  readonly record: KeyRecord;
}

export class MvccStore {
  readonly #backend: Backend;
  readonly #options: MvccOptions;
  #index = new KeyIndex();
  #cache: VersionCache;
  #revision = 1;
  #compactRevision = 0;
  #confirmed = 0;
  /** In order of `main`; the live part starts at `#supersededFirst`. */
  #superseded: Superseded[] = [];
  #supersededFirst = 0;
  #recent: Revision[] = [];
  #rows: Row[] = [];
  #rowBytes = 0;
  #drop: number[] = [];

  constructor(backend: Backend, options: MvccOptions = {}) {
    this.#backend = backend;
    this.#options = options;
    this.#cache = new VersionCache(options.cacheBytesMax ?? defaultCacheBytes);
  }

  get revision(): number {
    return this.#revision;
  }

  /** 0 while nothing was compacted. */
  get compactRevision(): number {
    return this.#compactRevision;
  }

  get keys(): KeyIndex {
    return this.#index;
  }

  get cachedBytes(): number {
    return this.#cache.bytes;
  }

  /** Bytes that wait for the next batch. */
  get uncommittedBytes(): number {
    return this.#rowBytes;
  }

  /** Replaces everything by what the backend holds. */
  load(state: { revision: number; compactRevision: number }): void {
    this.#index = new KeyIndex();
    this.#cache = new VersionCache(this.#options.cacheBytesMax ?? defaultCacheBytes);
    this.#superseded = [];
    this.#supersededFirst = 0;
    this.#recent = [];
    this.#rows = [];
    this.#rowBytes = 0;
    this.#drop = [];
    this.#revision = Math.max(1, state.revision);
    this.#confirmed = this.#revision;
    for (const row of this.#backend.scan(0)) this.#loadRow(row);
    this.#compactRevision = 0;
    if (state.compactRevision > 0) this.compact(state.compactRevision);
    this.#eachLeased((lease, key) => this.#options.onLease?.(lease, key, true));
  }

  #loadRow(row: Row): void {
    const kv = decodeKeyValue(row.encoded);
    const key = toByteString(kv.key);
    const version = new Version({
      main: row.main,
      sub: row.sub,
      createRevision: row.tombstone ? 0 : kv.createRevision,
      version: row.tombstone ? 0 : kv.version,
      lease: row.tombstone ? 0n : kv.lease,
      encoded: row.encoded,
    });
    this.#cache.add(version);
    this.#cache.trim(Number.MAX_SAFE_INTEGER);
    this.#insert(key, version);
  }

  #eachLeased(visit: (lease: bigint, key: ByteString) => void): void {
    this.#index.each({ from: '', to: undefined, single: false }, (record) => {
      const { head } = record;
      if (!head.isTombstone && head.lease !== 0n) visit(head.lease, record.key);
    });
  }

  #insert(key: ByteString, version: Version): KeyRecord {
    let record = this.#index.get(key);
    if (record === undefined) {
      record = new KeyRecord(key, version);
      this.#index.add(record);
      if (version.isTombstone) this.#superseded.push({ main: version.main, record });
    } else {
      record.push(version);
      this.#superseded.push({ main: version.main, record });
    }
    return record;
  }

  /** The wire bytes of a version; of a tombstone those of its key. */
  encodedOf(version: Version): ByteString | undefined {
    version.touched = true;
    if (version.encoded === undefined) {
      const encoded = this.#backend.read(version.main, version.sub);
      if (encoded === undefined) return undefined;
      version.encoded = encoded;
      this.#cache.add(version);
      this.#cache.trim(this.#confirmed);
    }
    return version.encoded;
  }

  /** The key as of a revision, with its history as far as it is kept. */
  at(key: ByteString, revision: number): Version | undefined {
    return this.#index.get(key)?.at(revision);
  }

  begin(): WriteTransaction {
    return new WriteTransaction(this, this.#revision + 1);
  }

  /** For WriteTransaction: adds a version of a key, and its row to the next batch. */
  append(key: ByteString, version: Version): KeyRecord {
    const encoded = version.encoded!;
    this.#rows.push({
      main: version.main,
      sub: version.sub,
      tombstone: version.isTombstone,
      encoded,
    });
    this.#rowBytes += encoded.length + 32;
    this.#cache.add(version);
    return this.#insert(key, version);
  }

  leaseChanged(lease: bigint, key: ByteString, attached: boolean): void {
    this.#options.onLease?.(lease, key, attached);
  }

  /** For WriteTransaction: the revision is whole now. */
  end(revision: Revision): void {
    this.#revision = revision.main;
    this.#recent.push(revision);
    const max = this.#options.recentRevisionsMax ?? 20_000;
    if (this.#recent.length > max * 2 && this.#recent[max]!.main <= this.#confirmed) {
      this.#recent = this.#recent.slice(-max);
    }
    this.#options.onRevision?.(revision);
  }

  /** What changed since the last call, for the backend. */
  takeBatch(): { rows: readonly Row[]; drop: readonly number[] } {
    const batch = { rows: this.#rows, drop: this.#drop };
    this.#rows = [];
    this.#drop = [];
    this.#rowBytes = 0;
    return batch;
  }

  /** The backend holds everything up to this revision. */
  confirm(revision: number): void {
    this.#confirmed = revision;
    this.#cache.trim(revision);
  }

  /**
   * The revisions from `from` on, at most `limit`, oldest first; `next` is where to go on. The caller
   * checks compaction.
   */
  revisionsFrom(from: number, limit: number): { revisions: readonly Revision[]; next: number } {
    const oldest = this.#recent[0]?.main ?? this.#revision + 1;
    if (from >= oldest) {
      const start = from - oldest;
      const revisions = this.#recent.slice(start, start + limit);
      return { revisions, next: from + revisions.length };
    }
    return this.#revisionsFromIndex(from, Math.min(oldest, from + limit));
  }

  /** Older history is put together again from the backend's rows. */
  #revisionsFromIndex(from: number, to: number): { revisions: Revision[]; next: number } {
    const revisions: { main: number; changes: Change[] }[] = [];
    for (const row of this.#backend.scan(from)) {
      if (row.main >= to) break;
      const key = toByteString(decodeKeyValue(row.encoded).key);
      const record = this.#index.get(key);
      if (record === undefined) continue;
      const version = [...(record.older ?? []), record.head].find((one) => one.main === row.main);
      if (version === undefined) continue;
      if (revisions.at(-1)?.main !== row.main) revisions.push({ main: row.main, changes: [] });
      revisions.at(-1)!.changes.push({ record, version, previous: record.at(row.main - 1) });
    }
    return { revisions, next: to };
  }

  /**
   * Forgets history before `revision`. The answer to later reads changes at once; what is dropped
   * leaves the backend with the next batches. Work is in proportion to what is dropped.
   */
  compact(revision: number): void {
    this.#compactRevision = revision;
    const queue = this.#superseded;
    const seen = new Set<KeyRecord>();
    while (this.#supersededFirst < queue.length) {
      const { main, record } = queue[this.#supersededFirst]!;
      if (main > revision) break;
      this.#supersededFirst++;
      if (seen.has(record)) continue;
      seen.add(record);
      const gone = record.compact(revision, (version) => {
        this.#drop.push(version.main, version.sub);
      });
      if (gone && this.#index.get(record.key) === record) this.#index.remove(record.key);
    }
    this.#superseded = queue.slice(this.#supersededFirst);
    this.#supersededFirst = 0;
    const oldest = this.#recent[0]?.main ?? 0;
    if (oldest < revision) this.#recent = this.#recent.slice(revision - oldest);
  }
}

/** The writes of one revision. Reads through the store see them at `revision` at once. */
export class WriteTransaction {
  readonly #store: MvccStore;
  readonly #main: number;
  readonly #changes: Change[] = [];

  constructor(store: MvccStore, main: number) {
    this.#store = store;
    this.#main = main;
  }

  /** The newest revision that reads in the transaction see. */
  get revision(): number {
    return this.#changes.length === 0 ? this.#main - 1 : this.#main;
  }

  put(key: ByteString, value: Uint8Array, lease: bigint): Change {
    const main = this.#main;
    const head = this.#store.keys.get(key)?.head;
    const previous = head === undefined || head.isTombstone ? undefined : head;
    const createRevision = previous?.createRevision ?? main;
    const count = (previous?.version ?? 0) + 1;
    const version = new Version({
      main,
      sub: this.#changes.length,
      createRevision,
      version: count,
      lease,
      encoded: encodeKeyValue({
        key,
        createRevision,
        modRevision: main,
        version: count,
        value,
        lease,
      }),
    });
    const before = previous?.lease ?? 0n;
    if (before !== lease) {
      if (before !== 0n) this.#store.leaseChanged(before, key, false);
      if (lease !== 0n) this.#store.leaseChanged(lease, key, true);
    }
    const change = { record: this.#store.append(key, version), version, previous };
    this.#changes.push(change);
    return change;
  }

  /** Deletes what lives in the range; returns what it was. */
  deleteRange(range: KeyRange): readonly Change[] {
    const living: KeyRecord[] = [];
    this.#store.keys.each(range, (record) => {
      if (!record.head.isTombstone) living.push(record);
    });
    return living.map((record) => this.#delete(record));
  }

  #delete(record: KeyRecord): Change {
    const previous = record.head;
    if (previous.lease !== 0n) this.#store.leaseChanged(previous.lease, record.key, false);
    const version = new Version({
      main: this.#main,
      sub: this.#changes.length,
      createRevision: 0,
      version: 0,
      lease: 0n,
      encoded: encodeDeleted(record.key, 0),
    });
    this.#store.append(record.key, version);
    const change = { record, version, previous };
    this.#changes.push(change);
    return change;
  }

  /** Ends the transaction; returns the store's revision after it. */
  end(): number {
    if (this.#changes.length > 0) this.#store.end({ main: this.#main, changes: this.#changes });
    return this.#store.revision;
  }
}
