import {
  AlarmAction,
  AlarmRequest,
  AlarmType,
  CompactionRequest,
  LeaseGrantRequest,
  LeaseRevokeRequest,
  PutRequest,
  RequestOp,
  TxnRequest,
} from '@drydock/proto/etcd';
import { createManualClock } from '@drydock/testing/manual-clock';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseInitialCluster } from '../membership/members.ts';
import { createMemoryBackend, type MemoryBackend } from '../mvcc/memory-backend.ts';
import { encodeCommand, type CommandKind } from './command.ts';
import { EtcdStateMachine } from './state-machine.ts';
import { plainConfiguration } from '../raft/configuration.ts';

const founding = parseInitialCluster('a=http://a:2380,b=http://b:2380', 'token');
const clock = createManualClock();
let backend: MemoryBackend;
let state: EtcdStateMachine;

async function open(on: MemoryBackend): Promise<EtcdStateMachine> {
  const machine = new EtcdStateMachine({
    backend: on,
    clock,
    leaseTtlMin: 2,
    foundingMembers: founding,
  });
  await machine.open((error) => expect.fail(error.message));
  return machine;
}

beforeEach(async () => {
  backend = createMemoryBackend({ commitAtOnce: false });
  state = await open(backend);
});

function apply<Kind extends CommandKind>(
  kind: Kind,
  message: Parameters<typeof encodeCommand<Kind>>[1],
) {
  const index = state.appliedIndex + 1;
  const data = encodeCommand(kind, message);
  return state.apply([{ index, term: 1, kind: 'data', origin: 1, sequence: index, data }])[0]!;
}
const put = (key: string, lease = 0n) =>
  apply('put', PutRequest.from({ key: Buffer.from(key), value: Buffer.from('v'), lease }));
const keyCount = () => {
  let count = 0;
  state.store.keys.each({ from: '', to: undefined, single: false }, (record) => {
    if (!record.head.isTombstone) count++;
  });
  return count;
};

describe('the state machine', () => {
  it('finds after a crash what was persisted, and nothing of what was not', async () => {
    put('a');
    put('b');
    await state.persist();
    expect(state.durableIndex).toBe(2);
    put('c');
    const again = await open(backend.crash());
    expect(again.appliedIndex).toBe(2);
    expect(again.store.revision).toBe(3);
    expect(again.members.list()).toHaveLength(2);
  });

  it('comes to the same state when entries are applied again after a crash', async () => {
    put('a');
    await state.persist();
    put('b');
    apply('compact', CompactionRequest.from({ revision: 2 }));
    const before = [state.store.revision, state.store.compactRevision, keyCount()];
    const crashed = backend.crash();
    state = await open(crashed);
    put('b');
    apply('compact', CompactionRequest.from({ revision: 2 }));
    expect([state.store.revision, state.store.compactRevision, keyCount()]).toEqual(before);
  });

  it('refuses entries out of order', () => {
    const entry = { index: 5, term: 1, kind: 'empty', origin: 0, sequence: 0 } as const;
    expect(() => state.apply([{ ...entry, data: new Uint8Array(0) }])).toThrow('cannot follow');
  });

  it('hands its state over in a snapshot, leases and their keys included', async () => {
    apply('lease-grant', LeaseGrantRequest.from({ id: 5n, ttl: 60 }));
    put('leased', 5n);
    const snapshot = await state.openSnapshot();
    const other = await open(createMemoryBackend());
    const meta = {
      index: 2,
      term: 1,
      configuration: plainConfiguration([]),
    };
    await other.installSnapshot(meta, snapshot.body);
    expect(other.appliedIndex).toBe(2);
    expect([...other.lessor.get(5n)!.keys]).toEqual(['leased']);
  });
});

describe('leases', () => {
  it('have at least the least TTL, at most 9,000,000,000 s, and one life for each id', () => {
    expect(apply('lease-grant', LeaseGrantRequest.from({ id: 1n, ttl: 1 }))).toMatchObject({
      ttl: 2,
    });
    expect(apply('lease-grant', LeaseGrantRequest.from({ id: 1n, ttl: 9 }))).toMatchObject({
      message: 'etcdserver: lease already exists',
    });
    expect(
      apply('lease-grant', LeaseGrantRequest.from({ id: 2n, ttl: 9_000_000_001 })),
    ).toMatchObject({ message: 'etcdserver: too large lease TTL' });
  });

  it('delete their keys in one revision when they end', () => {
    apply('lease-grant', LeaseGrantRequest.from({ id: 1n, ttl: 9 }));
    for (const key of ['c', 'a', 'b']) put(key, 1n);
    put('b');
    const before = state.store.revision;
    apply('lease-revoke', LeaseRevokeRequest.from({ id: 1n }));
    expect(state.store.revision).toBe(before + 1);
    expect(keyCount()).toBe(1);
    expect(apply('lease-revoke', LeaseRevokeRequest.from({ id: 1n }))).toMatchObject({
      message: 'etcdserver: requested lease not found',
    });
  });

  it('end on the leader only, and a new leader counts from the last checkpoint', () => {
    const { lessor } = state;
    apply('lease-grant', LeaseGrantRequest.from({ id: 1n, ttl: 100 }));
    expect(lessor.expired(clock.now() + 1e9, 10)).toEqual([]);
    apply('lease-checkpoints', { checkpoints: [{ id: 1n, remainingTtl: 40 }] });
    const now = clock.now();
    lessor.promote(now, 1_000);
    expect(lessor.expired(now + 40_999, 10)).toEqual([]);
    expect(lessor.expired(now + 41_000, 10)).toEqual([1n]);
    expect(lessor.renew(1n, now)).toBe(100);
    expect(lessor.expired(now + 99_999, 10)).toEqual([]);
    lessor.demote();
    expect(lessor.renew(1n, now)).toBeUndefined();
  });
});

describe('a compaction', () => {
  it('at 0 is one, and is remembered', async () => {
    const compacted = { message: 'etcdserver: mvcc: required revision has been compacted' };
    expect(apply('compact', CompactionRequest.from({ revision: -1 }))).toMatchObject(compacted);
    expect(apply('compact', CompactionRequest.from({ revision: 0 }))).toEqual({ kind: 'done' });
    await state.persist();
    state = await open(backend.crash());
    expect(state.store.compactRevision).toBe(0);
    expect(apply('compact', CompactionRequest.from({ revision: 0 }))).toMatchObject(compacted);
  });
});

describe('the CORRUPT alarm', () => {
  it('refuses every write until it is disarmed', () => {
    const alarm = { memberId: 7, alarm: AlarmType.corrupt };
    apply('alarm', AlarmRequest.from({ ...alarm, action: AlarmAction.activate }));
    const corrupt = { code: 15, message: 'etcdserver: corrupt cluster' };
    expect(put('a')).toMatchObject(corrupt);
    expect(apply('txn', TxnRequest.from({}))).toMatchObject(corrupt);
    expect(apply('compact', CompactionRequest.from({ revision: 1 }))).toMatchObject(corrupt);
    expect(apply('lease-revoke', LeaseRevokeRequest.from({ id: 1n }))).toMatchObject(corrupt);
    apply('alarm', AlarmRequest.from({ ...alarm, action: AlarmAction.deactivate }));
    expect(put('a')).toMatchObject({ kind: 'put' });
  });
});

describe('the NOSPACE alarm', () => {
  it('refuses what takes space, lets deletes through, and is disarmed', () => {
    put('a');
    const alarm = { memberId: 7, alarm: AlarmType.nospace };
    apply('alarm', AlarmRequest.from({ ...alarm, action: AlarmAction.activate }));
    const noSpace = { message: 'etcdserver: mvcc: database space exceeded' };
    expect(put('b')).toMatchObject(noSpace);
    const op = RequestOp.from({ requestPut: PutRequest.from({ key: Buffer.from('b') }) });
    expect(apply('txn', TxnRequest.from({ success: [op] }))).toMatchObject(noSpace);
    expect(apply('lease-grant', LeaseGrantRequest.from({ id: 1n, ttl: 9 }))).toMatchObject(noSpace);
    expect(apply('txn', TxnRequest.from({}))).toMatchObject({ kind: 'txn' });
    apply('alarm', AlarmRequest.from({ ...alarm, action: AlarmAction.deactivate }));
    expect(put('b')).toMatchObject({ kind: 'put' });
  });
});
