/**
 * The multi-version store: every write makes a revision, and readers see the store as of one.
 *
 * 1. Revisions start at 1 (an empty store); a write transaction that changes something adds exactly 1.
 * 2. Reads are synchronous. Bytes that the cache has let go come from the backend.
 * 3. Nothing at or above `compactRevision` is forgotten, except what was already overwritten by it: a key
 *    deleted there stays a tombstone until the next compaction, for whoever watches from there. The
 *    answers change at once with a compaction; what is forgotten goes in slices (`forgetSlice`).
 * 4. Changes collect until `takeBatch`; they stay in memory until `confirm`.
 * 5. What a reader has pinned is forgotten after it has let go.
 *
 * Source: etcd's mvcc semantics (shared names: revision main and sub, generation, tombstone).
 */
import { neverCompacted, type Backend, type Row } from './backend.ts';
import { KeyIndex, type KeyRange, type KeyRecord } from './key-index.ts';
import { RecentRevisions } from './recent-revisions.ts';
import type { Change, Revision } from './revision.ts';
import type { HashSeed } from './string-hash.ts';
import { SupersededQueue } from './superseded.ts';
import { VersionCache } from './version-cache.ts';
import { encodeDeleted, encodeKeyValue, keyOf, Version, type ByteString } from './version.ts';

export interface MvccOptions {
  /** Bytes of values to keep in memory. 64 MiB by default. */
  readonly cacheBytesMax?: number;
  /** Revisions kept in memory for watchers that catch up. 10,000 by default. */
  readonly recentRevisionsMax?: number;
  /** Random, so that nobody can make keys collide; fixed by default. */
  readonly hashSeed?: HashSeed;
  /** Called with each revision when its transaction ends. */
  readonly onRevision?: (revision: Revision) => void;
  /** Keys gain and lose their leases here. */
  readonly onLease?: (lease: bigint, key: ByteString, attached: boolean) => void;
}

const defaultCacheBytes = 64 * 1024 * 1024;
const defaultRecentRevisions = 10_000;
/** Keys changed in the recent revisions: one transaction may change many. */
const recentChangesMax = 20_000;
/** What watchers that catch up get at a time, in keys. A revision stays whole. */
const changesPerStep = 1_000;

export class MvccStore {
  readonly #backend: Backend;
  readonly #options: MvccOptions;
  readonly #seed: HashSeed;
  #index: KeyIndex;
  #cache: VersionCache;
  #revision = 1;
  #compactRevision = neverCompacted;
  #confirmed = 0;
  #superseded = new SupersededQueue();
  /** Deleted at the compacted revision: their tombstones go with the next compaction. */
  #deletedLast: ByteString[] = [];
  #recent: RecentRevisions;
  #loads = 0;
  /** Revisions that readers still need, each with the number of them. */
  readonly #pins = new Map<number, number>();
  #rows: Row[] = [];
  #rowBytes = 0;
  #drop: number[] = [];

  constructor(backend: Backend, options: MvccOptions = {}) {
    this.#backend = backend;
    this.#options = options;
    this.#seed = options.hashSeed ?? { low: 0, high: 0 };
    this.#index = new KeyIndex(this.#seed);
    this.#cache = this.#newCache();
    this.#recent = this.#newRecent();
  }

  #newCache(): VersionCache {
    return new VersionCache(this.#options.cacheBytesMax ?? defaultCacheBytes);
  }

  #newRecent(): RecentRevisions {
    const revisionsMax = this.#options.recentRevisionsMax ?? defaultRecentRevisions;
    return new RecentRevisions({ revisionsMax, changesMax: recentChangesMax });
  }

  get revision(): number {
    return this.#revision;
  }

  /** -1 while nothing was compacted. */
  get compactRevision(): number {
    return this.#compactRevision;
  }

  /** How often everything was replaced: what was found before is not there any more. */
  get loads(): number {
    return this.#loads;
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
    this.#loads++;
    this.#cache = this.#newCache();
    this.#superseded = new SupersededQueue();
    this.#deletedLast = [];
    this.#recent = this.#newRecent();
    this.#rows = [];
    this.#rowBytes = 0;
    this.#drop = [];
    this.#revision = Math.max(1, state.revision);
    this.#confirmed = this.#revision;
    this.#compactRevision = state.compactRevision;
    this.#index = new KeyIndex(this.#seed);
    this.#index.fill(this.#backend.versions(), (version, before) =>
      this.#queueSuperseded(version, before),
    );
    this.#index.each({ from: '', to: undefined, single: false }, ({ key, head }) => {
      if (head.lease !== 0n && !head.isTombstone) this.#options.onLease?.(head.lease, key, true);
    });
  }

  /** A version replaces the one before it; a tombstone is to be forgotten itself. */
  #queueSuperseded({ main, key, isTombstone }: Version, before: Version | undefined): void {
    if (before !== undefined) this.#cache.replace(before);
    if (before !== undefined || isTombstone) this.#superseded.push(main, key);
  }

  /** The wire bytes of a version, which is no tombstone. */
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

  /** The same of many, in their order; what was not in memory does not stay. */
  encodedOfMany(versions: readonly Version[]): readonly ByteString[] {
    const missing = versions.filter((version) => version.encoded === undefined);
    const found = missing.length === 0 ? [] : this.#backend.readMany(missing);
    let next = 0;
    return versions.map((version) => version.encoded ?? found[next++]!);
  }

  /** The key as of a revision, with its history as far as it is kept. */
  at(key: ByteString, revision: number): Version | undefined {
    return this.#index.get(key)?.at(revision);
  }

  begin(): WriteTransaction {
    return new WriteTransaction(this, this.#revision + 1);
  }

  /** For WriteTransaction: adds a version of a key, and its row to the next batch. */
  append(version: Version): void {
    const encoded = version.encoded!;
    const tombstone = version.isTombstone;
    this.#rows.push({ main: version.main, sub: version.sub, tombstone, encoded });
    this.#rowBytes += encoded.length + 32;
    // Nobody reads a tombstone: what events tell of a delete is made of its key.
    if (tombstone) version.encoded = undefined;
    else this.#cache.add(version);
    this.#queueSuperseded(version, this.#index.push(version));
  }

  leaseChanged(lease: bigint, key: ByteString, attached: boolean): void {
    this.#options.onLease?.(lease, key, attached);
  }

  /** For WriteTransaction: the revision is whole now. */
  end(revision: Revision): void {
    this.#revision = revision.main;
    this.#recent.push(revision, this.#confirmed);
    this.#options.onRevision?.(revision);
  }

  /** Whether versions wait to be dropped from the backend. */
  get hasDrops(): boolean {
    return this.#drop.length > 0;
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
   * The revisions from `from` on, at most `limit`, oldest first, fewer when they change many keys; `next`
   * is where to go on. The caller checks compaction.
   */
  revisionsFrom(from: number, limit: number): { revisions: readonly Revision[]; next: number } {
    const oldest = this.#recent.oldest ?? this.#revision + 1;
    if (from >= oldest) {
      const revisions = this.#recent.slice(from, limit, changesPerStep);
      return { revisions, next: from + revisions.length };
    }
    return this.#revisionsFromBackend(from, Math.min(oldest, from + limit));
  }

  /** Older history is put together again from the backend's rows. */
  #revisionsFromBackend(from: number, to: number): { revisions: Revision[]; next: number } {
    const revisions: { main: number; changes: Change[] }[] = [];
    let changes = 0;
    for (const rows of this.#backend.scan(from)) {
      for (const { main, sub, encoded } of rows) {
        if (main >= to) return { revisions, next: to };
        const isNext = revisions.at(-1)?.main !== main;
        if (isNext && changes >= changesPerStep) return { revisions, next: main };
        const record = this.#index.get(keyOf(encoded));
        const version = record?.madeBy(main, sub);
        if (record === undefined || version === undefined) continue;
        if (isNext) revisions.push({ main, changes: [] });
        revisions.at(-1)!.changes.push({ version, previous: record.at(main - 1) });
        this.#keepBytes(version, encoded);
        changes++;
      }
    }
    return { revisions, next: to };
  }

  #keepBytes(version: Version, encoded: ByteString): void {
    if (version.encoded !== undefined || version.isTombstone) return;
    version.encoded = encoded;
    this.#cache.add(version);
    this.#cache.trim(this.#confirmed);
  }

  /**
   * Forgets history before `revision`: reads of it are refused from now on. What goes with it is left to
   * `forgetSlice`.
   */
  compact(revision: number): void {
    this.#superseded.pushFront(this.#compactRevision, this.#deletedLast);
    this.#deletedLast = [];
    this.#compactRevision = revision;
    this.#recent.forgetBefore(revision);
  }

  /** The last compaction that left nothing to forget behind. */
  get finishedCompactRevision(): number {
    const oldest = this.#superseded.oldest ?? Infinity;
    return oldest > this.#compactRevision ? this.#compactRevision : oldest - 1;
  }

  /** Versions that are replaced or deleted, and not forgotten yet. */
  get supersededCount(): number {
    return this.#superseded.size;
  }

  /**
   * Forgets up to `limit` versions that compaction no longer keeps, or sets their tombstones aside; they leave the backend with the next
   * batch. True when more are to go.
   */
  forgetSlice(limit: number): boolean {
    const until = Math.min(this.#compactRevision, ...this.#pins.keys());
    let count = 0;
    const drop = (version: Version) => {
      this.#drop.push(version.main, version.sub);
      this.#cache.forget(version);
      count++;
    };
    for (;;) {
      const main = this.#superseded.oldest;
      if (main === undefined || main > until)
        return main !== undefined && main <= this.#compactRevision;
      if (count >= limit) return true;
      const key = this.#superseded.shift();
      const isLast = main === this.#compactRevision;
      this.#index.forgetBefore(key, main, { keepsTombstone: isLast, drop });
      if (!isLast || this.#index.get(key)?.hasTombstoneAt(main) !== true) continue;
      this.#deletedLast.push(key);
      // Work as well: after a restart there may be nothing else to do for very many.
      count++;
    }
  }

  /** Keeps what a reader at `revision` sees, until it calls what it gets. */
  pin(revision: number): () => void {
    this.#pins.set(revision, (this.#pins.get(revision) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const count = this.#pins.get(revision)! - 1;
      if (count > 0) this.#pins.set(revision, count);
      else this.#pins.delete(revision);
    };
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
      key,
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
    this.#store.append(version);
    const change = { version, previous };
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

  /** Deletes one key, if it lives. */
  delete(key: ByteString): void {
    const record = this.#store.keys.get(key);
    if (record !== undefined && !record.head.isTombstone) this.#delete(record);
  }

  #delete(record: KeyRecord): Change {
    const previous = record.head;
    if (previous.lease !== 0n) this.#store.leaseChanged(previous.lease, record.key, false);
    const version = new Version({
      key: record.key,
      main: this.#main,
      sub: this.#changes.length,
      createRevision: 0,
      version: 0,
      lease: 0n,
      encoded: encodeDeleted(record.key, 0),
    });
    this.#store.append(version);
    const change = { version, previous };
    this.#changes.push(change);
    return change;
  }

  /** Ends the transaction; returns the store's revision after it. */
  end(): number {
    if (this.#changes.length > 0) this.#store.end({ main: this.#main, changes: this.#changes });
    return this.#store.revision;
  }
}
