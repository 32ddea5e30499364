/**
 * Simulated time: a queue of events, one of which runs at a time, and a Clock that reads it.
 *
 * 1. Events run in order of their time, equal times in order of their creation: a run is a function
 *    of its seed.
 * 2. `step` runs one event and the promise chains that it set off, so asynchronous code under test
 *    sees the same order in each run.
 */
import type { Clock, Millis, Timer } from '@drydock/ports';

interface Event {
  readonly time: Millis;
  readonly sequence: number;
  run: (() => void) | undefined;
}

/** What a simulated part needs to make something happen later. */
export interface Events {
  /** Runs `run` once, `delay` from now. */
  schedule(delay: Millis, run: () => void): Timer;
  /** Says that promises were resolved: the step must let their chains run. */
  touchPromises(): void;
}

export interface Scheduler extends Events {
  readonly now: Millis;
  /** Runs the next event; false when there is none up to `end`. */
  step(end?: Millis): Promise<boolean>;
  /** Runs all events up to `end`. */
  runUntil(end: Millis): Promise<void>;
  readonly clock: Clock;
}

/** 2025-01-01T00:00:00Z. */
const wallTimeStart = 1_735_689_600_000;

/** Each turn of the event loop drains all microtasks. */
const settle = () =>
  new Promise<void>((resolve) => {
    setImmediate(resolve);
  });

export function createScheduler(): Scheduler {
  const heap: Event[] = [];
  let now: Millis = 0;
  let sequence = 0;
  let promisesTouched = false;

  const schedule = (delay: Millis, run: () => void): Timer => {
    const event: Event = { time: now + Math.max(0, delay), sequence: sequence++, run };
    push(heap, event);
    return { cancel: () => (event.run = undefined) };
  };

  const step = async (end = Infinity): Promise<boolean> => {
    for (;;) {
      const event = heap[0];
      if (event === undefined || event.time > end) return false;
      pop(heap);
      if (event.run === undefined) continue;
      now = event.time;
      event.run();
      if (promisesTouched) {
        promisesTouched = false;
        await settle();
      }
      return true;
    }
  };

  const clock: Clock = {
    now: () => now,
    wallTime: () => wallTimeStart + now,
    elapsedSince: (then) => Math.max(0, wallTimeStart + now - then),
    setTimer: schedule,
    sleep: (delay, { signal } = {}) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason as Error);
        const abort = () => {
          timer.cancel();
          reject(signal!.reason as Error);
        };
        const timer = schedule(delay, () => {
          signal?.removeEventListener('abort', abort);
          promisesTouched = true;
          resolve();
        });
        signal?.addEventListener('abort', abort, { once: true });
      }),
  };

  return {
    get now() {
      return now;
    },
    schedule,
    touchPromises: () => (promisesTouched = true),
    step,
    async runUntil(end) {
      while (await step(end));
      now = Math.max(now, end);
    },
    clock,
  };
}

function before(a: Event, b: Event): boolean {
  return a.time < b.time || (a.time === b.time && a.sequence < b.sequence);
}

/** A binary heap, its least event first. */
function push(heap: Event[], event: Event): void {
  let at = heap.length;
  heap.push(event);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!before(event, heap[parent]!)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = event;
}

function pop(heap: Event[]): void {
  const last = heap.pop()!;
  if (heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
    if (!before(heap[child]!, last)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
}
