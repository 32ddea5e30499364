import { expect, test } from 'vitest';
import { WakeQueue } from './wake-queue.ts';

const turn = () =>
  new Promise<void>((resolve) => {
    setImmediate(resolve);
  });

test('few are woken at once, many in turns of the loop, in their order', async () => {
  const queue = new WakeQueue();
  const woken: number[] = [];
  for (let number = 0; number < 80; number += 1) queue.push(() => woken.push(number));
  expect(woken).toHaveLength(32);
  await turn();
  expect(woken).toHaveLength(64);
  queue.push(() => woken.push(80));
  expect(woken).toHaveLength(64);
  await turn();
  expect(woken).toEqual(Array.from({ length: 81 }, (_, index) => index));
  await turn();
  queue.push(() => woken.push(81));
  expect(woken.at(-1)).toBe(81);
});
