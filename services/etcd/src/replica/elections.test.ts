import { expect, test } from 'vitest';
import { silentLogger } from '@drydock/ports';
import { Elections } from './elections.ts';

const [self, other] = [1, 2] as const;

function leaderOfTerm1() {
  const clock = { now: 0 };
  const elections = new Elections({
    now: () => clock.now,
    logger: silentLogger,
    tickInterval: 100,
    electionTicks: 10,
    linkTo: () => ({ isUp: true, isRefused: false, duration: 60_000 }),
  });
  elections.onLeadership({ leader: self, term: 1, role: 'leader', why: 'other' }, [other]);
  const deposed = () =>
    elections.onLeadership({ leader: other, term: 2, role: 'follower', why: 'other' }, [other]);
  return { clock, elections, deposed };
}

test('a process that was stopped blames itself, though it hears of the new leader before it ticks', () => {
  const { clock, elections, deposed } = leaderOfTerm1();
  clock.now = 5_000;
  deposed();
  expect(elections.records.at(-1)).toMatchObject({
    event: 'deposed',
    cause: 'busy-process',
    detail: 'a tick came 4900 ms late',
  });
});

test('a tick that was late long ago explains nothing', () => {
  const { clock, elections, deposed } = leaderOfTerm1();
  clock.now = 5_000;
  for (let tick = 0; tick <= 20; tick += 1) {
    elections.onTick();
    clock.now += 100;
  }
  deposed();
  expect(elections.records.at(-1)).toMatchObject({ cause: 'lost-network' });
  expect([...elections.totals]).toEqual([['deposed lost-network', 1]]);
});
