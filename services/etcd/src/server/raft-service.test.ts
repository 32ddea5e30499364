import { createSeededRandom, silentLogger } from '@drydock/ports';
import { createScheduler, type Scheduler } from '@drydock/testing/simulation';
import { RaftService, RaftState, WatchRaftRequest } from '@drydock/proto/etcd';
import { describe, expect, test } from 'vitest';
import { plainConfiguration } from '../raft/configuration.ts';
import type { LeaderChange, ReplicaStatus } from '../replica/types.ts';
import type { MemberCore } from './core.ts';
import type { MessageStream } from './grpc.ts';
import { createRaftService } from './raft-service.ts';

const status: ReplicaStatus = {
  id: 7,
  role: 'leader',
  term: 3,
  vote: 7,
  leader: 7,
  commit: 10,
  applied: 10,
  firstIndex: 1,
  lastIndex: 11,
  configuration: { ...plainConfiguration([7, 8], [9]), votersOutgoing: [7], autoLeave: true },
  peers: [
    { id: 8, learner: false, state: 'replicate', match: 10, next: 12, inflight: 1, active: true },
  ],
  pendingReads: 2,
  transferee: 0,
  failure: undefined,
  leaderlessFor: 0,
  pendingProposals: 1,
  walBytes: 100,
  elections: [
    { event: 'campaign', cause: 'start', detail: 'why', term: 3, formerLeader: 0, at: 5 },
  ],
  lastSync: 0.25,
};

interface FakeStream {
  readonly stream: MessageStream;
  readonly states: RaftState[];
  readonly failures: string[];
  isReady: boolean;
  ask(request?: Partial<WatchRaftRequest>): void;
  close(): void;
}

function createFixture() {
  const scheduler: Scheduler = createScheduler();
  const member = { status: { ...status }, looks: 0 };
  const listeners: ((change: LeaderChange) => void)[] = [];
  const core = {
    clusterId: 1,
    clock: scheduler.clock,
    random: createSeededRandom(1),
    log: silentLogger,
    replica: {
      status: () => {
        member.looks++;
        return member.status;
      },
      onLeaderChange: (listener: (change: LeaderChange) => void) => listeners.push(listener),
    },
  } as unknown as MemberCore;
  const service = createRaftService(core);
  const open = (): FakeStream => {
    let message = (_bytes: Buffer) => {};
    let close = () => {};
    const fake: FakeStream = {
      states: [],
      failures: [],
      isReady: true,
      ask: (request = {}) => message(WatchRaftRequest.encode(WatchRaftRequest.from(request))),
      close: () => close(),
      stream: {
        call: {
          requireLeader: false,
          clusterId: '',
          memberId: '',
          token: undefined,
          authorization: undefined,
          isForwarded: false,
          commonName: undefined,
        },
        get isReady() {
          return fake.isReady;
        },
        isClosed: false,
        onMessage: (listener) => (message = listener),
        onEnd: () => {},
        onClose: (listener) => (close = listener),
        onReady: () => {},
        send: (bytes) => void fake.states.push(RaftState.decode(bytes)),
        sendInTwo: () => {},
        pause: () => {},
        resume: () => {},
        end: () => {},
        fail: ({ message: text }) => void fake.failures.push(text),
      },
    };
    service.streams[RaftService.watch.path]!(fake.stream);
    return fake;
  };
  const pass = async (millis: number, change: () => void = () => {}) => {
    const end = scheduler.now + millis;
    do change();
    while (await scheduler.step(end));
  };
  return { member, open, pass, listeners, scheduler };
}

describe('Raft.Watch', () => {
  test('begins with the whole state', () => {
    const { open } = createFixture();
    const watcher = open();
    watcher.ask();
    expect(watcher.states).toEqual([
      expect.objectContaining({
        clusterId: 1,
        memberId: 7,
        role: 'leader',
        term: 3,
        configuration: {
          voters: [7, 8],
          votersOutgoing: [7],
          learners: [9],
          learnersNext: [],
          autoLeave: true,
        },
        peers: [expect.objectContaining({ id: 8, match: 10, next: 12, inFlight: 1 })],
        lastFsyncMicros: 250,
        elections: [expect.objectContaining({ cause: 'start', detail: 'why' })],
      }),
    ]);
  });

  test('sends nothing while nothing changes, and at most 20 states a second while everything does', async () => {
    const { member, open, pass } = createFixture();
    const watcher = open();
    watcher.ask();
    await pass(1_000);
    expect(watcher.states).toHaveLength(1);
    await pass(
      1_000,
      () => (member.status = { ...member.status, commit: member.status.commit + 1 }),
    );
    expect(watcher.states.length).toBeGreaterThan(10);
    expect(watcher.states.length).toBeLessThanOrEqual(22);
  });

  test('asked for fewer, sends fewer', async () => {
    const { member, open, pass } = createFixture();
    const watcher = open();
    watcher.ask({ intervalMillis: 400 });
    await pass(
      1_000,
      () => (member.status = { ...member.status, commit: member.status.commit + 1 }),
    );
    expect(watcher.states.length).toBeLessThanOrEqual(3);
  });

  test('holds nothing for who does not read, and goes on with the newest state', async () => {
    const { member, open, pass } = createFixture();
    const watcher = open();
    watcher.ask();
    watcher.isReady = false;
    await pass(
      1_000,
      () => (member.status = { ...member.status, commit: member.status.commit + 1 }),
    );
    expect(watcher.states).toHaveLength(1);
    watcher.isReady = true;
    await pass(100);
    expect(watcher.states.at(-1)!.commit).toBe(member.status.commit);
    expect(watcher.states).toHaveLength(2);
  });

  test('does not look at the state without watchers, nor after the last has left', async () => {
    const { member, open, pass, scheduler } = createFixture();
    await pass(500);
    expect(member.looks).toBe(0);
    const watcher = open();
    watcher.ask();
    watcher.close();
    const { looks } = member;
    await pass(500);
    expect(member.looks).toBe(looks);
    expect(scheduler.now).toBeLessThan(1_000);
  });

  test('is refused to the 257th watcher', () => {
    const { open } = createFixture();
    for (let count = 0; count < 256; count++) open().ask();
    const late = open();
    late.ask();
    expect(late.failures[0]).toContain('256 watchers already');
    expect(late.states).toEqual([]);
  });
});
