/** Members are replaced, promoted and removed on real processes while writes go on. */
import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventually } from '@drydock/testing/eventually';
import { startTestCluster, type TestCluster } from '../testing/cluster.ts';
import { run } from '../testing/commands.ts';
import { createJoiningMember } from '../testing/joining.ts';
import { connect, keysAt, put, startWriters } from '../testing/writers.ts';

/** Waits for connections are half as long; elections stay slow enough for a busy machine. */
const flags = ['--time-scale=0.5'];

async function idOf(cluster: TestCluster, index: number): Promise<string> {
  const { stdout } = await cluster.etcdctl(['member', 'list']);
  const name = cluster.members[index]!.name;
  return stdout
    .split('\n')
    .find((line) => line.includes(`, ${name}, `))!
    .split(',')[0]!;
}

describe('a member that lost its disk', () => {
  it('stops with the reason, and is replaced under the same name and address while writes go on', async () => {
    await using cluster = await startTestCluster({ flags });
    const endpoints = cluster.members.map((one) => one.endpoint);
    await using writers = startWriters(endpoints, { count: 4, valueBytes: 64 });
    await eventually('some writes', () => writers.acknowledged.length > 100);
    const lost = ((await cluster.leader()) + 1) % 3;
    const member = cluster.members[lost]!;
    const id = await idOf(cluster, lost);
    await cluster.kill(lost);
    rmSync(member.folder, { recursive: true });
    cluster.start(lost);
    await eventually('it says why it stops', () =>
      member.log().includes('has already been bootstrapped'),
    );

    expect(await cluster.etcdctl(['member', 'remove', id])).toMatchObject({ code: 0 });
    await cluster.kill(lost);
    rmSync(member.folder, { recursive: true, force: true });
    const peerUrl = `http://127.0.0.1:${member.peerPort}`;
    await eventually('the cluster takes it again', async () => {
      const added = await cluster.etcdctl([
        'member',
        'add',
        member.name,
        `--peer-urls=${peerUrl}`,
        '--learner',
      ]);
      return added.code === 0;
    });
    cluster.start(lost, ['--initial-cluster-state=existing']);
    const promote = async () => {
      const { stdout } = await cluster.etcdctl(['member', 'list']);
      const line = stdout.split('\n').find((one) => one.includes(peerUrl))!;
      return cluster.etcdctl(['member', 'promote', line.split(',')[0]!]);
    };
    await eventually('it is promoted', async () => (await promote()).code === 0);
    await writers.stop();
    await eventually('it has every acknowledged write', async () => {
      const found = await keysAt(endpoints[lost]!);
      return writers.acknowledged.every((key) => found.has(key));
    });
    expect(await idOf(cluster, lost)).not.toBe(id);
    // It counts: with it and one other, writes go on.
    await cluster.kill((lost + 1) % 3);
    await eventually('a write with its vote', async () => {
      const [client] = [connect(endpoints[lost]!)];
      try {
        await put(client, { key: Buffer.from('counted'), value: Buffer.from('1') });
        return true;
      } catch {
        return false;
      } finally {
        client.close();
      }
    });
  });
});

describe('a learner', () => {
  it('is added, refused while it lags, promoted at any member, and only one at a time', async () => {
    await using cluster = await startTestCluster({ flags });
    await using learner = await createJoiningMember(cluster, 'm4', flags);
    await learner.addEventually(['--learner']);
    const id = await learner.id();
    const follower = cluster.members[((await cluster.leader()) + 1) % 3]!;
    const at = (args: readonly string[]) =>
      run('etcdctl', [`--endpoints=${follower.endpoint}`, ...args]);
    expect((await at(['member', 'promote', id])).stderr).toContain(
      'etcdserver: can only promote a learner member which is in sync with leader',
    );
    await using second = await createJoiningMember(cluster, 'm5', flags);
    expect((await second.add(['--learner'])).stderr).toContain(
      'etcdserver: too many learner members in cluster',
    );
    learner.start();
    await eventually(
      'it is promoted',
      async () => (await at(['member', 'promote', id])).code === 0,
    );
    const listed = await at(['member', 'list']);
    expect(listed.stdout.split('\n').find((line) => line.includes('m4'))).toMatch(/false$/);
    expect((await at(['member', 'promote', id])).stderr).toContain(
      'etcdserver: can only promote a learner member',
    );
    expect((await at(['member', 'promote', 'abcdef'])).stderr).toContain(
      'etcdserver: member not found',
    );
  });
});

describe('a change that would cost the quorum', () => {
  it('is refused in the words of the original', async () => {
    await using cluster = await startTestCluster({ flags });
    await using fourth = await createJoiningMember(cluster, 'm4', flags);
    await using fifth = await createJoiningMember(cluster, 'm5', flags);
    // Nobody has been connected for long enough yet, or somebody is down.
    const leader = await cluster.leader();
    await cluster.kill((leader + 1) % 3);
    expect((await fourth.add()).stderr).toContain('etcdserver: unhealthy cluster');
    const other = await idOf(cluster, (leader + 2) % 3);
    expect((await cluster.etcdctl(['member', 'remove', other])).stderr).toContain(
      'etcdserver: unhealthy cluster',
    );
    cluster.start((leader + 1) % 3);
    await fourth.addEventually();
    // The fourth never started: with a fifth, the three that did would be all that a quorum has.
    expect((await fifth.add()).stderr).toContain('etcdserver: unhealthy cluster');
    // Taking the one that never came out again is always possible.
    const removed = await cluster.etcdctl(['member', 'remove', await fourth.id()]);
    expect(removed).toMatchObject({ code: 0 });
  });

  it('is warned of where the original allows it: a second member of a cluster of one', async () => {
    await using cluster = await startTestCluster({ flags, size: 1 });
    await using second = await createJoiningMember(cluster, 'm2', flags);
    await second.addEventually();
    expect(cluster.members[0]!.log()).toContain('from now on nothing can be written until');
    await using third = await createJoiningMember(cluster, 'm3', flags);
    expect((await third.add()).stderr).toContain(
      'etcdserver: re-configuration failed due to not enough started members',
    );
    second.start();
    await eventually('writes go on', async () => {
      const written = await cluster.etcdctl(['put', 'a', '1', '--command-timeout=2s']);
      return written.code === 0;
    });
    expect((await cluster.etcdctl(['member', 'list'])).stdout).toContain('started, m2');
  });
});

describe('a member that was removed', () => {
  it('answers who removed it, stops with the reason, and refuses to start again', async () => {
    await using cluster = await startTestCluster({ flags });
    const leader = await cluster.leader();
    const id = await idOf(cluster, leader);
    // The leader itself, asked at itself.
    await eventually('the removal', async () => {
      const args = [`--endpoints=${cluster.members[leader]!.endpoint}`, 'member', 'remove', id];
      return (await run('etcdctl', args)).code === 0;
    });
    const member = cluster.members[leader]!;
    const gone = 'the member has been permanently removed from the cluster';
    await eventually('it stops', () => member.process!.exitCode !== null);
    expect(member.process!.exitCode).toBe(1);
    expect(member.log()).toContain(gone);
    const before = member.log().length;
    cluster.start(leader);
    await eventually('it refuses to start', () => member.process!.exitCode !== null);
    expect(member.log().slice(before)).toContain('data-dir used by this member must be removed');
    const endpoints = cluster.members.filter((one) => one !== member).map((one) => one.endpoint);
    await eventually('the others go on', async () => {
      const args = [`--endpoints=${endpoints.join(',')}`, 'put', 'a', '1'];
      return (await run('etcdctl', args)).code === 0;
    });
  });

  it('learns of it from the others when it was down meanwhile', async () => {
    await using cluster = await startTestCluster({ flags });
    const away = ((await cluster.leader()) + 1) % 3;
    const id = await idOf(cluster, away);
    await cluster.kill(away);
    await eventually('the removal', async () => {
      const rest = cluster.members.filter((_one, index) => index !== away);
      const args = [`--endpoints=${rest.map((one) => one.endpoint).join(',')}`];
      return (await run('etcdctl', [...args, 'member', 'remove', id])).code === 0;
    });
    cluster.start(away);
    const member = cluster.members[away]!;
    await eventually('it stops', () => member.process!.exitCode !== null);
    expect(member.log()).toContain('the member has been permanently removed from the cluster');
    expect(
      cluster.members[(away + 1) % 3]!.log() + cluster.members[(away + 2) % 3]!.log(),
    ).toContain('refused a peer');
  });
});

describe('a member of another cluster', () => {
  it('is refused, and both ends say why', async () => {
    await using cluster = await startTestCluster({ flags });
    const stranger = ((await cluster.leader()) + 1) % 3;
    const member = cluster.members[stranger]!;
    await cluster.kill(stranger);
    rmSync(member.folder, { recursive: true });
    cluster.start(stranger, ['--initial-cluster-token=another']);
    const reason = 'check --initial-cluster and --initial-cluster-token on both';
    await eventually('it says why nobody hears it', () => member.log().includes(reason));
    await eventually('the others say whom they refuse', () =>
      cluster.members.some((one) => one !== member && one.log().includes('refused a peer')),
    );
  });
});

describe('a snapshot on its way', () => {
  it('is sent again when its receiver died in the middle', async () => {
    await using cluster = await startTestCluster({
      flags: [...flags, '--snapshot-count=20', '--experimental-snapshot-catchup-entries=5'],
    });
    const leader = await cluster.leader();
    const behind = (leader + 1) % 3;
    await cluster.kill(behind);
    const client = connect(cluster.members[leader]!.endpoint);
    for (let at = 0; at < 120; at++) {
      const key = Buffer.from(`w-large-${at}`);
      await put(client, { key, value: Buffer.alloc(256 * 1024, at) }, 20_000);
    }
    client.close();
    const member = cluster.members[behind]!;
    let before = member.log().length;
    const isReceiving = () => member.log().slice(before).includes('receiving a snapshot');
    cluster.start(behind);
    await eventually('it is sent a snapshot', isReceiving, { intervalMillis: 1 });
    await cluster.kill(behind);
    await eventually('the leader knows that it did not arrive', () =>
      cluster.members[leader]!.log().includes('could not send a snapshot'),
    );
    before = member.log().length;
    cluster.start(behind);
    await eventually('it is sent another', isReceiving);
    await eventually('it has everything', async () => {
      const found = await keysAt(member.endpoint);
      return Array.from({ length: 120 }, (_, at) => `w-large-${at}`).every((key) => found.has(key));
    });
  });
});
