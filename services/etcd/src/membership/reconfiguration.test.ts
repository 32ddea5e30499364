import { describe, expect, test } from 'vitest';
import {
  checkAdd,
  checkPromote,
  checkRemove,
  healthInterval,
  type VoterHealth,
} from './reconfiguration.ts';

const self: VoterHealth = { id: 1, isStarted: true, connectedFor: Infinity };
const well = (id: number): VoterHealth => ({ id, isStarted: true, connectedFor: healthInterval });
const down = (id: number): VoterHealth => ({ id, isStarted: true, connectedFor: undefined });
const young = (id: number): VoterHealth => ({ id, isStarted: true, connectedFor: 100 });
const unstarted = (id: number): VoterHealth => ({ ...down(id), isStarted: false });
const voter = { isLearner: false };
const learner = { isLearner: true };

describe('a member is added', () => {
  test.each([
    ['to a cluster of one', [self], voter, undefined],
    ['to a healthy cluster', [self, well(2), well(3)], voter, undefined],
    ['not while a voter is down', [self, well(2), down(3)], voter, 'unhealthy'],
    [
      'not while a voter is down, as a learner either',
      [self, well(2), down(3)],
      learner,
      'unhealthy',
    ],
    ['not while a voter has just come', [self, well(2), young(3)], voter, 'unhealthy'],
    ['not while two have not started', [self, unstarted(2)], voter, 'not-enough-started'],
    [
      'not after one that never started',
      [self, well(2), unstarted(3)],
      voter,
      'not-enough-started',
    ],
  ] as const)('%s', (_when, voters, member, refusal) => {
    expect(checkAdd(voters, member)).toBe(refusal);
  });
});

describe('a voter is removed', () => {
  test.each([
    ['from a healthy cluster', [self, well(2), well(3)], 2, undefined],
    ['that is down', [self, well(2), down(3)], 3, undefined],
    ['that never started', [self, unstarted(2)], 2, undefined],
    ['not the last one', [self], 1, 'not-enough-started'],
    ['not the only one that has started', [self, unstarted(2)], 1, 'not-enough-started'],
    ['not a healthy one while another is down', [self, well(2), down(3)], 2, 'unhealthy'],
    ['not the leader while another is down', [self, well(2), down(3)], 1, 'unhealthy'],
  ] as const)('%s', (_when, voters, id, refusal) => {
    expect(checkRemove(voters, id)).toBe(refusal);
  });
});

test.each([
  ['in a healthy cluster', [self, well(2), well(3)], undefined],
  ['as the second voter', [self], undefined],
  [
    'not while too few voters have started',
    [self, unstarted(2), unstarted(3), unstarted(4)],
    'not-enough-started',
  ],
] as const)('a learner is promoted %s', (_when, voters, refusal) => {
  expect(checkPromote(voters)).toBe(refusal);
});
