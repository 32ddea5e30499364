import { expect, test } from 'vitest';
import { createSimulatedProcess } from './process.ts';
import { createScheduler } from './scheduler.ts';

function setUp() {
  const scheduler = createScheduler();
  const process = createSimulatedProcess(scheduler);
  const seen: string[] = [];
  const note = (what: string) => () => void seen.push(`${what} at ${scheduler.now}`);
  return { scheduler, process, seen, note };
}

test('a process that stands still runs what came meanwhile when it goes on, in order', async () => {
  const { scheduler, process, seen, note } = setUp();
  process.clock.setTimer(10, note('early timer'));
  process.clock.setTimer(30, note('late timer'));
  scheduler.schedule(5, () => process.pause());
  scheduler.schedule(20, () => process.receive(note('message')));
  scheduler.schedule(100, () => process.resume());
  await scheduler.runUntil(200);
  expect(seen).toEqual(['early timer at 100', 'message at 100', 'late timer at 100']);
  expect(process.clock.now()).toBe(200);
});

test('a timer that is canceled while its process stands still does not fire', async () => {
  const { scheduler, process, seen, note } = setUp();
  const timer = process.clock.setTimer(10, note('timer'));
  process.pause();
  await scheduler.runUntil(50);
  timer.cancel();
  process.resume();
  await scheduler.runUntil(100);
  expect(seen).toEqual([]);
});

test('a process that was ended runs nothing, also nothing that waited', async () => {
  const { scheduler, process, seen, note } = setUp();
  process.clock.setTimer(10, note('timer'));
  process.pause();
  await scheduler.runUntil(20);
  process.end();
  process.resume();
  process.receive(note('message'));
  await scheduler.runUntil(30);
  expect(seen).toEqual([]);
});

test('a clock at its own pace: twice as fast, its timers take half the time', async () => {
  const { scheduler, process, seen, note } = setUp();
  await scheduler.runUntil(100);
  process.pace = 2;
  process.clock.setTimer(100, note('timer'));
  await scheduler.runUntil(200);
  expect(seen).toEqual(['timer at 150']);
  expect(process.clock.now()).toBe(300);
  process.pace = 0.5;
  await scheduler.runUntil(300);
  expect(process.clock.now()).toBe(350);
});
