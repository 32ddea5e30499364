import { expect, test } from 'vitest';
import { eventually } from './eventually.ts';

test('answers with the first value that is there', async () => {
  let looks = 0;
  const look = () => (++looks < 3 ? undefined : looks);
  expect(await eventually('three looks', look, { intervalMillis: 1 })).toBe(3);
});

test('a failure counts as not yet, and the last one is told at the deadline', async () => {
  const look = () => Promise.reject(new Error('connection refused'));
  await expect(
    eventually('the server answers', look, { timeoutMillis: 5, intervalMillis: 1 }),
  ).rejects.toThrow('not within 5 ms: the server answers; at last: connection refused');
});
