import { describe, expect, it } from 'vitest';
import type { Batch } from './backend.ts';
import { hashHistory } from './hash.ts';
import { createMemoryBackend, type MemoryBackend } from './memory-backend.ts';
import { MvccStore, type MvccOptions } from './store.ts';
import { keyOf, type ByteString } from './version.ts';

function open(options: MvccOptions = {}) {
  const backend = createMemoryBackend();
  return { backend, store: new MvccStore(backend, options) };
}

function put(store: MvccStore, ...keys: ByteString[]): void {
  const transaction = store.begin();
  for (const key of keys) transaction.put(key, Buffer.from('v'), 0n);
  transaction.end();
}

function remove(store: MvccStore, key: ByteString): void {
  const transaction = store.begin();
  transaction.deleteRange({ from: key, to: undefined, single: true });
  transaction.end();
}

function commit(backend: MemoryBackend, store: MvccStore): void {
  const named = {
    revision: store.revision,
    'compact-revision': store.compactRevision,
    'finished-compact-revision': store.finishedCompactRevision,
  };
  const values = new Map(
    Object.entries(named).map(([name, value]) => [name, Buffer.from(String(value))]),
  );
  backend.write({ appliedIndex: 1, ...store.takeBatch(), values } satisfies Batch);
  store.confirm(store.revision);
}

describe('compaction', () => {
  it('answers at once, and forgets in slices of at most what it is asked for', () => {
    const { store } = open();
    for (let count = 0; count < 100; count++) put(store, 'hot');
    store.takeBatch();
    store.compact(101);
    expect(store.at('hot', 101)!.main).toBe(101);
    let slices = 1;
    while (store.forgetSlice(10)) {
      expect(store.takeBatch().drop.length / 2).toBeLessThanOrEqual(10);
      slices++;
    }
    expect(slices).toBe(10);
    expect(store.finishedCompactRevision).toBe(101);
    expect(store.supersededCount).toBe(0);
  });

  it('keeps a tombstone of the compacted revision until the next compaction', () => {
    const { backend, store } = open();
    const forget = () => {
      while (store.forgetSlice(10));
      commit(backend, store);
    };
    const rows = () =>
      [...backend.scan(0)].flat().map((row) => `${keyOf(row.encoded)} ${row.main}`);
    put(store, 'a');
    put(store, 'b');
    remove(store, 'a');
    store.compact(4);
    forget();
    expect(rows()).toEqual(['b 3', 'a 4']);
    expect(store.finishedCompactRevision).toBe(4);

    // Also by a store that was loaded since, and with a key that lives again.
    const again = new MvccStore(backend);
    again.load({ revision: store.revision, compactRevision: 4 });
    while (again.forgetSlice(10));
    const changesAt4 = again.revisionsFrom(4, 1).revisions[0]!.changes;
    expect(changesAt4.map(({ version }) => [version.key, version.isTombstone])).toEqual([
      ['a', true],
    ]);
    put(store, 'a');
    forget();
    expect(rows()).toEqual(['b 3', 'a 4', 'a 5']);

    store.compact(5);
    forget();
    expect(rows()).toEqual(['b 3', 'a 5']);
    remove(store, 'a');
    put(store, 'b');
    store.compact(6);
    forget();
    store.compact(7);
    forget();
    expect(rows()).toEqual(['b 7']);
    expect(store.keys.size).toBe(1);
  });

  it('looks at no more tombstones than it is asked for, when there is nothing else to forget', () => {
    const { backend, store } = open();
    const keys = Array.from({ length: 30 }, (_, index) => `key-${index}`);
    put(store, ...keys);
    const transaction = store.begin();
    transaction.deleteRange({ from: '', to: undefined, single: false });
    transaction.end();
    store.compact(3);
    while (store.forgetSlice(10));
    commit(backend, store);
    const again = new MvccStore(backend);
    again.load({ revision: 3, compactRevision: 3 });
    let slices = 1;
    while (again.forgetSlice(10)) slices++;
    expect(slices).toBeGreaterThanOrEqual(3);
    expect(again.keys.size).toBe(30);
  });

  it('leaves what a reader has pinned until the reader lets go', () => {
    const { store } = open();
    put(store, 'a');
    put(store, 'a');
    put(store, 'a');
    const release = store.pin(3);
    store.compact(4);
    expect(store.forgetSlice(10)).toBe(true);
    expect(store.at('a', 3)!.main).toBe(3);
    expect(store.finishedCompactRevision).toBe(3);
    release();
    release();
    expect(store.forgetSlice(10)).toBe(false);
    expect(store.at('a', 3)).toBeUndefined();
    expect(store.at('a', 4)!.main).toBe(4);
  });

  it('goes on after a restart in the middle of it', () => {
    const { backend, store } = open();
    for (let count = 0; count < 20; count++) put(store, 'a', 'b');
    remove(store, 'b');
    store.compact(22);
    store.forgetSlice(5);
    commit(backend, store);
    const again = new MvccStore(backend);
    again.load({ revision: 22, compactRevision: 22 });
    expect(again.finishedCompactRevision).toBe(store.finishedCompactRevision);
    while (again.forgetSlice(7));
    commit(backend, again);
    expect([...backend.scan(0)].flat().map((row) => [row.main, keyOf(row.encoded)])).toEqual([
      [21, 'a'],
      [22, 'b'],
    ]);
    expect(again.keys.size).toBe(2);
  });
});

describe('the checksum of a history', () => {
  it('is the same before, during and after the physical part of a compaction', async () => {
    const { backend, store } = open();
    for (const key of ['a', 'b', 'c', 'a', 'b', 'a']) put(store, key);
    remove(store, 'c');
    put(store, 'c', 'd');
    store.compact(8);
    const sums = new Set<number>();
    do {
      commit(backend, store);
      for (const revision of [8, 9]) sums.add((await backend.hash(revision))!.hash);
    } while (store.forgetSlice(1));
    expect(sums.size).toBe(2);
  });

  it('leaves out kept revisions that a later one replaced, as the original does', () => {
    const { backend, store } = open();
    put(store, 'a');
    put(store, 'a');
    put(store, 'b');
    store.compact(4);
    put(store, 'a');
    while (store.forgetSlice(10));
    commit(backend, store);
    const history = {
      versions: () => backend.versions(),
      rows: () => [[...backend.scan(0)].flat().filter((row) => row.main !== 3)],
    };
    const range = { revision: 5, compactRevision: 4, finishedCompactRevision: 4 };
    const stored = { versions: history.versions, rows: () => backend.scan(0) };
    expect(hashHistory(stored, range)).toBe(hashHistory(history, range));
  });
});

describe('recent revisions', () => {
  const mainsFrom = (store: MvccStore, from: number) =>
    store.revisionsFrom(from, 100).revisions.map((revision) => revision.main);

  it('stay in memory until the backend holds them, and are read from it afterwards', () => {
    const { backend, store } = open({ recentRevisionsMax: 3 });
    for (let count = 0; count < 10; count++) put(store, 'a');
    expect(mainsFrom(store, 2)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    commit(backend, store);
    put(store, 'a');
    expect(mainsFrom(store, 2)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    expect(mainsFrom(store, 10)).toEqual([10, 11, 12]);
  });

  it('are few when each of them changes many keys', () => {
    const { backend, store } = open();
    const keys = Array.from({ length: 15_000 }, (_, index) => `key-${index}`);
    for (let count = 0; count < 3; count++) {
      put(store, ...keys);
      commit(backend, store);
    }
    put(store, 'a');
    put(store, 'b');
    expect(mainsFrom(store, 4)).toEqual([4]);
    expect(mainsFrom(store, 5)).toEqual([5, 6]);
  });
});
