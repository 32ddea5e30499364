import {
  Compare,
  CompareResult,
  CompareTarget,
  DeleteRangeRequest,
  KeyValue,
  PutRequest,
  RangeRequest,
  RequestOp,
  SortOrder,
  SortTarget,
  TxnRequest,
} from '@drydock/proto/etcd';
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryBackend } from './memory-backend.ts';
import { deleteRange, put, range, txn } from './operations.ts';
import { MvccStore } from './store.ts';
import { toBytes, type ByteString } from './version.ts';

const leases = new Set<bigint>();
let store: MvccStore;

beforeEach(() => {
  leases.clear();
  store = new MvccStore(createMemoryBackend());
});

const bytes = (text: string) => Buffer.from(text);
const doPut = (key: string, value: string, more: Partial<PutRequest> = {}) =>
  put(store, leases, PutRequest.from({ key: bytes(key), value: bytes(value), ...more }));
const doRange = (key: string, more: Partial<RangeRequest> = {}) =>
  range(store, RangeRequest.from({ key: bytes(key), ...more }));
const doDelete = (key: string, end = '') =>
  deleteRange(store, DeleteRangeRequest.from({ key: bytes(key), rangeEnd: bytes(end) }));
const decode = (encoded: ByteString) => {
  const kv = KeyValue.decode(toBytes(encoded));
  return {
    key: Buffer.from(kv.key).toString(),
    value: Buffer.from(kv.value).toString(),
    create: kv.createRevision,
    mod: kv.modRevision,
    version: kv.version,
  };
};
const kvs = (key: string, more: Partial<RangeRequest> = {}) => {
  const result = doRange(key, more);
  if (result.kind === 'failure') throw new Error(result.message);
  return result.kvs.map(decode);
};
const keysOf = (more: Partial<RangeRequest>) =>
  kvs('a', { rangeEnd: bytes('z'), ...more }).map((kv) => kv.key);

describe('revisions', () => {
  it('start at 1 and grow by one for each write', () => {
    expect(store.revision).toBe(1);
    doPut('a', '1');
    doPut('b', '2');
    expect(store.revision).toBe(3);
  });

  it('do not grow by a delete of nothing', () => {
    doDelete('a', 'z');
    expect(store.revision).toBe(1);
  });

  it('count versions within one life of a key, and start again after a delete', () => {
    doPut('a', '1');
    doPut('a', '2');
    expect(kvs('a')).toEqual([{ key: 'a', value: '2', create: 2, mod: 3, version: 2 }]);
    doDelete('a');
    doPut('a', '3');
    expect(kvs('a')).toEqual([{ key: 'a', value: '3', create: 5, mod: 5, version: 1 }]);
  });
});

describe('range', () => {
  beforeEach(() => {
    for (const key of ['c', 'a', 'd', 'b']) doPut(key, key.toUpperCase());
  });

  it('returns keys in byte order within [key, range_end)', () => {
    expect(keysOf({})).toEqual(['a', 'b', 'c', 'd']);
    expect(kvs('b', { rangeEnd: bytes('d') }).map((kv) => kv.key)).toEqual(['b', 'c']);
    expect(kvs('c', { rangeEnd: bytes('\0') }).map((kv) => kv.key)).toEqual(['c', 'd']);
  });

  it('orders bytes above 127 as bytes', () => {
    put(store, leases, PutRequest.from({ key: Uint8Array.of(0xff) }));
    put(store, leases, PutRequest.from({ key: Uint8Array.of(0x80) }));
    const all = range(store, RangeRequest.from({ key: bytes('d'), rangeEnd: bytes('\0') }));
    expect(all.kind === 'range' && all.kvs.map((kv) => toBytes(kv)[2])).toEqual([0x64, 0x80, 0xff]);
  });

  it('counts without regard to the limit, and says when the limit cut', () => {
    expect(doRange('a', { rangeEnd: bytes('z'), limit: 2 })).toMatchObject({
      more: true,
      count: 4,
    });
    expect(doRange('a', { rangeEnd: bytes('z'), limit: 4 })).toMatchObject({
      more: false,
      count: 4,
    });
    expect(doRange('a', { rangeEnd: bytes('z'), countOnly: true })).toMatchObject({
      kvs: [],
      more: false,
      count: 4,
    });
  });

  it('reads old revisions and reports the current one', () => {
    doPut('a', 'new');
    expect(doRange('a', { revision: 3 })).toMatchObject({ revision: 6, count: 1 });
    expect(kvs('a', { revision: 3 })[0]!.value).toBe('A');
    expect(doRange('a', { revision: 2 })).toMatchObject({ count: 0 });
    expect(doRange('a', { revision: 7 })).toMatchObject({
      message: 'etcdserver: mvcc: required revision is a future revision',
    });
  });

  it('leaves out values with keys_only', () => {
    expect(kvs('a', { keysOnly: true })).toEqual([
      { key: 'a', value: '', create: 3, mod: 3, version: 1 },
    ]);
  });

  it('sorts by any target', () => {
    expect(keysOf({ sortTarget: SortTarget.mod, sortOrder: SortOrder.ascend })).toEqual(
      'cadb'.split(''),
    );
    expect(keysOf({ sortTarget: SortTarget.value, sortOrder: SortOrder.descend })).toEqual(
      'dcba'.split(''),
    );
    expect(keysOf({ sortOrder: SortOrder.descend, limit: 2 })).toEqual('dc'.split(''));
  });

  it('limits before it sorts when no order is asked for (as etcd)', () => {
    expect(keysOf({ sortTarget: SortTarget.mod, limit: 2 })).toEqual('ca'.split(''));
    expect(keysOf({ sortTarget: SortTarget.create, limit: 1 })).toEqual(['a']);
  });

  it('bounds revisions after counting', () => {
    const result = doRange('a', { rangeEnd: bytes('z'), minModRevision: 3, maxModRevision: 4 });
    expect(result).toMatchObject({ count: 4 });
    expect(keysOf({ minModRevision: 3, maxModRevision: 4 })).toEqual('ad'.split(''));
    expect(keysOf({ maxCreateRevision: 3, limit: 1 })).toEqual(['a']);
  });
});

describe('put', () => {
  it('keeps value or lease when asked to, and needs the key then', () => {
    leases.add(7n);
    expect(doPut('a', '', { ignoreValue: true })).toMatchObject({
      message: 'etcdserver: key not found',
    });
    doPut('a', 'kept', { lease: 7n });
    doPut('a', '', { ignoreValue: true, ignoreLease: true });
    expect(kvs('a')).toMatchObject([{ value: 'kept', version: 2 }]);
    expect(store.at('a', Infinity)!.lease).toBe(7n);
    doPut('a', 'x');
    expect(store.at('a', Infinity)!.lease).toBe(0n);
  });

  it('refuses an unknown lease', () => {
    expect(doPut('a', '1', { lease: 9n })).toMatchObject({
      message: 'etcdserver: requested lease not found',
    });
    expect(store.revision).toBe(1);
  });

  it('returns the previous pair when asked', () => {
    doPut('a', '1');
    const result = doPut('a', '2', { prevKv: true });
    expect(result.kind === 'put' && decode(result.previous!)).toMatchObject({ value: '1', mod: 2 });
  });
});

describe('of several failures', () => {
  const noKey = { message: 'etcdserver: key not found' };
  const noLease = { message: 'etcdserver: requested lease not found' };
  const bad = PutRequest.from({ key: bytes('none'), ignoreValue: true, lease: 9n });
  const badPut = RequestOp.from({ requestPut: bad });
  const future = RequestOp.from({
    requestRange: RangeRequest.from({ key: bytes('a'), revision: 99 }),
  });
  const run = (success: RequestOp[]) => txn(store, leases, TxnRequest.from({ success }));

  it('a put names its lease, and a put in a transaction the key (as etcd)', () => {
    expect(put(store, leases, bad)).toMatchObject(noLease);
    expect(run([badPut])).toMatchObject(noKey);
  });

  it('a transaction names those of its puts first, nested ones included', () => {
    const nested = RequestOp.from({ requestTxn: TxnRequest.from({ success: [badPut] }) });
    expect(run([future, nested])).toMatchObject(noKey);
    const lease = RequestOp.from({ requestPut: PutRequest.from({ key: bytes('b'), lease: 9n }) });
    expect(run([nested, lease])).toMatchObject(noKey);
    expect(run([lease, nested])).toMatchObject(noLease);
  });

  it('a range below all revisions is one only in a transaction, once anything is compacted', () => {
    const below = (revision: number) =>
      run([RequestOp.from({ requestRange: RangeRequest.from({ key: bytes('a'), revision }) })]);
    const compacted = { message: 'etcdserver: mvcc: required revision has been compacted' };
    expect(below(-1)).toMatchObject({ kind: 'txn' });
    expect(below(-2)).toMatchObject(compacted);
    store.compact(0);
    expect(below(-1)).toMatchObject(compacted);
    expect(doRange('a', { revision: -1 })).toMatchObject({ kind: 'range' });
  });
});

describe('txn', () => {
  const opPut = (key: string, value: string) =>
    RequestOp.from({ requestPut: PutRequest.from({ key: bytes(key), value: bytes(value) }) });
  const opRange = (key: string, more: Partial<RangeRequest> = {}) =>
    RequestOp.from({ requestRange: RangeRequest.from({ key: bytes(key), ...more }) });
  const run = (request: Partial<TxnRequest>) => txn(store, leases, TxnRequest.from(request));

  it('writes all in one revision, and its ranges see its earlier writes', () => {
    const result = run({ success: [opPut('a', '1'), opRange('a'), opPut('b', '2')] });
    expect(result).toMatchObject({ revision: 2, succeeded: true });
    expect(result.kind === 'txn' && result.responses[1]).toMatchObject({ revision: 2, count: 1 });
    expect(store.revision).toBe(2);
    expect(kvs('a', { rangeEnd: bytes('z') }).map((kv) => kv.mod)).toEqual([2, 2]);
  });

  it('may delete from a key on and put a later key, in one revision', () => {
    doPut('b', 'old');
    const all = RequestOp.from({
      requestDeleteRange: DeleteRangeRequest.from({ key: bytes('a'), rangeEnd: bytes('\0') }),
    });
    run({ success: [all, opPut('b', 'new')] });
    expect(kvs('b')).toEqual([{ key: 'b', value: 'new', create: 3, mod: 3, version: 1 }]);
    expect(kvs('b', { revision: 2 })).toMatchObject([{ value: 'old' }]);
    run({ success: [opPut('c', 'gone'), all] });
    expect(doRange('b', { rangeEnd: bytes('\0') })).toMatchObject({ count: 0, revision: 4 });
  });

  it('leaves no trace when one of its operations cannot run', () => {
    const stale = opRange('a', { revision: 99 });
    expect(run({ success: [opPut('a', '1'), stale] })).toMatchObject({ kind: 'failure' });
    expect(store.revision).toBe(1);
    expect(doRange('a')).toMatchObject({ count: 0 });
  });

  it.each([
    ['a missing key has version 0', CompareTarget.version, { version: 0 }, true],
    ['a missing key has mod revision 0', CompareTarget.mod, { modRevision: 0 }, true],
    [
      'a missing key has no value, not even an empty one',
      CompareTarget.value,
      { value: bytes('') },
      false,
    ],
  ])('%s', (_title, target, fields, expected) => {
    const compare = [Compare.from({ key: bytes('none'), target, ...fields })];
    expect(run({ compare })).toMatchObject({ succeeded: expected });
  });

  it('compares every key of a range', () => {
    doPut('a', '1');
    doPut('b', '1');
    const compare = (value: string) => [
      Compare.from({
        key: bytes('a'),
        rangeEnd: bytes('z'),
        target: CompareTarget.value,
        result: CompareResult.equal,
        value: bytes(value),
      }),
    ];
    expect(run({ compare: compare('1') })).toMatchObject({ succeeded: true });
    doPut('b', '2');
    expect(run({ compare: compare('1') })).toMatchObject({ succeeded: false });
  });

  it('decides nested compares before it writes (as etcd)', () => {
    const absent = Compare.from({ key: bytes('a'), target: CompareTarget.version, version: 0 });
    const nested = TxnRequest.from({ compare: [absent], success: [opPut('b', 'was absent')] });
    const result = run({ success: [opPut('a', '1'), RequestOp.from({ requestTxn: nested })] });
    expect(result.kind === 'txn' && result.responses[1]).toMatchObject({ succeeded: true });
    expect(kvs('b')).toMatchObject([{ value: 'was absent', mod: 2 }]);
  });
});

describe('compaction', () => {
  it('keeps what a reader at its revision sees, and refuses older reads', () => {
    doPut('a', '1');
    doPut('a', '2');
    doPut('b', '1');
    doDelete('b');
    store.compact(5);
    expect(doRange('a', { revision: 4 })).toMatchObject({
      message: 'etcdserver: mvcc: required revision has been compacted',
    });
    expect(kvs('a', { revision: 5 })).toMatchObject([{ value: '2', mod: 3 }]);
    store.forgetSlice(10);
    expect(store.takeBatch().drop).toEqual([2, 0, 4, 0]);
    doPut('a', '3');
    store.compact(6);
    store.forgetSlice(10);
    expect(store.takeBatch().drop).toEqual([5, 0, 3, 0]);
    expect(store.keys.size).toBe(1);
  });

  it('keeps a deleted key that lives again', () => {
    doPut('a', '1');
    doDelete('a');
    doPut('a', '2');
    store.compact(3);
    store.forgetSlice(10);
    expect(kvs('a')).toMatchObject([{ value: '2', create: 4, version: 1 }]);
    expect(kvs('a', { revision: 3 })).toEqual([]);
  });
});
