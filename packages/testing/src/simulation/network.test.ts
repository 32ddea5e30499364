import { createSeededRandom } from '@drydock/ports';
import { expect, test } from 'vitest';
import { createSimulatedNetwork } from './network.ts';
import { createScheduler } from './scheduler.ts';

function setUp(seed = 1) {
  const scheduler = createScheduler();
  const network = createSimulatedNetwork<number, number>({
    scheduler,
    random: createSeededRandom(seed),
  });
  const received: number[] = [];
  network.connect(2).onMessage((_from, message) => received.push(message));
  const sender = network.connect(1);
  const sendMany = async (count: number) => {
    for (let at = 0; at < count; at++) sender.send(2, at);
    await scheduler.runUntil(scheduler.now + 1_000);
    return received.splice(0);
  };
  return { network, scheduler, sendMany };
}

test('delivers everything once when nothing is wrong, in an order of its own', async () => {
  const { sendMany } = setUp();
  const received = await sendMany(100);
  expect(received.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, at) => at));
});

test('loses and duplicates as told', async () => {
  const { network, sendMany } = setUp();
  network.conditions.loss = 0.5;
  expect((await sendMany(1_000)).length).toBeLessThan(600);
  network.conditions.loss = 0;
  network.conditions.duplication = 0.5;
  expect((await sendMany(1_000)).length).toBeGreaterThan(1_400);
});

test('a partition stops messages, also those on their way; healing lets new ones through', async () => {
  const { network, scheduler, sendMany } = setUp();
  scheduler.schedule(0, () => network.partition([[1], [2]]));
  expect(await sendMany(10)).toEqual([]);
  network.heal();
  network.cut(2, 1);
  expect(await sendMany(10)).toHaveLength(10);
  network.cut(1, 2);
  expect(await sendMany(10)).toEqual([]);
});

test('the same seed gives the same deliveries', async () => {
  const runs = await Promise.all(
    [1, 1, 2].map(async (seed) => {
      const { network, sendMany } = setUp(seed);
      Object.assign(network.conditions, { loss: 0.3, duplication: 0.3, lateness: 0.3 });
      return sendMany(50);
    }),
  );
  expect(runs[0]).toEqual(runs[1]);
  expect(runs[0]).not.toEqual(runs[2]);
});
