import { createManualClock } from '@drydock/testing/manual-clock';
import { expect, test } from 'vitest';
import { createPacer } from './pacer.ts';

test('a key rests in proportion to its size, a small one not at all', async () => {
  const clock = createManualClock();
  const pacer = createPacer(clock);
  pacer.looked('small', 50);
  pacer.looked('large', 5_000);
  expect(pacer.restLeft('small')).toBeUndefined();
  expect(pacer.restLeft('large')).toBe(250);
  await clock.advance(249);
  expect(pacer.restLeft('large')).toBe(1);
  await clock.advance(1);
  expect(pacer.restLeft('large')).toBeUndefined();
});
