import { expect, test } from 'vitest';
import { createManualClock } from './manual-clock.ts';

test('timers fire in order of deadline, then of creation, and see their own instant', async () => {
  const clock = createManualClock();
  const fired: string[] = [];
  const note = (name: string) => () => void fired.push(`${name}@${clock.now()}`);
  clock.setTimer(20, note('late'));
  clock.setTimer(10, note('first'));
  clock.setTimer(10, note('second'));
  clock.setTimer(10, note('never')).cancel();
  await clock.advance(15);
  expect(fired).toEqual(['first@10', 'second@10']);
  expect([clock.now(), clock.pendingTimers]).toEqual([15, 1]);
});

test('what a timer sets off ends before the time moves on', async () => {
  const clock = createManualClock();
  const seen: number[] = [];
  const loop = async () => {
    for (let round = 0; round < 3; round++) {
      await clock.sleep(10);
      seen.push(clock.now());
    }
  };
  const looping = loop();
  await clock.advance(100);
  await looping;
  expect(seen).toEqual([10, 20, 30]);
});

test('wall time and ages follow the time scale', async () => {
  const clock = createManualClock({ wallTimeStart: 1000, timeScale: 0.1 });
  await clock.advance(500);
  expect([clock.wallTime(), clock.elapsedSince(1000)]).toEqual([1050, 500]);
});
