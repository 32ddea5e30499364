/** What a person can see of Raft on real processes: the live stream, the metrics, why elections happened. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '@drydock/testing/eventually';
import { RaftService, WatchRaftRequest, type RaftState } from '@drydock/proto/etcd';
import { startTestCluster, type TestCluster } from '../testing/cluster.ts';
import { connect } from '../testing/writers.ts';

function watch(endpoint: string): { states: RaftState[] } & Disposable {
  const client = connect(endpoint);
  const { path, requestSerialize, responseDeserialize } = RaftService.watch;
  const stream = client.makeServerStreamRequest(
    path,
    requestSerialize,
    responseDeserialize,
    WatchRaftRequest.from({}),
  );
  const states: RaftState[] = [];
  stream.on('data', (state: RaftState) => states.push(state));
  stream.on('error', () => undefined);
  return {
    states,
    [Symbol.dispose]() {
      stream.cancel();
      client.close();
    },
  };
}

async function metricsOf(cluster: TestCluster, index: number): Promise<string> {
  return (await fetch(`${cluster.members[index]!.endpoint}/metrics`)).text();
}

const leads = /^drydock_raft_role(\{.*\})? 3$/m;

/** The causes that a member has logged, in order. */
function causesOf(cluster: TestCluster, index: number): string[] {
  return cluster.members[index]!.log()
    .split('\n')
    .filter((line) => line.includes('an election, and its cause'))
    .map((line) => {
      const { event, cause } = JSON.parse(line) as { event: string; cause: string };
      return `${event} ${cause}`;
    });
}

describe('Raft on real processes', () => {
  it('is watched live, and in the metrics: roles, terms, what each peer has', async () => {
    await using cluster = await startTestCluster();
    const leader = await cluster.leader();
    const follower = (leader + 1) % 3;
    using atLeader = watch(cluster.members[leader]!.endpoint);
    using atFollower = watch(cluster.members[follower]!.endpoint);
    await eventually(
      'both streams',
      () => atLeader.states.length > 0 && atFollower.states.length > 0,
    );
    expect(atLeader.states[0]).toMatchObject({ role: 'leader' });
    expect(atLeader.states[0]!.peers).toHaveLength(2);
    expect(atFollower.states[0]).toMatchObject({ role: 'follower', peers: [] });
    const before = atLeader.states.at(-1)!.commit;
    expect(await cluster.etcdctl(['put', 'a', '1'])).toMatchObject({ code: 0 });
    await eventually('the stream shows the write at each peer', () => {
      const { commit, peers } = atLeader.states.at(-1)!;
      return commit > before && peers.every((peer) => peer.match >= before + 1);
    });
    const metrics = await metricsOf(cluster, leader);
    expect(metrics).toMatch(leads);
    expect(metrics.match(/^drydock_raft_peer_match_index\{.*peer=".*\} \d+$/gm)).toHaveLength(2);
    expect(metrics).toMatch(/^drydock_raft_elections_total\{.*cause="start".*\} \d+$/m);
  });

  it('says why each election happened: a leader killed, one paused, one that hands over', async () => {
    await using cluster = await startTestCluster();
    const killed = await cluster.leader();
    using watching = watch(cluster.members[(killed + 1) % 3]!.endpoint);
    await cluster.kill(killed);
    const second = await cluster.leader();
    expect(causesOf(cluster, second)).toContain('campaign leader-stopped');
    cluster.start(killed);

    const paused = await cluster.leader();
    const { process: child } = cluster.members[paused]!;
    const others = [0, 1, 2].filter((index) => index !== paused);
    child!.kill('SIGSTOP');
    // Whoever asks for votes has not won yet: a leader that goes on before that stays one.
    await eventually('one of the others leads', async () => {
      const metrics = await Promise.all(others.map((index) => metricsOf(cluster, index)));
      return metrics.some((text) => leads.test(text));
    });
    expect(others.map((index) => causesOf(cluster, index).at(-1))).toContain(
      'campaign lost-network',
    );
    child!.kill('SIGCONT');
    await eventually('the one that was paused says so itself', () => {
      const ownWords = expect.stringMatching(/^(deposed|step-down) busy-process$/);
      expect(causesOf(cluster, paused)).toContainEqual(ownWords);
      return true;
    });

    const third = await cluster.leader();
    await cluster.kill(third, 'SIGTERM');
    const fourth = await cluster.leader();
    expect(causesOf(cluster, fourth).at(-1)).toBe('campaign transfer');
    expect(watching.states.some((state) => state.role !== 'leader')).toBe(true);
  });

  it('writes its steps to a file that is asked for', async () => {
    await using cluster = await startTestCluster({ size: 1 });
    const file = join(cluster.members[0]!.folder, 'trace.ndjson');
    await cluster.kill(0, 'SIGTERM');
    cluster.start(0, [`--experimental-raft-trace=${file}`]);
    await cluster.leader();
    await cluster.etcdctl(['put', 'a', '1']);
    await cluster.kill(0, 'SIGTERM');
    const names = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: { name: string } }).event.name);
    expect(names[0]).toBe('InitState');
    for (const name of ['BecomeCandidate', 'BecomeLeader', 'Replicate', 'Commit', 'Ready']) {
      expect(names).toContain(name);
    }
  });
});
