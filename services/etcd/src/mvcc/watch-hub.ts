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
import type { Revision } from './revision.ts';
import type { MvccStore } from './store.ts';
import { EventBatch, EventGroup, EventMaker, type EventForm } from './watch-events.ts';
import { WatcherGroups, type WatcherGroup } from './watch-groups.ts';

export interface WatchSink {
  /** False while the reader is slow: nothing should be sent. */
  readonly isReady: boolean;
  deliver(watcher: Watcher, batch: EventBatch, headerRevision: number): void;
  compacted(watcher: Watcher, compactRevision: number): void;
  /** The watcher has just become synced. */
  synced(watcher: Watcher): void;
}

export interface WatcherOptions extends EventForm {
  readonly range: KeyRange;
  /** 0: from the next revision on. */
  readonly startRevision: number;
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
  /** While it is synced. */
  group: WatcherGroup<HubWatcher> | undefined;
  isCanceled = false;

  constructor(hub: WatchHub, options: WatcherOptions, nextRevision: number) {
    this.#hub = hub;
    this.options = options;
    this.nextRevision = nextRevision;
  }

  get range(): KeyRange {
    return this.options.range;
  }

  get isSynced(): boolean {
    return this.group !== undefined;
  }

  cancel(): void {
    this.#hub.remove(this);
  }
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
  readonly #events: EventMaker;
  readonly #synced = new WatcherGroups<HubWatcher>();
  /** Groups with events that wait. */
  #dirty = new Set<WatcherGroup<HubWatcher>>();
  readonly #unsynced = new Set<HubWatcher>();
  #flushPlanned = false;
  #catchUpPlanned = false;
  #count = 0;

  constructor(store: MvccStore, options: WatchHubOptions) {
    this.#store = store;
    this.#options = options;
    this.#events = new EventMaker(store);
  }

  get watcherCount(): number {
    return this.#count;
  }

  get unsyncedCount(): number {
    return this.#unsynced.size;
  }

  /** Events that synced watchers have waiting, to be sent in the next flush. */
  get pendingEventCount(): number {
    let count = 0;
    for (const { waiting } of this.#dirty) {
      for (const group of waiting) count += group.events.length;
    }
    return count;
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
    for (const group of this.#synced.all) {
      group.each((watcher) => {
        const due = group.waiting.find(({ revision }) => revision >= watcher.nextRevision);
        const next = due?.revision ?? Math.max(watcher.nextRevision, seenRevision + 1);
        this.#leave(watcher);
        this.#fallBehind(watcher, next);
      });
    }
    this.#planCatchUp();
  }

  #join(watcher: HubWatcher): void {
    const { options } = watcher;
    watcher.group = this.#synced.join(watcher, options.sink, options.range, options);
  }

  #leave(watcher: HubWatcher): void {
    if (watcher.group === undefined) return;
    this.#synced.leave(watcher, watcher.options.sink, watcher.group);
    watcher.group = undefined;
  }

  #fallBehind(watcher: HubWatcher, from: number): void {
    watcher.nextRevision = from;
    this.#unsynced.add(watcher);
    this.#planCatchUp();
  }

  /** The store has made a revision. The work is one for each group of watchers, not for each watcher. */
  onRevision({ main, changes }: Revision): void {
    if (this.#synced.isEmpty) return;
    for (const change of changes) {
      this.#synced.each(change.version.key, (group) => {
        const event = this.#events.eventOf(main, change, group.form);
        if (event === undefined) return;
        const last = group.waiting.at(-1);
        if (last?.revision === main) last.events.push(event);
        else group.waiting.push(new EventGroup(main, [event]));
        this.#dirty.add(group);
      });
    }
    if (this.#dirty.size > 0 && !this.#flushPlanned) {
      this.#flushPlanned = true;
      this.#options.defer(() => this.flush());
    }
  }

  /** Sends what synced watchers have waiting. Streams that are full make their watchers unsynced. */
  flush(): void {
    this.#flushPlanned = false;
    const dirty = this.#dirty;
    this.#dirty = new Set();
    for (const group of dirty) {
      const { waiting } = group;
      if (waiting.length === 0) continue;
      group.waiting = [];
      const batch = new EventBatch(waiting);
      group.each((watcher) => this.#deliver(watcher, batch));
    }
  }

  #deliver(watcher: HubWatcher, all: EventBatch): void {
    const last = all.groups.at(-1)!.revision;
    // It joined behind them all.
    if (watcher.nextRevision > last) return;
    const batch = all.from(watcher.nextRevision);
    const { sink } = watcher.options;
    if (sink.isReady) {
      watcher.nextRevision = last + 1;
      sink.deliver(watcher, batch, last);
    } else {
      this.#leave(watcher);
      this.#fallBehind(watcher, batch.groups[0]!.revision);
    }
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
          .filter((change) => rangeContains(range, change.version.key))
          .map((change) => this.#events.eventOf(main, change, watcher.options))
          .filter((event) => event !== undefined);
        if (events.length > 0) groups.push(new EventGroup(main, events));
      }
      watcher.nextRevision = next;
      if (groups.length > 0) sink.deliver(watcher, new EventBatch(groups), current);
      if (watcher.isCanceled) return false;
      if (next <= this.#store.revision) return true;
    }
    this.#join(watcher);
    sink.synced(watcher);
    return false;
  }
}
