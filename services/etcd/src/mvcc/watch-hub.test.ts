import { KeyValue, PutRequest, DeleteRangeRequest } from '@drydock/proto/etcd';
import { beforeEach, describe, expect, it } from 'vitest';
import { keyRange } from './key-index.ts';
import { createMemoryBackend } from './memory-backend.ts';
import { deleteRange, put } from './operations.ts';
import { MvccStore } from './store.ts';
import { toBytes, type ByteString } from './version.ts';
import type { EventBatch } from './watch-events.ts';
import { WatchHub, type Watcher, type WatcherOptions } from './watch-hub.ts';

let store: MvccStore;
let hub: WatchHub;
let deferred: (() => void)[];

beforeEach(() => {
  deferred = [];
  store = new MvccStore(createMemoryBackend(), {
    onRevision: (revision) => hub.onRevision(revision),
  });
  hub = new WatchHub(store, { defer: (run) => deferred.push(run), now: () => 0 });
});

function settle(): void {
  for (let run = deferred.shift(); run !== undefined; run = deferred.shift()) run();
}

const textOf = (encoded: ByteString) => {
  const kv = KeyValue.decode(toBytes(encoded));
  return `${Buffer.from(kv.key).toString()}=${Buffer.from(kv.value).toString()}`;
};

class Sink {
  isReady = true;
  readonly lines: string[] = [];
  compactedAt: number | undefined;
  syncedCount = 0;

  deliver(_watcher: Watcher, { groups }: EventBatch): void {
    for (const { revision, events } of groups) {
      const texts = events.map(({ isDelete, kv, previous }) => {
        const before = previous === undefined ? '' : ` was ${textOf(previous)}`;
        return `${isDelete ? '-' : '+'}${textOf(kv)}${before}`;
      });
      this.lines.push(`${revision}: ${texts.join(', ')}`);
    }
  }

  compacted(_watcher: Watcher, compactRevision: number): void {
    this.compactedAt = compactRevision;
  }

  synced(): void {
    this.syncedCount++;
  }
}

function watch(key: string, end: string, more: Partial<WatcherOptions> = {}) {
  const sink = new Sink();
  const watcher = hub.create({
    range: keyRange(key, end),
    startRevision: 0,
    noPut: false,
    noDelete: false,
    previous: false,
    sink,
    ...more,
  });
  return { sink, watcher };
}

const noLeases = new Set<bigint>();
const doPut = (key: string, value: string) =>
  put(store, noLeases, PutRequest.from({ key: Buffer.from(key), value: Buffer.from(value) }));
const doDelete = (key: string, rangeEnd = '') =>
  deleteRange(
    store,
    DeleteRangeRequest.from({ key: Buffer.from(key), rangeEnd: Buffer.from(rangeEnd) }),
  );

describe('a synced watcher', () => {
  it('gets what matches, in revision order, once', () => {
    const { sink } = watch('a', 'c');
    doPut('a', '1');
    doPut('z', '1');
    settle();
    doPut('b', '2');
    doDelete('a', 'z');
    settle();
    expect(sink.lines).toEqual(['2: +a=1', '4: +b=2', '5: -a=, -b=']);
  });

  it('gets previous values when it asks, but not those that are compacted', () => {
    const { sink } = watch('a', '', { previous: true });
    doPut('a', '1');
    doPut('a', '2');
    settle();
    doPut('b', 'x');
    store.compact(4);
    doPut('a', '3');
    settle();
    expect(sink.lines).toEqual(['2: +a=1', '3: +a=2 was a=1', '5: +a=3 was a=2']);
  });

  it('gets only the kinds of events that it did not filter out', () => {
    const puts = watch('a', '', { noDelete: true });
    const deletes = watch('a', '', { noPut: true });
    doPut('a', '1');
    doDelete('a');
    settle();
    expect(puts.sink.lines).toEqual(['2: +a=1']);
    expect(deletes.sink.lines).toEqual(['3: -a=']);
  });

  it('may wait for a revision to come', () => {
    const { sink } = watch('a', '', { startRevision: 4 });
    for (const value of ['1', '2', '3', '4']) doPut('a', value);
    settle();
    expect(sink.lines).toEqual(['4: +a=3', '5: +a=4']);
  });

  it('gets nothing after it is canceled', () => {
    const { sink, watcher } = watch('a', '');
    doPut('a', '1');
    watcher.cancel();
    settle();
    doPut('a', '2');
    settle();
    expect(sink.lines).toEqual([]);
    expect(hub.watcherCount).toBe(0);
  });
});

describe('a watcher of history', () => {
  it('catches up, then goes on, without a gap or a repetition', () => {
    for (let index = 0; index < 1_200; index++) doPut('a', String(index));
    const { sink } = watch('a', '', { startRevision: 2 });
    doPut('a', 'during');
    settle();
    doPut('a', 'after');
    settle();
    expect(sink.lines).toHaveLength(1_202);
    expect(sink.lines[0]).toBe('2: +a=0');
    expect(sink.lines.slice(-2)).toEqual(['1202: +a=during', '1203: +a=after']);
    expect(sink.syncedCount).toBe(1);
  });

  it('reads what is no longer in memory from the backend', () => {
    const backend = createMemoryBackend();
    store = new MvccStore(backend, { onRevision: (revision) => hub.onRevision(revision) });
    hub = new WatchHub(store, { defer: (run) => deferred.push(run), now: () => 0 });
    for (const value of ['1', '2', '3']) doPut('a', value);
    doDelete('a');
    backend.write({ appliedIndex: 1, ...store.takeBatch(), values: new Map() });
    store.load({ revision: store.revision, compactRevision: 0 });
    const { sink } = watch('a', '', { startRevision: 3, previous: true });
    settle();
    expect(sink.lines).toEqual(['3: +a=2 was a=1', '4: +a=3 was a=2', '5: -a= was a=3']);
  });

  it('is told when what it needs is compacted, and is gone; the compacted revision itself is legal', () => {
    for (const value of ['1', '2', '3']) doPut('a', value);
    store.compact(4);
    const old = watch('a', '', { startRevision: 3 });
    const edge = watch('a', '', { startRevision: 4 });
    settle();
    expect(old.sink.compactedAt).toBe(4);
    expect(edge.sink.lines).toEqual(['4: +a=3']);
    expect(hub.watcherCount).toBe(1);
  });
});

describe('a slow watcher', () => {
  it('keeps nothing but its place, does not hold up others, and misses nothing', () => {
    const slow = watch('a', '');
    const fast = watch('a', '');
    slow.sink.isReady = false;
    for (let index = 0; index < 600; index++) {
      doPut('a', String(index));
      settle();
    }
    expect(fast.sink.lines).toHaveLength(600);
    expect(slow.sink.lines).toEqual([]);
    expect(hub.unsyncedCount).toBe(1);
    slow.sink.isReady = true;
    hub.resume();
    settle();
    expect(slow.sink.lines).toEqual(fast.sink.lines);
    expect(hub.unsyncedCount).toBe(0);
  });
});
