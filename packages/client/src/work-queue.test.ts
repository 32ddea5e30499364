import { silentLogger } from '@drydock/ports';
import { createManualClock } from '@drydock/testing/manual-clock';
import { Registry } from 'prom-client';
import { expect, onTestFinished, test } from 'vitest';
import { createWorkQueueMetrics } from './metrics.ts';
import { createWorkQueue, type Sync } from './work-queue.ts';

function start(sync: Sync, concurrency = 1) {
  const clock = createManualClock();
  const registry = new Registry();
  const metrics = createWorkQueueMetrics(registry);
  const queue = createWorkQueue({ name: 'test' }, { clock, log: silentLogger, metrics });
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const running = queue.run({ signal: stop.signal, sync, concurrency });
  return { clock, queue, stop, running, registry };
}

test('a key that waits is not added twice; keys come in order', async () => {
  const done: string[] = [];
  const { clock, queue } = start(async (key) => void done.push(key));
  for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
  await clock.settle();
  expect(done).toEqual(['a', 'b']);
});

test('a key that is added while it is worked on is worked on once more, never at the same time', async () => {
  let underWay = 0;
  let most = 0;
  const starts: string[] = [];
  const finish: (() => void)[] = [];
  const { clock, queue } = start(async (key) => {
    starts.push(key);
    most = Math.max(most, ++underWay);
    await new Promise<void>((resolve) => finish.push(resolve));
    underWay--;
  }, 5);
  queue.add('a');
  await clock.settle();
  queue.add('a');
  queue.add('a');
  await clock.settle();
  expect(starts).toEqual(['a']);
  finish.shift()!();
  await clock.settle();
  finish.shift()!();
  await clock.settle();
  expect([starts, most]).toEqual([['a', 'a'], 1]);
});

test('a failing key returns after 5 ms, 10 ms, ... and at most 1,000 s; success forgets that', async () => {
  const at: number[] = [];
  let isBroken = true;
  const { clock, queue, registry } = start(async () => {
    at.push(clock.now());
    if (isBroken) throw new Error('not yet');
  });
  queue.add('a');
  await clock.advance(100);
  expect(at).toEqual([0, 5, 15, 35, 75]);
  await clock.advance(10_000_000);
  expect(at.at(-1)! - at.at(-2)!).toBe(1_000_000);
  isBroken = false;
  await clock.advance(1_000_000);
  isBroken = true;
  at.length = 0;
  queue.add('a');
  const begin = clock.now();
  await clock.advance(20);
  expect(at.map((time) => time - begin)).toEqual([0, 5, 15]);
  const retries = await registry.getSingleMetric('workqueue_retries_total')!.get();
  expect(retries.values[0]!.value).toBeGreaterThan(20);
});

test('of several delays the earliest counts, and a result asks for a later look', async () => {
  const at: number[] = [];
  const { clock, queue } = start(async () => {
    at.push(clock.now());
    return at.length === 1 ? { requeueAfterMillis: 500 } : undefined;
  });
  queue.addAfter('a', 200);
  queue.addAfter('a', 100);
  queue.addAfter('a', 300);
  await clock.advance(2_000);
  expect(at).toEqual([100, 600]);
});

test('no more keys are worked on at once than allowed, and stopping waits for them', async () => {
  let underWay = 0;
  let most = 0;
  const { clock, queue, stop, running } = start(async () => {
    most = Math.max(most, ++underWay);
    await clock.sleep(50);
    underWay--;
  }, 3);
  for (let index = 0; index < 20; index++) queue.add(`key-${index}`);
  await clock.advance(60);
  stop.abort();
  await clock.advance(60);
  await running;
  expect([most, underWay]).toEqual([3, 0]);
  expect(queue.length).toBe(14);
});

test('stopping loses no key: what was delayed or cut short waits for the next run', async () => {
  const { clock, queue, stop, running } = start((_key, { signal }) =>
    clock.sleep(1_000, { signal }),
  );
  queue.add('cut short');
  queue.addAfter('delayed', 60_000);
  await clock.settle();
  stop.abort(new Error('stopped'));
  await running;
  expect([queue.length, clock.pendingTimers]).toEqual([2, 0]);
});
