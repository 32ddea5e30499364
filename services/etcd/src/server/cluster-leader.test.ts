import { createScheduler } from '@drydock/testing/simulation';
import { describe, expect, test } from 'vitest';
import { failures, type Failure } from '../mvcc/failure.ts';
import { passToLeader } from './cluster-leader.ts';
import type { MemberCore } from './core.ts';
import type { AskLeader } from './leader-calls.ts';

const method = {
  path: '/test',
  requestSerialize: () => Buffer.alloc(0),
  responseDeserialize: () => ({ value: 0 }),
};

interface World {
  isLeader: boolean;
  leader: number;
  linearized: number;
}

function createWorld(world: World) {
  const scheduler = createScheduler();
  const core = {
    clock: scheduler.clock,
    electionTimeout: 1_000,
    replica: {
      isLeader: () => world.isLeader,
      status: () => ({ leader: world.leader }),
      linearize: () => {
        world.linearized++;
        return Promise.resolve();
      },
    },
  } as unknown as MemberCore;
  const run = async (options: {
    local?: () => { value: number } | Failure;
    ask?: () => { value: number } | Failure;
    check?: () => Failure | undefined;
    isPeer?: boolean;
  }) => {
    const ask = (() => Promise.resolve(options.ask!())) as unknown as AskLeader;
    const done: { outcome?: object } = {};
    const call = {
      method,
      request: {},
      local: () => Promise.resolve(options.local!()),
      check: options.check,
    };
    const leader = options.isPeer === true ? undefined : { ask };
    void passToLeader(core, leader, call).then((outcome) => (done.outcome = outcome));
    // Promises settle between events, and at the beginning.
    scheduler.schedule(0, () => scheduler.touchPromises());
    while (done.outcome === undefined && (await scheduler.step(60_000)));
    return { outcome: done.outcome, at: scheduler.now };
  };
  return run;
}

describe('what only the leader can do', () => {
  test('is done by the leader itself, also when it leads no more afterwards', async () => {
    const world = { isLeader: true, leader: 1, linearized: 0 };
    const local = () => {
      world.isLeader = false;
      return { value: 1 };
    };
    expect(await createWorld(world)({ local })).toMatchObject({ outcome: { value: 1 } });
    expect(world.linearized).toBe(0);
  });

  test('is asked of the leader, and answered when it is applied here as well', async () => {
    const world = { isLeader: false, leader: 2, linearized: 0 };
    const { outcome } = await createWorld(world)({ ask: () => ({ value: 2 }) });
    expect(outcome).toEqual({ value: 2 });
    expect(world.linearized).toBe(1);
  });

  test('waits for another leader when the one that is asked leads no more', async () => {
    const world = { isLeader: false, leader: 2, linearized: 0 };
    let asked = 0;
    const ask = () => (++asked < 4 ? failures.notLeader : { value: 3 });
    expect(await createWorld(world)({ ask })).toEqual({ outcome: { value: 3 }, at: 300 });
  });

  test('gives a refusal of the leader back as it is', async () => {
    const world = { isLeader: false, leader: 2, linearized: 0 };
    const { outcome } = await createWorld(world)({ ask: () => failures.learnerNotReady });
    expect(outcome).toBe(failures.learnerNotReady);
    expect(world.linearized).toBe(0);
  });

  test('without a leader is refused by what this member knows, or times out', async () => {
    const world = { isLeader: false, leader: 0, linearized: 0 };
    const ask = () => failures.noLeader;
    const check = () => failures.unhealthyCluster;
    expect((await createWorld(world)({ ask, check })).outcome).toBe(failures.unhealthyCluster);
    const { outcome, at } = await createWorld(world)({ ask, check: () => undefined });
    expect(outcome).toBe(failures.timeout);
    expect(at).toBeGreaterThan(6_500);
    expect(at).toBeLessThanOrEqual(7_000);
  });

  test('is not passed on a second time', async () => {
    const world = { isLeader: false, leader: 2, linearized: 0 };
    const { outcome } = await createWorld(world)({ isPeer: true });
    expect(outcome).toBe(failures.notLeader);
  });
});
