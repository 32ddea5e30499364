import { createManualClock } from '@drydock/testing/manual-clock';
import { silentLogger } from '@drydock/ports';
import { describe, expect, it } from 'vitest';
import type { HistoryHash } from '../mvcc/backend.ts';
import { failures, type Failure } from '../mvcc/failure.ts';
import { checkBeforeStart, startCorruptionCheck } from './corruption-check.ts';

const hash = (sum: number, more: Partial<HistoryHash> = {}): HistoryHash => ({
  hash: sum,
  revision: 9,
  compactRevision: 4,
  ...more,
});

function powersWith(others: Record<number, HistoryHash | Failure>) {
  return {
    log: silentLogger,
    memberId: 1,
    otherMembers: () => Object.keys(others).map(Number),
    hash: (revision: number) => Promise.resolve(hash(7, revision === 0 ? {} : { revision })),
    hashOf: (member: number, revision: number) => {
      const answer = others[member]!;
      return Promise.resolve('kind' in answer ? answer : { ...answer, revision });
    },
  };
}

describe('the check before a member starts', () => {
  it('refuses data that differs from another member at the same revision', async () => {
    await expect(checkBeforeStart(powersWith({ 2: hash(7), 3: hash(8) }))).rejects.toThrow(
      /differs from that of member 3 at revision 9/,
    );
  });

  it('takes what cannot be compared for no difference', async () => {
    await checkBeforeStart(
      powersWith({ 2: failures.futureRevision, 3: hash(8, { compactRevision: 5 }) }),
    );
  });
});

describe('the check of the leader', () => {
  function start(others: Record<number, HistoryHash | Failure>, compactInterval = 0) {
    const clock = createManualClock();
    const alarms: number[] = [];
    const asked: number[] = [];
    const state = { isLeader: true, compactRevision: 0 };
    const powers = powersWith(others);
    startCorruptionCheck(
      { interval: compactInterval === 0 ? 1_000 : 0, compactInterval },
      {
        ...powers,
        hash: (revision) => {
          asked.push(revision);
          return powers.hash(revision);
        },
        clock,
        isLeader: () => state.isLeader,
        compactRevision: () => state.compactRevision,
        raiseAlarm: (member) => {
          alarms.push(member);
          return Promise.resolve(undefined);
        },
      },
    );
    return { clock, alarms, asked, state };
  }

  it('raises the alarm of the member that differs', async () => {
    const { clock, alarms } = start({ 2: hash(7), 3: hash(8) });
    await clock.advance(1_500);
    expect(alarms).toEqual([3]);
  });

  it('is not done by followers', async () => {
    const { clock, asked, state } = start({ 2: hash(8) });
    state.isLeader = false;
    await clock.advance(5_500);
    expect(asked).toEqual([]);
  });

  it('looks at each compaction until all members were compared', async () => {
    const others: Record<number, HistoryHash | Failure> = { 2: hash(7), 3: failures.timeout };
    const { clock, asked, state } = start(others, 1_000);
    await clock.advance(1_500);
    state.compactRevision = 6;
    await clock.advance(2_000);
    others[3] = hash(7);
    await clock.advance(3_000);
    expect(asked).toEqual([6, 6, 6]);
  });
});
