import { describe, expect, test } from 'vitest';
import { judgeElection, type ElectionFacts } from './election-cause.ts';

const quiet: ElectionFacts = {
  event: 'campaign',
  isTransfer: false,
  hasKnownLeader: true,
  electionTimeout: 1_000,
  tickLateness: 3,
  logSync: 2,
  silence: 1_400,
  link: { isUp: true, isRefused: false, duration: 60_000 },
};
const down = (duration: number, isRefused = false) => ({ isUp: false, isRefused, duration });

describe('an election is put down to', () => {
  test.each<[string, Partial<ElectionFacts>, string]>([
    ['the start of the cluster', { hasKnownLeader: false }, 'start'],
    ['a transfer, whatever else happened', { isTransfer: true, tickLateness: 9_000 }, 'transfer'],
    ['a leader that closed its connection while it spoke', { link: down(1_350) }, 'leader-stopped'],
    ['a leader at whose address nobody listens', { link: down(100, true) }, 'leader-stopped'],
    [
      'a network that lost the connection after a silence',
      { silence: 5_000, link: down(900) },
      'lost-network',
    ],
    ['a network that is silent', {}, 'lost-network'],
    ['a network of which nothing is known', { link: undefined }, 'lost-network'],
    ['this process, whose ticks were late', { tickLateness: 2_000 }, 'busy-process'],
    [
      'this process, also when its connection broke meanwhile',
      { tickLateness: 2_000, link: down(10) },
      'busy-process',
    ],
    ['this disk', { logSync: 800 }, 'slow-fsync'],
    [
      'this disk, when its writes stalled the loop',
      { logSync: 1_800, tickLateness: 1_800, link: down(10) },
      'slow-fsync',
    ],
    [
      'a leader that is gone, though this disk was slow, too',
      { logSync: 800, link: down(1_350) },
      'leader-stopped',
    ],
  ])('%s', (_what, facts, cause) => {
    expect(judgeElection({ ...quiet, ...facts }).cause).toBe(cause);
  });
});

describe('a leader that loses its office puts it down to', () => {
  test.each<[string, Partial<ElectionFacts>, string]>([
    ['the network, without answers', { event: 'step-down' }, 'lost-network'],
    ['the network, with its peers gone', { event: 'step-down', link: down(1_350) }, 'lost-network'],
    [
      'its own process, when it did not run',
      { event: 'deposed', tickLateness: 4_000 },
      'busy-process',
    ],
    ['its own disk', { event: 'deposed', logSync: 4_000, link: down(10) }, 'slow-fsync'],
    ['its own wish', { event: 'deposed', isTransfer: true }, 'transfer'],
  ])('%s', (_what, facts, cause) => {
    expect(judgeElection({ ...quiet, ...facts }).cause).toBe(cause);
  });
});

test('a judgement says what speaks for it', () => {
  expect(judgeElection({ ...quiet, tickLateness: 1_234.5 }).detail).toBe(
    'a tick came 1235 ms late',
  );
  expect(judgeElection(quiet).detail).toBe('the connection stands, silent for 1400 ms');
});
