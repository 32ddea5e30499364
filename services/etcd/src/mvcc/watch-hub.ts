/**
 * Who watches what, and who has seen how much.
 *
 * 1. A watcher is delivered every matching event from its start on, once, in revision order; a
 *    revision arrives whole.
 * 2. A watcher is synced when it is delivered up to the store's revision. Synced watchers get events
 *    as they happen. Others read history in small steps, each when its stream takes more.
 * 3. Nothing is kept for a watcher whose stream is full but the revision to go on from.
 * 4. A watcher that needs compacted history is told so and is gone.
 */
import { rangeContains, type KeyRange } from './key-index.ts';
import type { EncodedEvent } from './results.ts';
import type { Change, MvccStore, Revision } from './store.ts';
import { encodeDeleted } from './version.ts';

/** The matching events of one revision. */
export interface EventGroup {
  readonly revision: number;
  readonly events: readonly EncodedEvent[];
}

export interface WatchSink {
  /** False while the reader is slow: nothing should be sent. */
  readonly isReady: boolean;
  deliver(watcher: Watcher, groups: readonly EventGroup[], headerRevision: number): void;
  compacted(watcher: Watcher, compactRevision: number): void;
  /** The watcher has just become synced. */
  synced(watcher: Watcher): void;
}

export interface WatcherOptions {
  readonly range: KeyRange;
  /** 0: from the next revision on. */
  readonly startRevision: number;
  readonly noPut: boolean;
  readonly noDelete: boolean;
  readonly previous: boolean;
  readonly sink: WatchSink;
}

export interface Watcher {
  readonly range: KeyRange;
  readonly isSynced: boolean;
  /** Nothing before it is still to be delivered. */
  readonly nextRevision: number;
  cancel(): void;
}

class HubWatcher implements Watcher {
  readonly options: WatcherOptions;
  readonly #hub: WatchHub;
  nextRevision: number;
  isSynced = false;
  isCanceled = false;
  waiting: EventGroup[] = [];

  constructor(hub: WatchHub, options: WatcherOptions, nextRevision: number) {
    this.#hub = hub;
    this.options = options;
    this.nextRevision = nextRevision;
  }

  get range(): KeyRange {
    return this.options.range;
  }

  cancel(): void {
    this.#hub.remove(this);
  }
}

interface RangeWatchers {
  readonly range: KeyRange;
  readonly watchers: Set<HubWatcher>;
}

export interface WatchHubOptions {
  /** Runs a function soon, after the input that is already waiting. */
  readonly defer: (run: () => void) => void;
  /** Milliseconds from any zero, to bound how long catching up may hold the thread. */
  readonly now: () => number;
}

/** Revisions that a catching-up watcher reads at a time. */
const stepRevisions = 500;
const sliceMillis = 5;

export class WatchHub {
  readonly #store: MvccStore;
  readonly #options: WatchHubOptions;
  readonly #byKey = new Map<string, Set<HubWatcher>>();
  readonly #byRange = new Map<string, RangeWatchers>();
  readonly #dirty = new Set<HubWatcher>();
  readonly #unsynced = new Set<HubWatcher>();
  #flushPlanned = false;
  #catchUpPlanned = false;
  #count = 0;

  constructor(store: MvccStore, options: WatchHubOptions) {
    this.#store = store;
    this.#options = options;
  }

  get watcherCount(): number {
    return this.#count;
  }

  get unsyncedCount(): number {
    return this.#unsynced.size;
  }

  create(options: WatcherOptions): Watcher {
    const current = this.#store.revision;
    const start = options.startRevision === 0 ? current + 1 : options.startRevision;
    const watcher = new HubWatcher(this, options, start);
    this.#count++;
    if (start > current) this.#join(watcher);
    else this.#fallBehind(watcher, start);
    return watcher;
  }

  remove(watcher: HubWatcher): void {
    if (watcher.isCanceled) return;
    watcher.isCanceled = true;
    this.#count--;
    this.#unsynced.delete(watcher);
    this.#dirty.delete(watcher);
    this.#leave(watcher);
  }

  /** A stream takes more again. */
  resume(): void {
    if (this.#unsynced.size > 0) this.#planCatchUp();
  }

  /**
   * Everything was replaced (a snapshot came in): all watchers go on from where they are, synced ones
   * from behind the revision that the store had.
   */
  reset(seenRevision: number): void {
    for (const watchers of this.#byKey.values()) {
      for (const watcher of watchers) this.#loseStep(watcher, seenRevision);
    }
    for (const { watchers } of this.#byRange.values()) {
      for (const watcher of watchers) this.#loseStep(watcher, seenRevision);
    }
    this.#planCatchUp();
  }

  #loseStep(watcher: HubWatcher, seenRevision: number): void {
    const next = watcher.waiting[0]?.revision ?? Math.max(watcher.nextRevision, seenRevision + 1);
    this.#leave(watcher);
    this.#fallBehind(watcher, next);
  }

  #join(watcher: HubWatcher): void {
    watcher.isSynced = true;
    const { range } = watcher;
    if (range.single) {
      const watchers = this.#byKey.get(range.from);
      if (watchers === undefined) this.#byKey.set(range.from, new Set([watcher]));
      else watchers.add(watcher);
      return;
    }
    const name = nameOf(range);
    const group = this.#byRange.get(name);
    if (group === undefined) this.#byRange.set(name, { range, watchers: new Set([watcher]) });
    else group.watchers.add(watcher);
  }

  #leave(watcher: HubWatcher): void {
    if (!watcher.isSynced) return;
    watcher.isSynced = false;
    const { range } = watcher;
    if (range.single) {
      const watchers = this.#byKey.get(range.from);
      watchers?.delete(watcher);
      if (watchers?.size === 0) this.#byKey.delete(range.from);
      return;
    }
    const group = this.#byRange.get(nameOf(range));
    group?.watchers.delete(watcher);
    if (group?.watchers.size === 0) this.#byRange.delete(nameOf(range));
  }

  #fallBehind(watcher: HubWatcher, from: number): void {
    watcher.nextRevision = from;
    watcher.waiting = [];
    this.#dirty.delete(watcher);
    this.#unsynced.add(watcher);
    this.#planCatchUp();
  }

  /** The store has made a revision. */
  onRevision(revision: Revision): void {
    if (this.#byKey.size === 0 && this.#byRange.size === 0) return;
    for (const change of revision.changes) {
      const key = change.record.key;
      const watchers = this.#byKey.get(key);
      if (watchers !== undefined) {
        for (const watcher of watchers) this.#collect(watcher, revision.main, change);
      }
      for (const group of this.#byRange.values()) {
        if (!rangeContains(group.range, key)) continue;
        for (const watcher of group.watchers) this.#collect(watcher, revision.main, change);
      }
    }
    if (this.#dirty.size > 0 && !this.#flushPlanned) {
      this.#flushPlanned = true;
      this.#options.defer(() => this.flush());
    }
  }

  #collect(watcher: HubWatcher, revision: number, change: Change): void {
    if (revision < watcher.nextRevision) return;
    const event = this.#eventFor(watcher, revision, change);
    if (event === undefined) return;
    const last = watcher.waiting.at(-1);
    if (last?.revision === revision) (last.events as EncodedEvent[]).push(event);
    else watcher.waiting.push({ revision, events: [event] });
    this.#dirty.add(watcher);
  }

  #eventFor(watcher: HubWatcher, revision: number, change: Change): EncodedEvent | undefined {
    const { version, record, previous } = change;
    const { noPut, noDelete, previous: wantsPrevious } = watcher.options;
    const isDelete = version.isTombstone;
    if (isDelete ? noDelete : noPut) return undefined;
    const kv = isDelete ? encodeDeleted(record.key, revision) : this.#store.encodedOf(version);
    if (kv === undefined) throw new Error(`revision ${revision} is not in the database`);
    const isKnown = revision - 1 >= this.#store.compactRevision;
    const wanted = wantsPrevious && previous !== undefined && isKnown;
    return { isDelete, kv, previous: wanted ? this.#store.encodedOf(previous) : undefined };
  }

  /** Sends what synced watchers have waiting. Streams that are full make their watchers unsynced. */
  flush(): void {
    this.#flushPlanned = false;
    for (const watcher of this.#dirty) {
      const groups = watcher.waiting;
      watcher.waiting = [];
      if (watcher.options.sink.isReady) {
        const last = groups.at(-1)!.revision;
        watcher.nextRevision = last + 1;
        watcher.options.sink.deliver(watcher, groups, last);
      } else {
        this.#leave(watcher);
        this.#fallBehind(watcher, groups[0]!.revision);
      }
    }
    this.#dirty.clear();
  }

  #planCatchUp(): void {
    if (this.#catchUpPlanned) return;
    this.#catchUpPlanned = true;
    this.#options.defer(() => this.#catchUp());
  }

  #catchUp(): void {
    this.#catchUpPlanned = false;
    const end = this.#options.now() + sliceMillis;
    let isMore = false;
    for (const watcher of this.#unsynced) {
      if (!watcher.options.sink.isReady) continue;
      if (this.#options.now() > end) {
        isMore = true;
        break;
      }
      // To the back of the queue, so that one long history does not starve the others.
      this.#unsynced.delete(watcher);
      if (this.#step(watcher)) {
        this.#unsynced.add(watcher);
        isMore ||= watcher.options.sink.isReady;
        if (this.#unsynced.size === 1) break;
      }
    }
    if (isMore) this.#planCatchUp();
  }

  /** True when there is more to catch up with. */
  #step(watcher: HubWatcher): boolean {
    const { sink, range } = watcher.options;
    const current = this.#store.revision;
    if (watcher.nextRevision < this.#store.compactRevision) {
      this.remove(watcher);
      sink.compacted(watcher, this.#store.compactRevision);
      return false;
    }
    if (watcher.nextRevision <= current) {
      const { revisions, next } = this.#store.revisionsFrom(watcher.nextRevision, stepRevisions);
      const groups: EventGroup[] = [];
      for (const { main, changes } of revisions) {
        const events = changes
          .filter((change) => rangeContains(range, change.record.key))
          .map((change) => this.#eventFor(watcher, main, change))
          .filter((event) => event !== undefined);
        if (events.length > 0) groups.push({ revision: main, events });
      }
      watcher.nextRevision = next;
      if (groups.length > 0) sink.deliver(watcher, groups, current);
      if (watcher.isCanceled) return false;
      if (next <= this.#store.revision) return true;
    }
    this.#join(watcher);
    sink.synced(watcher);
    return false;
  }
}

const nameOf = (range: KeyRange) => `${range.from.length}:${range.from}${range.to ?? ''}`;
