import { createManualClock } from '@drydock/testing/manual-clock';
import { describe, expect, it } from 'vitest';
import { Lessor } from '../lease/lessor.ts';
import { ReplicaError } from '../replica/types.ts';
import type { MemberCore } from './core.ts';
import { followLeadership } from './follow-leadership.ts';

/** A member whose leadership and linearizable reads the test decides about. */
function create() {
  const clock = createManualClock();
  const lessor = new Lessor({ ttlMin: 2 });
  lessor.grant(1n, { ttl: 100, now: 0 });
  const state = { isLeading: false };
  const reads: PromiseWithResolvers<void>[] = [];
  let listener = () => {};
  const replica = {
    isLeader: () => state.isLeading,
    onLeaderChange: (one: () => void) => {
      listener = one;
      return () => {};
    },
    linearize: () => {
      const read = Promise.withResolvers<void>();
      reads.push(read);
      return read.promise;
    },
  };
  followLeadership({
    clock,
    electionTimeout: 1_000,
    meters: {},
    replica,
    state: { lessor },
  } as unknown as MemberCore);
  const lead = (isLeading: boolean) => {
    state.isLeading = isLeading;
    listener();
  };
  const secondsLeft = () => lessor.secondsLeft(lessor.get(1n)!, clock.now());
  return { clock, lessor, reads, lead, secondsLeft };
}

describe('a member that begins to lead', () => {
  it('counts leases in full, and anew when it has applied what its predecessor wrote down', async () => {
    const { clock, lessor, reads, lead, secondsLeft } = create();
    lead(true);
    expect(secondsLeft()).toBe(101);
    lessor.checkpoint(1n, 30);
    expect(secondsLeft()).toBe(101);
    reads[0]!.resolve();
    await clock.settle();
    expect(secondsLeft()).toBe(31);
  });

  it('counts nothing for a reign that is over', async () => {
    const { clock, lessor, reads, lead } = create();
    lead(true);
    lead(false);
    reads[0]!.resolve();
    await clock.settle();
    expect(lessor.get(1n)!.expiresAt).toBeUndefined();
    lead(true);
    await clock.advance(5_000);
    reads[1]!.reject(new ReplicaError('timeout', 'no quorum'));
    await clock.settle();
    expect(lessor.secondsLeft(lessor.get(1n)!, clock.now())).toBe(96);
  });
});
