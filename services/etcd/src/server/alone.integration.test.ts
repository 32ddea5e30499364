/** `--force-new-cluster` on real processes: what is left of a cluster whose other members are lost. */
import { describe, expect, it } from 'vitest';
import { eventually } from '@drydock/testing/eventually';
import { startTestCluster, type TestCluster } from '../testing/cluster.ts';
import { run } from '../testing/commands.ts';
import { createJoiningMember } from '../testing/joining.ts';
import { keysAt, startWriters } from '../testing/writers.ts';

const at = (cluster: TestCluster, index: number, ...args: string[]) =>
  run('etcdctl', [
    `--endpoints=${cluster.members[index]!.endpoint}`,
    '--command-timeout=2s',
    ...args,
  ]);

const becomesWritable = (cluster: TestCluster, index: number) =>
  eventually('the member takes writes', async () => {
    return (await at(cluster, index, 'put', 'alone', '1')).code === 0;
  });

describe('the last member of a lost cluster', () => {
  it('goes on alone with every acknowledged write, and takes new members', async () => {
    await using cluster = await startTestCluster();
    const endpoints = cluster.members.map((one) => one.endpoint);
    await using writers = startWriters(endpoints, { count: 4, valueBytes: 64 });
    await eventually('some writes', () => writers.acknowledged.length > 500);
    // Only the leader surely holds all that was acknowledged.
    const left = await cluster.leader();
    await Promise.all(cluster.members.map((_, index) => cluster.kill(index)));
    await writers.stop();

    cluster.start(left, ['--force-new-cluster']);
    await becomesWritable(cluster, left);
    const found = await keysAt(endpoints[left]!);
    expect(writers.acknowledged.filter((key) => !found.has(key))).toEqual([]);
    const { name } = cluster.members[left]!;
    const members = async () =>
      (await at(cluster, left, 'member', 'list')).stdout.trim().split('\n');
    expect(await members()).toEqual([expect.stringContaining(`, started, ${name}, `)]);
    expect(cluster.members[left]!.log()).toContain('goes on without the other members');

    await cluster.kill(left, 'SIGTERM');
    cluster.start(left);
    await becomesWritable(cluster, left);
    expect(await members()).toHaveLength(1);
    await using joining = await createJoiningMember(cluster, 'm4');
    await joining.addEventually(['--learner']);
    joining.start();
    await eventually('the new member has it all', async () => {
      const there = await keysAt(joining.endpoint).catch(() => new Set<string>());
      return writers.acknowledged.every((key) => there.has(key));
    });
  });

  it('that never had a folder founds its cluster as usual', async () => {
    await using cluster = await startTestCluster({ size: 1, flags: ['--force-new-cluster'] });
    expect(await cluster.etcdctl(['put', 'a', '1'])).toMatchObject({ code: 0 });
  });
});
