import {
  CampaignRequest,
  CampaignResponse,
  LeaderRequest,
  LeaderResponse,
  LeaseGrantRequest,
  LeaseRevokeRequest,
  LockRequest,
  LockResponse,
  ProclaimRequest,
  ResignRequest,
  UnlockRequest,
  type LeaderKey,
} from '@drydock/proto/etcd';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createTestAsker,
  createTestStream,
  plainCall,
  startTestCore,
  type TestCore,
} from '../../testing/member-core.ts';
import { propose } from '../core.ts';
import type { Answer, GrpcMethods } from '../grpc.ts';
import { createElectionService } from './election-service.ts';
import { createLockService } from './lock-service.ts';

let member: TestCore;
let methods: GrpcMethods['unary'];
let election: GrpcMethods;
let lastLease = 100n;

beforeAll(async () => {
  member = await startTestCore();
  election = createElectionService(member.core);
  methods = { ...createLockService(member.core).unary, ...election.unary };
});
afterAll(() => member[Symbol.asyncDispose]());

async function call(method: string, request: Buffer, asker = createTestAsker()): Promise<Buffer> {
  const path = Object.keys(methods).find((one) => one.endsWith(`/${method}`))!;
  const answer: Answer = await methods[path]!(request, plainCall, asker);
  if (Buffer.isBuffer(answer)) return answer;
  throw new Error(`${answer.code} ${answer.message}`);
}

async function newLease(): Promise<bigint> {
  const id = lastLease++;
  await propose(member.core, 'lease-grant', LeaseGrantRequest.from({ id, ttl: 60 }));
  return id;
}
const revoke = (id: bigint) =>
  propose(member.core, 'lease-revoke', LeaseRevokeRequest.from({ id }));

const lock = async (name: string, lease: bigint, asker = createTestAsker()) => {
  const request = LockRequest.encode({ name: Buffer.from(name), lease });
  return LockResponse.decode(await call('Lock', request, asker));
};
const unlock = (key: Uint8Array) => call('Unlock', UnlockRequest.encode({ key }));
const campaign = async (name: string, lease: bigint, value: string, asker = createTestAsker()) => {
  const request = { name: Buffer.from(name), lease, value: Buffer.from(value) };
  return CampaignResponse.decode(await call('Campaign', CampaignRequest.encode(request), asker));
};
const leaderOf = async (name: string) => {
  const answer = await call('Leader', LeaderRequest.encode({ name: Buffer.from(name) }));
  return Buffer.from(LeaderResponse.decode(answer).kv!.value).toString();
};
const proclaim = (leader: LeaderKey | undefined, value: string) =>
  call('Proclaim', ProclaimRequest.encode({ leader, value: Buffer.from(value) }));
const resign = (leader: LeaderKey | undefined) => call('Resign', ResignRequest.encode({ leader }));

const has = (key: string) => {
  const record = member.core.state.store.keys.get(key);
  return record !== undefined && !record.head.isTombstone;
};
/** Answers whether the promise is settled, once everything that can happen now has happened. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = () => (settled = true);
  promise.then(settle, settle);
  await member.core.replica.linearize();
  await new Promise((resolve) => void setImmediate(resolve));
  return settled;
}

describe('a lock', () => {
  it('is the key name/lease, held by the first who asks', async () => {
    const lease = await newLease();
    const { key, header } = await lock('first', lease);
    expect(Buffer.from(key).toString()).toBe(`first/${lease.toString(16)}`);
    expect(header!.revision).toBe(member.core.state.store.revision);
    await expect(lock('first', lease)).resolves.toMatchObject({ key });
  });

  it('goes from each to the next in line when it is released or its lease ends', async () => {
    const leases = [await newLease(), await newLease(), await newLease()];
    const [first, second, third] = leases as [bigint, bigint, bigint];
    const { key } = await lock('line', first);
    const waiting = lock('line', second);
    await eventually('the second is in line', () => has(`line/${second.toString(16)}`));
    const last = lock('line', third);
    await eventually('the third is in line', () => has(`line/${third.toString(16)}`));
    expect(await isSettled(waiting)).toBe(false);
    await unlock(key);
    await waiting;
    expect(await isSettled(last)).toBe(false);
    await revoke(second);
    await last;
  });

  it('leaves no key and no watcher of a call that is cancelled', async () => {
    const [holder, other] = [await newLease(), await newLease()];
    const { key } = await lock('left', holder);
    const watchers = member.core.hub.watcherCount;
    const asker = createTestAsker();
    const waiting = lock('left', other, asker);
    await eventually('it waits', () => member.core.hub.watcherCount > watchers);
    asker.leave();
    await expect(waiting).rejects.toThrow('1 context canceled');
    expect(has(`left/${other.toString(16)}`)).toBe(false);
    expect(member.core.hub.watcherCount).toBe(watchers);
    expect(has(Buffer.from(key).toString())).toBe(true);
  });

  it('is not given to one whose lease ended while it waited', async () => {
    const [holder, other] = [await newLease(), await newLease()];
    const { key } = await lock('ended', holder);
    const waiting = lock('ended', other);
    await eventually('it waits', () => has(`ended/${other.toString(16)}`));
    await revoke(other);
    await unlock(key);
    await expect(waiting).rejects.toThrow('2 mutex: session is expired');
  });

  it('needs a lease that exists; without one it makes one of 60 seconds', async () => {
    await expect(lock('none', 99_999n)).rejects.toThrow('2 etcdserver: requested lease not found');
    const { key } = await lock('own', 0n);
    const lease = BigInt(`0x${Buffer.from(key).toString().slice('own/'.length)}`);
    expect(member.core.state.lessor.get(lease)?.grantedTtl).toBe(60);
  });
});

describe('an election', () => {
  it('is won by the first, and by the next when that resigns', async () => {
    const [one, two] = [await newLease(), await newLease()];
    const first = await campaign('crown', one, 'one');
    expect(first.leader).toMatchObject({ lease: one, rev: first.header!.revision });
    const next = campaign('crown', two, 'two');
    await eventually('the second stands', () => has(`crown/${two.toString(16)}`));
    expect(await leaderOf('crown')).toBe('one');
    await resign(first.leader);
    await next;
    expect(await leaderOf('crown')).toBe('two');
  });

  it('takes a new value from its leader, and none from who leads no more', async () => {
    const { leader } = await campaign('value', await newLease(), 'old');
    await proclaim(leader, 'new');
    expect(await leaderOf('value')).toBe('new');
    await campaign('value', leader!.lease, 'again');
    expect(await leaderOf('value')).toBe('again');
    await resign(leader);
    await expect(proclaim(leader, 'late')).rejects.toThrow('2 election: not leader');
    await expect(leaderOf('value')).rejects.toThrow('2 election: no leader');
    await resign(leader);
  });

  it('says what is missing when the leader is', async () => {
    const words = '2 "leader" field must be provided';
    await expect(proclaim(undefined, 'x')).rejects.toThrow(words);
    await expect(resign(undefined)).rejects.toThrow(words);
  });

  it('forgets a candidate whose call is cancelled', async () => {
    const [one, two] = [await newLease(), await newLease()];
    await campaign('gone', one, 'one');
    const asker = createTestAsker();
    const waiting = campaign('gone', two, 'two', asker);
    await eventually('it stands', () => has(`gone/${two.toString(16)}`));
    asker.leave();
    await expect(waiting).rejects.toThrow('1 context canceled');
    expect(has(`gone/${two.toString(16)}`)).toBe(false);
  });

  it('is observed: leaders, their values, and those who follow them', async () => {
    const watchers = member.core.hub.watcherCount;
    const observed = createTestStream();
    const values = () =>
      observed.sent.map((bytes) => Buffer.from(LeaderResponse.decode(bytes).kv!.value).toString());
    election.streams['/v3electionpb.Election/Observe']!(observed.stream);
    observed.receive(LeaderRequest.encode({ name: Buffer.from('seen') }));
    await eventually('it watches', () => member.core.hub.watcherCount > watchers);
    expect(values()).toEqual([]);
    const { leader } = await campaign('seen', await newLease(), 'one');
    await eventually('the first', () => values().length === 1);
    await proclaim(leader, 'two');
    await proclaim(leader, 'three');
    await eventually('its values', () => values().length === 3);
    const next = campaign('seen', await newLease(), 'four');
    await resign(leader);
    await next;
    await eventually('the next', () => values().length === 4);
    expect(values()).toEqual(['one', 'two', 'three', 'four']);
    observed.close();
    expect(member.core.hub.watcherCount).toBe(watchers);
  });
});
