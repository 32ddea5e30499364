/** Members that join, leave, and come back with other addresses, as etcdctl asks for it. */
import { describe, expect, it } from 'vitest';
import { eventually } from '@drydock/testing/eventually';
import { freePorts } from '@drydock/testing/ports';
import { startTestCluster } from '../testing/cluster.ts';
import { run } from '../testing/commands.ts';
import { createJoiningMember } from '../testing/joining.ts';
import { keysAt, startWriters } from '../testing/writers.ts';

describe('a member that joins', () => {
  it('catches up while writes go on, survives SIGKILL, never leads alone, and stops when removed', async () => {
    await using cluster = await startTestCluster();
    const endpoints = cluster.members.map((one) => one.endpoint);
    await using writers = startWriters(endpoints, { count: 4, valueBytes: 64 });
    await eventually('some writes', () => writers.acknowledged.length > 100);
    await using joining = await createJoiningMember(cluster, 'm4');
    await joining.addEventually();
    joining.start();
    const hasAll = () =>
      eventually('the new member has every acknowledged write', async () => {
        const found = await keysAt(joining.endpoint);
        return writers.acknowledged.slice(0, 100).every((key) => found.has(key));
      });
    await hasAll();
    await joining.kill();
    joining.start();
    await hasAll();
    await eventually('it is removed', async () => {
      const removed = await cluster.etcdctl(['member', 'remove', await joining.id()]);
      return removed.code === 0;
    });
    const before = writers.acknowledged.length;
    await eventually('writes go on', () => writers.acknowledged.length > before + 50);
    expect(joining.log()).not.toContain('"role":"leader"');
    const status = await run('etcdctl', [
      `--endpoints=${joining.endpoint}`,
      '--command-timeout=1s',
      'put',
      'alone',
      '1',
    ]);
    expect(status.code).not.toBe(0);
  });
});

describe('a member that comes back under another address', () => {
  it('is reached there after `member update`, and has all that was written meanwhile', async () => {
    await using cluster = await startTestCluster();
    const endpoints = cluster.members.map((one) => one.endpoint);
    await using writers = startWriters(endpoints, { count: 4, valueBytes: 64 });
    await eventually('some writes', () => writers.acknowledged.length > 100);
    const moved = ((await cluster.leader()) + 1) % 3;
    await cluster.kill(moved);
    const [port] = (await freePorts(1)) as [number];
    const { stdout } = await cluster.etcdctl(['member', 'list']);
    const name = cluster.members[moved]!.name;
    const line = stdout.split('\n').find((one) => one.includes(`, ${name}, `))!;
    const peerUrl = `http://127.0.0.1:${port}`;
    const id = line.split(',')[0]!;
    const updated = await cluster.etcdctl(['member', 'update', id, `--peer-urls=${peerUrl}`]);
    expect(updated).toMatchObject({ code: 0 });
    const before = writers.acknowledged.length;
    await eventually('writes go on', () => writers.acknowledged.length > before + 100);
    // Its --initial-cluster still has the old address: who it is stands in its folder.
    cluster.start(moved, [
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
    ]);
    await writers.stop();
    await eventually('it has every acknowledged write', async () => {
      const found = await keysAt(endpoints[moved]!);
      return writers.acknowledged.every((key) => found.has(key));
    });
    const after = await cluster.etcdctl(['member', 'list']);
    expect(after.stdout).toContain(`${name}, ${peerUrl}`);
  });
});
