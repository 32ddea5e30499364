import { RangeRequest, RangeResponse, SortOrder, SortTarget } from '@drydock/proto/etcd';
import { describe, expect, it } from 'vitest';
import { createMemoryBackend } from './memory-backend.ts';
import { range } from './operations.ts';
import { encodeResult } from './results.ts';
import { rangeInSlices } from './sliced-range.ts';
import { MvccStore } from './store.ts';

const header = (revision: number) => ({ clusterId: 1, memberId: 2, revision, raftTerm: 3 });
const everything = { key: Buffer.from([0]), rangeEnd: Buffer.from([0]) };

/** A thousand keys, of which the cache holds few. */
function filled(): MvccStore {
  const backend = createMemoryBackend();
  const store = new MvccStore(backend, { cacheBytesMax: 10_000 });
  for (let index = 0; index < 1_000; index++) {
    write(store, `key-${String((index * 7) % 1_000).padStart(4, '0')}`);
    if (index % 5 === 0) write(store, `key-${String(index % 50).padStart(4, '0')}`);
  }
  backend.write({ appliedIndex: 1, ...store.takeBatch(), values: new Map() });
  store.confirm(store.revision);
  return store;
}

function write(store: MvccStore, key: string): void {
  const transaction = store.begin();
  transaction.put(key, Buffer.from(`value of ${key} at ${store.revision}`), 0n);
  transaction.end();
}

/** Yields whenever it may; `between` runs between slices. */
function slowly(store: MvccStore, request: RangeRequest, between = () => {}): Buffer {
  const steps = rangeInSlices(store, request, { isOver: () => true, header });
  for (let slices = 0; ; slices++) {
    const step = steps.next();
    if (step.done === true) {
      if (!Buffer.isBuffer(step.value)) throw new Error(step.value.message);
      if (slices === 0) throw new Error('it came in one slice');
      return step.value;
    }
    between();
  }
}

describe('a range in slices', () => {
  it.each<[string, Partial<RangeRequest>]>([
    ['everything', {}],
    ['a limit', { limit: 300 }],
    ['a limit above what is there', { limit: 5_000 }],
    ['keys only', { keysOnly: true }],
    ['a count', { countOnly: true }],
    ['an old revision', { revision: 500 }],
    ['bounds', { minModRevision: 200, maxCreateRevision: 900, limit: 400 }],
    ['another order', { sortTarget: SortTarget.mod, sortOrder: SortOrder.descend, limit: 700 }],
    ['another target in no order', { sortTarget: SortTarget.version, limit: 700 }],
  ])('of %s is what a range in one go is', (_, more) => {
    const store = filled();
    const request = RangeRequest.from({ ...everything, ...more });
    const whole = range(store, request);
    if (whole.kind === 'failure') throw new Error(whole.message);
    expect(slowly(store, request)).toEqual(encodeResult(header(whole.revision), whole));
  });

  it('sees one revision, whatever is written, deleted and compacted between the slices', () => {
    const store = filled();
    const request = RangeRequest.from(everything);
    const whole = range(store, request);
    if (whole.kind === 'failure') throw new Error(whole.message);
    let next = 0;
    const answer = slowly(store, request, () => {
      write(store, `key-${String((next * 37) % 1_000).padStart(4, '0')}`);
      write(store, `new-${next}`);
      const transaction = store.begin();
      transaction.delete(`key-${String((next++ * 101) % 1_000).padStart(4, '0')}`);
      transaction.end();
      store.compact(store.revision);
      store.forgetSlice(10_000);
    });
    expect(next).toBeGreaterThan(5);
    expect(answer).toEqual(encodeResult(header(whole.revision), whole));
    expect(RangeResponse.decode(answer).kvs).toHaveLength(1_000);
    expect(store.forgetSlice(10_000)).toBe(false);
  });

  it('refuses revisions that are compacted, or not there yet', () => {
    const store = filled();
    store.compact(300);
    for (const revision of [299, store.revision + 1]) {
      const request = RangeRequest.from({ ...everything, revision });
      const steps = rangeInSlices(store, request, { isOver: () => true, header });
      expect(steps.next()).toMatchObject({ done: true, value: { kind: 'failure' } });
    }
  });
});
