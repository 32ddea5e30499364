import { expect, test } from 'vitest';
import { createSystemClock } from './clock.ts';

test('a scaled clock keeps the ratio of cluster time to real time', async () => {
  const clock = createSystemClock(0.01);
  const before = { cluster: clock.now(), real: performance.now() };
  await clock.sleep(1_000);
  const real = performance.now() - before.real;
  // Two readings of the time lie a little apart, more so on a busy machine.
  const ratio = (clock.now() - before.cluster) / real;
  expect(ratio).toBeGreaterThanOrEqual(100);
  expect(ratio).toBeLessThan(200);
  expect(clock.elapsedSince(clock.wallTime() - 10)).toBeGreaterThanOrEqual(1_000);
});

test('a sleep ends with the reason of its signal', async () => {
  const clock = createSystemClock();
  const abort = new AbortController();
  const sleeping = clock.sleep(60_000, { signal: abort.signal });
  abort.abort(new Error('enough'));
  await expect(sleeping).rejects.toThrow('enough');
});

test('a cancelled timer does not fire', async () => {
  const clock = createSystemClock();
  let fired = false;
  clock.setTimer(0, () => (fired = true)).cancel();
  await clock.sleep(5);
  expect(fired).toBe(false);
});
