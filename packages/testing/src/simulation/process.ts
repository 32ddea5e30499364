/**
 * What an operating system does to a process: it runs its events, lets it stand still for a while, and
 * ends it. Its clock runs at its own pace.
 *
 * 1. While it stands still, what comes for it (timers, messages, completed disk operations) waits, and
 *    runs in order when it goes on: old timers fire then, and old messages are read then.
 * 2. A process that was ended runs nothing any more, also nothing that had waited.
 * 3. A new pace holds from now on; timers that are set already keep theirs.
 */
import type { Clock, Millis, Timer } from '@drydock/ports';
import type { Events, Scheduler } from './scheduler.ts';

export interface SimulatedProcess extends Events {
  readonly clock: Clock;
  readonly isAlive: boolean;
  readonly isPaused: boolean;
  /** Local milliseconds in a true one; 1 at first. */
  pace: number;
  /** Runs it now, or when the process goes on. */
  receive(run: () => void): void;
  pause(): void;
  resume(): void;
  end(): void;
}

export function createSimulatedProcess(scheduler: Scheduler): SimulatedProcess {
  let isAlive = true;
  let isPaused = false;
  let pace = 1;
  let paceSince: Millis = scheduler.now;
  let localSince: Millis = scheduler.now;
  let waiting: (() => void)[] = [];

  const now = () => localSince + (scheduler.now - paceSince) * pace;
  const receive = (run: () => void) => {
    if (!isAlive) return;
    if (isPaused) waiting.push(run);
    else run();
  };
  const schedule = (delay: Millis, run: () => void): Timer => {
    let isCanceled = false;
    const runOnce = () => {
      if (!isCanceled) run();
    };
    const timer = scheduler.schedule(delay, () => receive(runOnce));
    return {
      cancel: () => {
        isCanceled = true;
        timer.cancel();
      },
    };
  };
  const setTimer = (delay: Millis, fire: () => void) => schedule(delay / pace, fire);

  const clock: Clock = {
    now,
    wallTime: () => scheduler.clock.wallTime() - scheduler.now + now(),
    elapsedSince: (then) => Math.max(0, clock.wallTime() - then),
    setTimer,
    sleep: (delay, { signal } = {}) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason as Error);
        const abort = () => {
          timer.cancel();
          reject(signal!.reason as Error);
        };
        const timer = setTimer(delay, () => {
          signal?.removeEventListener('abort', abort);
          scheduler.touchPromises();
          resolve();
        });
        signal?.addEventListener('abort', abort, { once: true });
      }),
  };

  return {
    clock,
    schedule,
    touchPromises: () => scheduler.touchPromises(),
    receive,
    get isAlive() {
      return isAlive;
    },
    get isPaused() {
      return isPaused;
    },
    get pace() {
      return pace;
    },
    set pace(to) {
      localSince = now();
      paceSince = scheduler.now;
      pace = to;
    },
    pause() {
      isPaused = true;
    },
    resume() {
      if (!isPaused) return;
      isPaused = false;
      const late = waiting;
      waiting = [];
      // Each is a step of its own, so that checkers look in between.
      for (const run of late) scheduler.schedule(0, () => receive(run));
    },
    end() {
      isAlive = false;
      waiting = [];
    },
  };
}
