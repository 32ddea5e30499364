/** The store of real members at its limits: full quotas, full and read-only disks, data that differs. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { eventually } from '@drydock/testing/eventually';
import { splitRow } from '../mvcc/sqlite-rows.ts';
import { encodeKeyValue } from '../mvcc/version.ts';
import { startTestCluster, type TestCluster } from '../testing/cluster.ts';
import { connect, keysAt, put, startWriters } from '../testing/writers.ts';

const noSpace = 'etcdserver: mvcc: database space exceeded';

/** Overwrites one key until the quota is reached. */
async function fillUp(cluster: TestCluster): Promise<void> {
  const client = connect(cluster.members[0]!.endpoint);
  const request = { key: Buffer.from('big'), value: Buffer.alloc(100_000, 'v') };
  await eventually('the quota is reached', async () => {
    try {
      for (let count = 0; count < 50; count++) await put(client, request);
      return false;
    } catch (error) {
      return (error as Error).message.includes(noSpace);
    }
  });
  client.close();
}

describe('the quota', () => {
  it('refuses what takes space until it is compacted, defragmented and disarmed', async () => {
    await using cluster = await startTestCluster({ flags: ['--quota-backend-bytes=8000000'] });
    await fillUp(cluster);
    await eventually('the alarm is raised', async () =>
      (await cluster.etcdctl(['alarm', 'list'])).stdout.includes('NOSPACE'),
    );
    expect(await cluster.etcdctl(['put', 'a', '1'])).toMatchObject({ code: 1 });
    expect((await cluster.etcdctl(['lease', 'grant', '60'])).stderr).toContain(noSpace);
    expect(await cluster.etcdctl(['get', 'big', '--keys-only'])).toMatchObject({ code: 0 });
    expect(await cluster.etcdctl(['del', 'nothing'])).toMatchObject({ code: 0, stdout: '0\n' });
    const { stdout } = await cluster.etcdctl(['get', 'big', '--write-out=json']);
    const { revision } = (JSON.parse(stdout) as { header: { revision: number } }).header;
    expect(await cluster.etcdctl(['compact', '--physical', String(revision)])).toMatchObject({
      code: 0,
    });
    expect(await cluster.etcdctl(['defrag'])).toMatchObject({ code: 0 });
    expect(await cluster.etcdctl(['alarm', 'disarm'])).toMatchObject({ code: 0 });
    expect(await cluster.etcdctl(['put', 'a', '1'])).toMatchObject({ code: 0 });
    const status = await cluster.etcdctl(['endpoint', 'status', '--write-out=json']);
    const sizes = (JSON.parse(status.stdout) as { Status: { dbSize: number } }[]).map(
      (one) => one.Status.dbSize,
    );
    expect(Math.max(...sizes)).toBeLessThan(1_000_000);
  });

  it('is recovered from by the leader itself where that is asked for, and it says so', async () => {
    await using cluster = await startTestCluster({
      flags: ['--quota-backend-bytes=130000000', '--auto-recover-space'],
    });
    // More than the revisions that a recovery keeps.
    const client = connect(cluster.members[0]!.endpoint);
    const request = { key: Buffer.from('big'), value: Buffer.alloc(100_000, 'v') };
    let refused = 0;
    await eventually(
      'writes go on after they were refused',
      async () => {
        for (let count = 0; count < 50; count++) {
          try {
            await put(client, request);
            if (refused > 0) return true;
          } catch (error) {
            if (!(error as Error).message.includes(noSpace)) throw error;
            refused++;
          }
        }
        return false;
      },
      { timeoutMillis: 90_000 },
    );
    client.close();
    const leader = cluster.members[await cluster.leader()]!;
    const steps = ['begins', 'compacted', 'defragmented', 'disarmed NOSPACE'];
    for (const step of steps) expect(leader.log()).toContain(`recovering space: ${step}`);
    await eventually('the metrics say so', async () => {
      const page = await (await fetch(`${leader.endpoint}/metrics`)).text();
      return /drydock_space_recoveries_total\{outcome="recovered"\} [1-9]/.test(page);
    });
  });
});

describe('a lease', () => {
  it('keeps what was left of it when its leader hands over, and twice that at most when it dies', async () => {
    await using cluster = await startTestCluster({ flags: ['--time-scale=0.1'] });
    const { stdout } = await cluster.etcdctl(['lease', 'grant', '400']);
    const id = /lease (\w+) granted/.exec(stdout)![1]!;
    const left = async () => {
      const answer = await cluster.etcdctl(['lease', 'timetolive', id, '--write-out=json']);
      return (JSON.parse(answer.stdout) as { ttl: number }).ttl;
    };
    await eventually('a quarter is gone', async () => (await left()) < 300);
    const before = await left();
    const first = await cluster.leader();
    await cluster.kill(first, 'SIGTERM');
    await cluster.leader();
    expect(await left()).toBeLessThanOrEqual(before + 5);
    cluster.start(first);
    await eventually('more than half is gone', async () => (await left()) < 130);
    await cluster.kill(await cluster.leader());
    await cluster.leader();
    expect(await left()).toBeLessThanOrEqual(155);
  });
});

describe('data that differs between members', () => {
  async function changeOneValue(cluster: TestCluster, index: number): Promise<void> {
    await cluster.kill(index, 'SIGTERM');
    const database = new DatabaseSync(join(cluster.members[index]!.folder, 'member/state.db'));
    const kv = encodeKeyValue({
      key: 'a',
      createRevision: 2,
      modRevision: 2,
      version: 1,
      value: Buffer.from('another'),
      lease: 0n,
    });
    const row = { main: 2, sub: 0, tombstone: false };
    const { head, rest } = splitRow(row, Buffer.from(kv, 'latin1'));
    database.prepare('UPDATE revision SET head = ?, rest = ? WHERE main = 2').run(head, rest);
    database.close();
  }

  it('is found by the leader, and writes are refused', async () => {
    await using cluster = await startTestCluster({
      flags: ['--experimental-corrupt-check-time=1s'],
    });
    await cluster.etcdctl(['put', 'a', 'value']);
    const follower = ((await cluster.leader()) + 1) % 3;
    await changeOneValue(cluster, follower);
    cluster.start(follower);
    await eventually('the alarm is raised', async () =>
      (await cluster.etcdctl(['alarm', 'list'])).stdout.includes('CORRUPT'),
    );
    const { stderr } = await cluster.etcdctl(['put', 'a', 'more']);
    expect(stderr).toContain('etcdserver: corrupt cluster');
    expect(await cluster.etcdctl(['alarm', 'disarm'])).toMatchObject({ code: 0 });
  });

  it('keeps a member from starting that was told to look first', async () => {
    await using cluster = await startTestCluster({
      flags: ['--experimental-initial-corrupt-check'],
    });
    await cluster.etcdctl(['put', 'a', 'value']);
    await changeOneValue(cluster, 0);
    cluster.start(0);
    const { process: child } = cluster.members[0]!;
    await eventually('it stops', () => child!.exitCode === 1);
    expect(cluster.members[0]!.log()).toContain('differs from that of member');
  });

  it('that shows as a row without its checksum ends the member, naming the file', async () => {
    await using cluster = await startTestCluster({ size: 1 });
    await cluster.etcdctl(['put', 'a', 'value']);
    await cluster.kill(0, 'SIGTERM');
    const database = new DatabaseSync(join(cluster.members[0]!.folder, 'member/state.db'));
    database.exec("UPDATE revision SET rest = x'2a0576616c7566' WHERE main = 2");
    database.close();
    cluster.start(0);
    const { process: child } = cluster.members[0]!;
    await eventually('it stops', () => child!.exitCode === 1);
    expect(cluster.members[0]!.log()).toMatch(/state\.db cannot be read.*damaged/);
  });
});

const isRoot = process.getuid?.() === 0;

/** Puts the database of a member on a small file system of its own. */
function moveDatabase(memberFolder: string, megabytes: number) {
  const disk = join(memberFolder, 'disk');
  const folder = join(memberFolder, 'member');
  mkdirSync(disk);
  const mount = (...args: string[]) => execFileSync('mount', args, { stdio: 'pipe' });
  mount('-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', disk);
  for (const name of readdirSync(folder).filter((one) => one.startsWith('state.db'))) {
    execFileSync('mv', [join(folder, name), join(disk, name)]);
  }
  symlinkSync(join(disk, 'state.db'), join(folder, 'state.db'));
  return {
    remount: (options: string) => mount('-o', `remount,${options}`, disk),
    // Lazily: after a failure its member may still run.
    [Symbol.dispose]: () => execFileSync('umount', ['-l', disk], { stdio: 'pipe' }),
  };
}

// Only root can mount.
describe.skipIf(!isRoot)('the disk of the database alone', () => {
  it('that is full ends the member with a clear error; it comes back, and nothing is lost', async () => {
    await using cluster = await startTestCluster();
    const victim = ((await cluster.leader()) + 1) % 3;
    const member = cluster.members[victim]!;
    await cluster.kill(victim, 'SIGTERM');
    using disk = moveDatabase(member.folder, 12);
    cluster.start(victim);
    const { process: child } = member;
    const endpoints = cluster.members.map((one) => one.endpoint);
    await using writers = startWriters(endpoints, { count: 8, valueBytes: 8_192 });
    await eventually('the member stops', () => child!.exitCode === 1, { timeoutMillis: 60_000 });
    expect(member.log()).toMatch(/state\.db cannot be written.*free some space/);
    await writers.stop();
    disk.remount('size=500m');
    cluster.start(victim);
    await expectAllAt(member.endpoint, writers.acknowledged);
    await cluster.kill(victim);
  });

  it('that is read-only keeps the member from starting with a clear error, until it is not', async () => {
    await using cluster = await startTestCluster();
    await using writers = startWriters([cluster.members[0]!.endpoint], {
      count: 4,
      valueBytes: 64,
    });
    await eventually('some writes', () => writers.acknowledged.length > 100);
    await writers.stop();
    const victim = ((await cluster.leader()) + 1) % 3;
    const member = cluster.members[victim]!;
    await cluster.kill(victim);
    using disk = moveDatabase(member.folder, 500);
    disk.remount('ro');
    cluster.start(victim);
    const { process: child } = member;
    await eventually('it stops', () => child!.exitCode === 1);
    expect(member.log()).toMatch(/state\.db cannot be opened.*(writable|read.?only|unable)/i);
    disk.remount('rw');
    cluster.start(victim);
    await expectAllAt(member.endpoint, writers.acknowledged);
    await cluster.kill(victim);
  });
});

async function expectAllAt(endpoint: string, keys: readonly string[]): Promise<void> {
  await eventually('the member has every acknowledged write', async () => {
    const found = await keysAt(endpoint);
    return keys.every((key) => found.has(key));
  });
}
