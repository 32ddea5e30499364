import { createSeededRandom } from '@drydock/ports';
import { createSimulatedProcess } from '@drydock/testing/simulation';
import { expect, test } from 'vitest';
import { createCluster, type Cluster, type RegisterMember } from '../sim/cluster.ts';

async function until(cluster: Cluster, what: string, condition: () => boolean): Promise<void> {
  const deadline = cluster.scheduler.now + 60_000;
  while (!condition()) {
    if (cluster.scheduler.now > deadline) throw new Error(`not within a minute: ${what}`);
    await cluster.scheduler.step();
  }
}

async function settled<T>(cluster: Cluster, promise: Promise<T>): Promise<T> {
  let done = false;
  const end = () => (done = true);
  promise.then(end, end);
  cluster.scheduler.touchPromises();
  await until(cluster, 'the promise to settle', () => done);
  return promise;
}

async function startCluster(
  options: { size?: number; spares?: number; snapshotCount?: number; seed?: number } = {},
) {
  const { size = 3, seed = 7, ...rest } = options;
  const cluster = createCluster({ random: createSeededRandom(seed), size, ...rest });
  for (const member of cluster.members.slice(0, size)) cluster.start(member);
  await until(cluster, 'a leader', () => cluster.leader() !== undefined);
  return cluster;
}

const write = (register: number) => Uint8Array.of(register);

test('a write through any member is applied everywhere, and a linearizable read sees it', async () => {
  const cluster = await startCluster();
  await until(cluster, 'all to know', () =>
    cluster.members.every((member) => member.replica!.status().leader !== 0),
  );
  for (const member of cluster.members) {
    const index = await settled(cluster, member.replica!.propose(write(member.id)));
    for (const other of cluster.members) {
      await settled(cluster, other.replica!.linearize());
      expect(other.machine!.lastWrite(member.id)).toBe(index);
    }
  }
});

test('proposals of one turn share one log sync', async () => {
  const cluster = await startCluster();
  const leader = cluster.leader()!.replica!;
  const before = leader.metrics().walSyncsTotal;
  const writes = Array.from({ length: 64 }, (_, at) => leader.propose(write(at)));
  await settled(cluster, Promise.all(writes));
  expect(leader.metrics().walSyncsTotal - before).toBeLessThanOrEqual(2);
});

test('without a majority, requests fail with no-leader in bounded time; then all resumes', async () => {
  const cluster = await startCluster();
  const [first, second, third] = cluster.members;
  cluster.crash(first!);
  cluster.crash(second!);
  const started = cluster.scheduler.now;
  const refused = third!.replica!.propose(write(1));
  await expect(settled(cluster, refused)).rejects.toMatchObject({ name: 'ReplicaError' });
  await expect(settled(cluster, third!.replica!.linearize())).rejects.toMatchObject({
    code: expect.stringMatching(/no-leader|timeout/),
  });
  expect(cluster.scheduler.now - started).toBeLessThan(8_000);
  cluster.start(first!);
  await until(cluster, 'a leader', () => third!.replica!.status().leader !== 0);
  await settled(cluster, third!.replica!.propose(write(2)));
});

test('a write that a dying leader took is neither lost nor repeated', async () => {
  const cluster = await startCluster();
  const leader = cluster.leader()!;
  const follower = cluster.members.find((member) => member !== leader)!;
  await until(
    cluster,
    'the follower to know',
    () => follower.replica!.status().leader === leader.id,
  );
  const pending = follower.replica!.propose(write(9));
  cluster.crash(leader);
  const index = await settled(cluster, pending);
  expect(follower.machine!.lastWrite(9)).toBe(index);
});

test('what a leader decides by itself is lost with its leadership, what its clients ask for is not', async () => {
  const cluster = await startCluster();
  const leader = cluster.leader()!;
  const others = cluster.members.filter((member) => member !== leader);
  cluster.network.partition([[leader.id], others.map(({ id }) => id)]);
  const decided = leader.replica!.proposeAsLeader(write(8));
  const asked = leader.replica!.propose(write(9));
  await until(cluster, 'another leader', () => others.some((member) => member.replica!.isLeader()));
  cluster.network.heal();
  await expect(settled(cluster, decided)).rejects.toMatchObject({ code: 'not-leader' });
  const index = await settled(cluster, asked);
  for (const member of cluster.members) {
    await settled(cluster, member.replica!.linearize());
    expect(member.machine!.lastWrite(8)).toBe(0);
    expect(member.machine!.lastWrite(9)).toBe(index);
  }
  const refused = leader.replica!.proposeAsLeader(write(8));
  await expect(settled(cluster, refused)).rejects.toMatchObject({ code: 'not-leader' });
});

test('a member that fell behind the log takes a snapshot and goes on', async () => {
  const cluster = await startCluster({ snapshotCount: 30 });
  const behind = cluster.members.find((member) => member !== cluster.leader())!;
  cluster.crash(behind);
  for (let at = 0; at < 200; at++) {
    await settled(cluster, cluster.leader()!.replica!.propose(write(at % 10)));
  }
  expect(cluster.leader()!.raft!.log.firstIndex).toBeGreaterThan(100);
  cluster.start(behind);
  await until(
    cluster,
    'it to catch up',
    () => behind.machine?.dump() === cluster.leader()?.machine?.dump(),
  );
  cluster.crash(behind);
  cluster.start(behind);
  await settled(cluster, cluster.leader()!.replica!.propose(write(1)));
  await until(
    cluster,
    'it to catch up',
    () => behind.machine?.dump() === cluster.leader()?.machine?.dump(),
  );
});

test('a full disk stops the member at once, with the reason, and the others go on', async () => {
  const cluster = await startCluster();
  const leader = cluster.leader()!;
  leader.disk.failure = 'no-space';
  const pending = leader.replica!.propose(write(1));
  await expect(settled(cluster, pending)).rejects.toMatchObject({ code: 'no-space' });
  await expect(leader.replica!.propose(write(1))).rejects.toMatchObject({ code: 'no-space' });
  expect(leader.replica!.status().failure?.code).toBe('no-space');
  const others = cluster.members.filter((member) => member !== leader);
  await until(cluster, 'another leader', () => others.some((member) => member.replica!.isLeader()));
  await settled(cluster, others[0]!.replica!.propose(write(2)));
});

test('leadership moves to the member that is asked for', async () => {
  const cluster = await startCluster();
  const leader = cluster.leader()!;
  const other = cluster.members.find((member) => member !== leader)!;
  await settled(cluster, leader.replica!.propose(write(1)));
  await settled(cluster, leader.replica!.transferLeadership(other.id));
  expect(other.replica!.isLeader()).toBe(true);
});

test('a member that is its own quorum leads and survives a crash', async () => {
  const cluster = await startCluster({ size: 1 });
  const member = cluster.members[0]!;
  const index = await settled(cluster, member.replica!.propose(write(3)));
  cluster.crash(member);
  cluster.start(member);
  await until(cluster, 'it to lead again', () => member.replica?.isLeader() === true);
  await settled(cluster, member.replica!.linearize());
  expect(member.machine!.lastWrite(3)).toBe(index);
});

test('a member joins as a learner, becomes a voter, and its vote counts', async () => {
  const cluster = await startCluster({ spares: 1, snapshotCount: 20 });
  const spare = cluster.members[3]!;
  const none = new Uint8Array(0);
  const change = (kind: 'add-voter' | 'add-learner' | 'remove', member: number) =>
    settled(cluster, cluster.leader()!.replica!.proposeConfiguration({ kind, member }, none));
  // So many writes that the newcomer needs a snapshot.
  for (let at = 0; at < 100; at++) {
    await settled(cluster, cluster.leader()!.replica!.propose(write(at % 10)));
  }
  await change('add-learner', spare.id);
  cluster.start(spare);
  const isEqual = () => spare.machine?.dump() === cluster.leader()?.machine?.dump();
  await until(cluster, 'it to catch up', isEqual);
  await change('add-voter', spare.id);
  await change('remove', cluster.members.find((member) => member !== cluster.leader())!.id);
  const leader = cluster.leader()!;
  const { voters } = leader.replica!.status().configuration;
  expect(voters).toHaveLength(3);
  expect(voters).toContain(spare.id);
  // Leader and newcomer are a majority of the three.
  const other = voters.find((id) => id !== spare.id && id !== leader.id)!;
  cluster.crash(cluster.members[other - 1]!);
  await settled(cluster, leader.replica!.propose(write(1)));
  await until(cluster, 'it to catch up', isEqual);
});

test('one change of membership at a time, and the last voter stays', async () => {
  const cluster = await startCluster({ size: 1 });
  const leader = cluster.leader()!.replica!;
  const none = new Uint8Array(0);
  const first = leader.proposeConfiguration({ kind: 'add-learner', member: 8 }, none);
  const second = leader.proposeConfiguration({ kind: 'add-learner', member: 9 }, none);
  await expect(settled(cluster, second)).rejects.toMatchObject({ code: 'change-in-progress' });
  await settled(cluster, first);
  const last = leader.proposeConfiguration({ kind: 'remove', member: 1 }, none);
  await expect(settled(cluster, last)).rejects.toThrow('last voter');
});

test('two of three members are replaced at once, through a joint configuration that ends by itself', async () => {
  const cluster = await startCluster({ spares: 2 });
  const leader = cluster.leader()!;
  const leaving = cluster.members.slice(0, 3).filter((member) => member !== leader);
  const coming = cluster.members.slice(3);
  const context = new Uint8Array(0);
  for (const member of coming) cluster.start(member);
  const done = leader.replica!.proposeTransition({
    transition: 'auto',
    changes: [
      ...leaving.map(({ id }) => ({ kind: 'remove' as const, member: id, context })),
      ...coming.map(({ id }) => ({ kind: 'add-voter' as const, member: id, context })),
    ],
  });
  await settled(cluster, done);
  expect(leader.replica!.status().configuration).toMatchObject({ autoLeave: true });
  const configuration = () => leader.replica!.status().configuration;
  await until(cluster, 'the change to end', () => configuration().votersOutgoing.length === 0);
  expect(configuration().voters).toEqual([leader, ...coming].map(({ id }) => id));
  for (const member of leaving) cluster.crash(member);
  await settled(cluster, leader.replica!.propose(write(1)));
});

test('the cause of each election is recorded: the start, a transfer, a leader that is gone', async () => {
  const cluster = await startCluster();
  const causes = (member: RegisterMember) =>
    member.replica!.status().elections.map(({ event, cause }) => `${event} ${cause}`);
  const leader = cluster.leader()!;
  expect(causes(leader)).toContain('campaign start');
  const other = cluster.members.find((member) => member !== leader)!;
  await settled(cluster, leader.replica!.propose(write(1)));
  await settled(cluster, leader.replica!.transferLeadership(other.id));
  expect(causes(other).at(-1)).toBe('campaign transfer');
  expect(causes(leader).at(-1)).toBe('deposed transfer');
  await settled(cluster, leader.replica!.propose(write(1)));
  cluster.crash(other);
  await until(cluster, 'another leader', () => cluster.leader() !== undefined);
  expect(causes(cluster.leader()!).at(-1)).toBe('campaign lost-network');
  expect(cluster.leader()!.replica!.metrics().electionsTotal.get('campaign lost-network')).toBe(1);
});

test('a leader that no quorum answers steps down and blames the network; a slow disk blames itself', async () => {
  const cluster = await startCluster();
  const leader = cluster.leader()!;
  await settled(cluster, leader.replica!.propose(write(1)));
  const last = () => leader.replica!.status().elections.at(-1);
  cluster.network.partition([
    [leader.id],
    cluster.members.filter((member) => member !== leader).map(({ id }) => id),
  ]);
  await until(cluster, 'it to step down', () => last()?.event === 'step-down');
  expect(last()).toMatchObject({ cause: 'lost-network' });
  cluster.network.heal();
  const rest = cluster.members.filter((member) => member !== leader);
  await until(cluster, 'a leader', () => cluster.leader() !== undefined);
  const next = cluster.leader()!;
  // One write of its log takes longer than half an election timeout, and its messages are lost.
  next.disk.slowness = 2_000;
  void next.replica!.propose(write(2)).catch(() => undefined);
  const beginning = cluster.scheduler.now;
  await until(cluster, 'the write to last', () => cluster.scheduler.now > beginning + 700);
  cluster.network.partition([
    [next.id],
    [leader, ...rest].filter((member) => member !== next).map(({ id }) => id),
  ]);
  const lastOfNext = () => next.replica!.status().elections.at(-1);
  await until(cluster, 'it to step down', () => lastOfNext()?.event === 'step-down');
  expect(lastOfNext()).toMatchObject({ cause: 'slow-fsync' });
});

test('a member whose log was wiped stops and says so, rather than go on without it', async () => {
  const cluster = await startCluster();
  const wiped = cluster.members.find((member) => member !== cluster.leader())!;
  for (let at = 0; at < 10; at++) {
    await settled(cluster, cluster.leader()!.replica!.propose(write(at)));
  }
  cluster.crash(wiped);
  // Somebody else's process deletes the files.
  wiped.process = createSimulatedProcess(cluster.scheduler);
  const names = await settled(cluster, wiped.disk.list('member/wal'));
  for (const name of names) await settled(cluster, wiped.disk.remove(`member/wal/${name}`));
  cluster.start(wiped);
  await until(cluster, 'it to notice', () => wiped.failure !== undefined);
  expect(wiped.failure).toMatchObject({ code: 'corrupt' });
  expect(wiped.failure!.message).toContain('delete its folder and add it again');
});
