import { array, assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { podInfoOf } from '../model/pod-info.ts';
import { podNamed } from '../testing/objects.ts';
import { createHeap } from './heap.ts';
import { createSchedulingQueue, unschedulableMillisMax } from './scheduling-queue.ts';

const pod = (name: string, priority = 0) => podInfoOf(podNamed(name, { spec: { priority } }));
const start = () =>
  createSchedulingQueue((plugin, event) => plugin === 'Fit' && event === 'assigned-pod-deleted');
const fit = new Set(['Fit']);

test('pods leave by priority, then in the order in which they came', () => {
  const queue = start();
  for (const [name, priority] of [
    ['a', 0],
    ['b', 5],
    ['c', 0],
    ['d', 5],
  ] as const) {
    queue.update(pod(name, priority), 0);
  }
  const order = Array.from({ length: 4 }, () => queue.pop(0)!.info.pod.metadata.name);
  expect(order).toEqual(['b', 'd', 'a', 'c']);
  expect(queue.pop(0)).toBeUndefined();
});

test('a retry waits 1 s, then 2 s, ... and at most 10 s', () => {
  const queue = start();
  queue.update(pod('a'), 0);
  const waits: number[] = [];
  let now = 0;
  for (let attempt = 0; attempt < 6; attempt++) {
    const popped = queue.pop(now)!;
    queue.retry(popped, now);
    const due = queue.nextDue()!;
    expect(queue.pop(due - 1)).toBeUndefined();
    waits.push(due - now);
    now = due;
  }
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
});

test('an unschedulable pod waits for an event that helps what rejected it', () => {
  const queue = start();
  queue.update(pod('a'), 0);
  queue.reject(queue.pop(0)!, fit, 0);
  queue.happened('node-changed', 5_000);
  expect(queue.pop(5_000)).toBeUndefined();
  queue.happened('assigned-pod-deleted', 5_000);
  expect(queue.pop(5_000)).toMatchObject({ attempts: 2, since: 0 });
});

test('an event during the back-off is not forgotten', () => {
  const queue = start();
  queue.update(pod('a'), 0);
  queue.reject(queue.pop(0)!, fit, 0);
  queue.happened('assigned-pod-deleted', 100);
  expect(queue.lengths).toEqual({ active: 0, backOff: 1, unschedulable: 0 });
  expect(queue.pop(999)).toBeUndefined();
  expect(queue.pop(1_000)).toBeDefined();
});

test('without any event an unschedulable pod is tried again after five minutes', () => {
  const queue = start();
  queue.update(pod('a'), 0);
  queue.reject(queue.pop(0)!, fit, 0);
  expect(queue.nextDue()).toBe(unschedulableMillisMax);
  expect(queue.pop(unschedulableMillisMax - 1)).toBeUndefined();
  expect(queue.pop(unschedulableMillisMax)).toBeDefined();
});

test('a pod that has changed is tried again; one that is gone is not; a mere report changes nothing', () => {
  const queue = start();
  const [a, b] = [pod('a'), pod('b')];
  for (const one of [a, b]) {
    queue.update(one, 0);
    queue.reject(queue.pop(0)!, fit, 0);
  }
  queue.refresh(a);
  expect(queue.pop(20_000)).toBeUndefined();
  queue.update(a, 20_000);
  queue.remove(b.uid);
  queue.happened('assigned-pod-deleted', 20_000);
  expect(queue.pop(20_000)!.info.uid).toBe(a.uid);
  expect(queue.pop(20_000)).toBeUndefined();
  expect(queue.lengths).toEqual({ active: 0, backOff: 0, unschedulable: 0 });
});

test('a heap gives back what it was given, in order', () => {
  assert(
    property(array(integer()), (numbers) => {
      const heap = createHeap<number>((left, right) => left < right);
      for (const number of numbers) heap.push(number);
      const sorted = Array.from({ length: heap.size }, () => heap.pop());
      expect(sorted).toEqual(numbers.toSorted((left, right) => left - right));
    }),
  );
});
