/**
 * The npm package etcd3, a client that nobody here wrote, on three members of ours and on three of the
 * original: what its users do must work alike.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Etcd3, EtcdLeaseInvalidError, EtcdLockFailedError } from 'etcd3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@drydock/testing/eventually';
import { startTestCluster, type TestCluster } from '../testing/cluster.ts';

describe.each(['drydock', 'etcd'] as const)('the etcd3 package with members of %s', (program) => {
  let cluster: TestCluster;
  let client: Etcd3;

  beforeAll(async () => {
    const installer = join(import.meta.dirname, '../../../../scripts/install-tools');
    execFileSync(installer, ['etcdctl', 'etcd'], { stdio: 'inherit' });
    cluster = await startTestCluster({ program, isVolatile: true });
    client = new Etcd3({ hosts: cluster.members.map((member) => member.endpoint) });
  });

  afterAll(async () => {
    client?.close();
    await cluster?.[Symbol.asyncDispose]();
  });

  it('puts, gets, sorts, counts and deletes in a namespace, which others do not see', async () => {
    const space = client.namespace('space/');
    await space.put('b').value('2');
    await space.put('a').value('1');
    await space.put('c').value(3);
    expect(await space.get('a').string()).toBe('1');
    expect(await space.get('c').number()).toBe(3);
    expect(await space.get('none').string()).toBeNull();
    expect(await client.get('a').string()).toBeNull();
    expect(await client.get('space/a').string()).toBe('1');
    expect(await space.getAll().sort('Key', 'Descend').limit(2).keys()).toEqual(['c', 'b']);
    expect(await space.getAll().count()).toBe(3);
    expect(await space.getAll().strings()).toEqual({ a: '1', b: '2', c: '3' });
    const { kv } = await client
      .put('space/b')
      .value('5')
      .getPrevious()
      .then((one) => ({ kv: one }));
    expect(kv.value.toString()).toBe('2');
    expect((await space.delete().prefix('a')).deleted).toBe('1');
    expect((await space.delete().all()).deleted).toBe('2');
  });

  it('compares and swaps', async () => {
    await client.put('swap').value('old');
    const swap = () =>
      client
        .if('swap', 'Value', '==', 'old')
        .then(client.put('swap').value('new'), client.get('swap'))
        .else(client.get('swap'))
        .commit();
    expect((await swap()).succeeded).toBe(true);
    const second = await swap();
    expect(second.succeeded).toBe(false);
    expect(second.responses[0]?.response_range?.kvs[0]?.value.toString()).toBe('new');
  });

  it('runs software transactions until none has come between', async () => {
    await client.put('counter').value('0');
    const increment = () =>
      client.stm({ retries: 50 }).transact(async (transaction) => {
        const value = (await transaction.get('counter').number())!;
        await transaction.put('counter').value(value + 1);
      });
    await Promise.all(Array.from({ length: 5 }, increment));
    expect(await client.get('counter').number()).toBe(5);
  });

  it('watches keys and prefixes, also from a revision on, and stops', async () => {
    const seen: string[] = [];
    const watcher = await client.watch().prefix('watched/').create();
    watcher.on('put', (kv) => seen.push(`put ${kv.key.toString()}`));
    watcher.on('delete', (kv) => seen.push(`delete ${kv.key.toString()}`));
    await client.put('watched/a').value('1');
    await client.put('elsewhere').value('1');
    await client.delete().key('watched/a');
    await eventually('both events', () => seen.length === 2);
    expect(seen).toEqual(['put watched/a', 'delete watched/a']);

    const { header } = await client.put('watched/b').value('1');
    await client.put('watched/b').value('2');
    const values: string[] = [];
    const replay = await client.watch().key('watched/b').startRevision(header.revision).create();
    replay.on('put', (kv) => values.push(kv.value.toString()));
    await eventually('history', () => values.length === 2);
    expect(values).toEqual(['1', '2']);
    await replay.cancel();
    await client.put('watched/b').value('3');
    await eventually('the first watcher', () => seen.length === 5);
    expect(values).toEqual(['1', '2']);
    await watcher.cancel();
  });

  it('keeps leases alive, and takes their keys when they are revoked', async () => {
    const lease = client.lease(10);
    await lease.put('leased').value('here');
    const id = await lease.grant();
    await lease.keepaliveOnce();
    const { leases } = await client.leaseClient.leaseLeases({});
    expect(leases.map((one) => one.ID)).toContain(id);
    await lease.revoke();
    expect(await client.get('leased').string()).toBeNull();
    await expect(lease.keepaliveOnce()).rejects.toThrow(EtcdLeaseInvalidError);
  });

  it('locks out everybody else', async () => {
    const lock = client.lock('resource');
    await lock.acquire();
    await expect(client.lock('resource').acquire()).rejects.toThrow(EtcdLockFailedError);
    await lock.release();
    expect(await client.lock('resource').do(async () => 'done')).toBe('done');
  });

  it('elects one leader at a time, whom observers see', async () => {
    const election = client.election('captain', 5);
    const observer = await client.election('captain', 5).observe();
    const first = election.campaign('first');
    await new Promise<void>((resolve, reject) => {
      first.on('elected', () => resolve());
      first.on('error', reject);
    });
    // Before the second: of two candidates in one answer the package takes the last.
    await eventually('the observer sees the first', () => observer.leader() === 'first');
    const second = client.election('captain', 5).campaign('second');
    const elected = new Promise<void>((resolve, reject) => {
      second.on('elected', () => resolve());
      second.on('error', reject);
    });
    expect(await election.leader()).toBe('first');
    await first.resign();
    await elected;
    expect(await election.leader()).toBe('second');
    await eventually('the observer sees the second', () => observer.leader() === 'second');
    await second.resign();
    await observer.cancel();
  });

  it('lists members, alarms and the status', async () => {
    expect((await client.cluster.memberList({})).members).toHaveLength(3);
    expect((await client.maintenance.alarm({ action: 'GET' as never })).alarms).toEqual([]);
    expect(Number((await client.maintenance.status()).raftTerm)).toBeGreaterThan(0);
  });
});
