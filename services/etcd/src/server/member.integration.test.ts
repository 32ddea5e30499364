/** Real members as processes on loopback, and what happens to them. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '@drydock/testing/eventually';
import { startTestCluster, type TestCluster } from '../testing/cluster.ts';
import { connect, keysAt, put, range, startWriters } from '../testing/writers.ts';

async function expectAllHave(cluster: TestCluster, keys: readonly string[]): Promise<void> {
  for (const { endpoint, name } of cluster.members) {
    await eventually(`${name} has every acknowledged write`, async () => {
      const found = await keysAt(endpoint);
      const lost = keys.filter((key) => !found.has(key));
      if (lost.length > 0) throw new Error(`${lost.length} missing, first ${lost[0]}`);
      return true;
    });
  }
}

async function expectEqualHistories(cluster: TestCluster): Promise<void> {
  await eventually('equal checksums and revisions', async () => {
    const { stdout } = await cluster.etcdctl(['endpoint', 'hashkv', '--write-out=json']);
    const all = JSON.parse(stdout) as { HashKV: { hash: number; header: { revision: number } } }[];
    const states = new Set(all.map((one) => `${one.HashKV.hash}@${one.HashKV.header.revision}`));
    if (all.length !== 3 || states.size !== 1) throw new Error([...states].join(' '));
    return true;
  });
}

function newestLogFile(cluster: TestCluster, index: number): string {
  const folder = join(cluster.members[index]!.folder, 'member', 'log', 'wal');
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.wal'))
    .sort();
  return join(folder, files.at(-1)!);
}

describe('members that are killed', () => {
  it('lose no acknowledged write when the leader is killed again and again under load', async () => {
    await using cluster = await startTestCluster();
    const endpoints = cluster.members.map((one) => one.endpoint);
    await using writers = startWriters(endpoints, { count: 8, valueBytes: 256 });
    for (let round = 0; round < 4; round++) {
      const before = writers.acknowledged.length;
      await eventually('writes go on', () => writers.acknowledged.length > before + 300);
      const leader = await cluster.leader();
      await cluster.kill(leader);
      const atKill = writers.acknowledged.length;
      await eventually('writes go on with two', () => writers.acknowledged.length > atKill + 100);
      cluster.start(leader);
    }
    await writers.stop();
    await cluster.leader();
    await expectAllHave(cluster, writers.acknowledged);
    await expectEqualHistories(cluster);
  });

  it('come back from SIGKILL of all at once, from a torn log tail too', async () => {
    await using cluster = await startTestCluster({ flags: ['--snapshot-count=200'] });
    const endpoints = cluster.members.map((one) => one.endpoint);
    await using writers = startWriters(endpoints, { count: 8, valueBytes: 256 });
    await eventually('enough writes', () => writers.acknowledged.length > 1_500);
    await Promise.all([0, 1, 2].map((index) => cluster.kill(index)));
    await writers.stop();
    const torn = newestLogFile(cluster, 0);
    const bytes = readFileSync(torn);
    writeFileSync(torn, Buffer.concat([bytes, Buffer.from('a record that was never finished')]));
    for (const index of [0, 1, 2]) cluster.start(index);
    await cluster.leader();
    await expectAllHave(cluster, writers.acknowledged);
    await expectEqualHistories(cluster);
  });

  it('catch up by a snapshot when the log no longer has what they missed', async () => {
    await using cluster = await startTestCluster({
      flags: ['--snapshot-count=100', '--experimental-snapshot-catchup-entries=10'],
    });
    const endpoints = cluster.members.map((one) => one.endpoint);
    await using writers = startWriters(endpoints, { count: 8, valueBytes: 256 });
    await eventually('some writes', () => writers.acknowledged.length > 100);
    const follower = ((await cluster.leader()) + 1) % 3;
    await cluster.kill(follower);
    const before = writers.acknowledged.length;
    await eventually('many writes', () => writers.acknowledged.length > before + 1_000);
    cluster.start(follower);
    await eventually('the follower takes a snapshot', () =>
      cluster.members[follower]!.log().includes('snapshot'),
    );
    await writers.stop();
    await expectAllHave(cluster, writers.acknowledged);
    await expectEqualHistories(cluster);
  });

  it('refuse to start on a log that is damaged in the middle, naming the file', async () => {
    await using cluster = await startTestCluster();
    const endpoints = cluster.members.map((one) => one.endpoint);
    await using writers = startWriters(endpoints, { count: 4, valueBytes: 256 });
    await eventually('enough writes', () => writers.acknowledged.length > 300);
    await writers.stop();
    const follower = ((await cluster.leader()) + 1) % 3;
    await cluster.kill(follower);
    const file = newestLogFile(cluster, follower);
    const bytes = readFileSync(file);
    // The file has room for more behind what is written.
    const used = bytes.findLastIndex((byte) => byte !== 0);
    bytes[Math.floor(used / 2)]! ^= 0xff;
    writeFileSync(file, bytes);
    cluster.start(follower);
    const { process: child } = cluster.members[follower]!;
    await eventually('it stops', () => child!.exitCode === 1);
    expect(cluster.members[follower]!.log()).toContain(file.split('/').at(-1));
  });
});

describe('a cluster without a quorum', () => {
  it('refuses writes and linearizable reads in bounded time, and serves serializable reads', async () => {
    await using cluster = await startTestCluster({ flags: ['--time-scale=0.3'] });
    const survivor = cluster.members[0]!;
    const client = connect(survivor.endpoint);
    await put(client, { key: Buffer.from('a'), value: Buffer.from('1') });
    await cluster.kill(1);
    await cluster.kill(2);
    const started = performance.now();
    await expect(
      put(client, { key: Buffer.from('a'), value: Buffer.from('2') }, 20_000),
    ).rejects.toThrow(/etcdserver: (request timed out|no leader|leader changed)/);
    await expect(range(client, { key: Buffer.from('a') })).rejects.toThrow(/etcdserver: /);
    expect(performance.now() - started).toBeLessThan(8_000);
    const { kvs } = await range(client, { key: Buffer.from('a'), serializable: true });
    expect(kvs).toHaveLength(1);
    client.close();
    cluster.start(1);
    await cluster.leader();
    expect(await cluster.etcdctl(['put', 'a', '3'])).toMatchObject({ code: 0 });
  });
});

describe('bad input', () => {
  it('neither stops nor stalls a member', async () => {
    await using cluster = await startTestCluster();
    const { endpoint, clientPort, peerPort } = cluster.members[0]!;
    const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    const frames = [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.from(Array.from({ length: 300 }, (_, index) => (index * 151) % 256)),
      Buffer.concat([preface, Buffer.from('ffffff0100000000010000', 'hex')]),
      Buffer.concat([preface, Buffer.from('00000401040000000180ffffff', 'hex')]),
      Buffer.concat([preface, Buffer.from('000004080000000000ffffffff'.repeat(3), 'hex')]),
    ];
    for (const port of [clientPort, peerPort]) {
      for (const bytes of frames) {
        const socket = connectSocket(port, '127.0.0.1');
        socket.on('error', () => undefined);
        socket.end(bytes);
        socket.resume();
        await once(socket, 'close');
      }
    }
    const client = connect(endpoint);
    const key = Buffer.from('big');
    await expect(put(client, { key, value: Buffer.alloc(1_600_000) })).rejects.toThrow(
      'etcdserver: request is too large',
    );
    await expect(put(client, { key, value: Buffer.alloc(3_000_000) })).rejects.toThrow(
      /larger than max/,
    );
    await expect(put(client, { value: key })).rejects.toThrow('etcdserver: key is not provided');
    await put(client, { key, value: Buffer.alloc(1_500_000) });
    const { kvs } = await range(client, { key });
    expect(kvs[0]!.value.length).toBe(1_500_000);
    client.close();
    const health = await fetch(`${endpoint}/health`);
    expect(await health.json()).toEqual({ health: 'true', reason: '' });
  });
});

describe('a member that is told to stop', () => {
  it('answers the write that it has begun, and takes no other', async () => {
    await using cluster = await startTestCluster({ size: 2 });
    const leader = await cluster.leader();
    const follower = cluster.members[1 - leader]!;
    const client = connect(follower.endpoint);
    const [key, other] = [Buffer.from('begun'), Buffer.from('other')];
    await put(client, { key: other });
    // Without its leader the follower can only wait.
    cluster.members[leader]!.process!.kill('SIGSTOP');
    const begun = put(client, { key }, 10_000);
    await range(client, { key: other, serializable: true });
    const stopping = cluster.kill(1 - leader, 'SIGTERM');
    await eventually('it is stopping', () => follower.log().includes('"msg":"stopping"'));
    cluster.members[leader]!.process!.kill('SIGCONT');
    expect((await begun).header?.revision).toBe(3);
    await stopping;
    client.close();
  });
});

describe('a full disk', () => {
  it('stops members with a clear error, and loses nothing acknowledged', async () => {
    // A limit on file sizes, in KiB: the write that crosses it fails as on a full disk.
    await using cluster = await startTestCluster({
      shellPrefix: "trap '' XFSZ; ulimit -f 6000",
    });
    const endpoints = cluster.members.map((one) => one.endpoint);
    await using writers = startWriters(endpoints, { count: 8, valueBytes: 8_192 });
    const stopped = (index: number) => cluster.members[index]!.process?.exitCode === 1;
    await eventually('two members stop', () => [0, 1, 2].filter(stopped).length >= 2, {
      timeoutMillis: 60_000,
    });
    await writers.stop();
    const [first] = [0, 1, 2].filter(stopped);
    expect(cluster.members[first!]!.log()).toMatch(/cannot go on/);
    await Promise.all([0, 1, 2].map((index) => cluster.kill(index)));
    for (const index of [0, 1, 2]) cluster.start(index);
    await cluster.leader();
    await expectAllHave(cluster, writers.acknowledged);
  });
});
