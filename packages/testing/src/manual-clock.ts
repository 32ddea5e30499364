/**
 * A clock that stands still until a test moves it, for asynchronous code: between two timers every
 * promise chain that the first one set off runs to its end.
 *
 * 1. Timers fire in order of their deadline, equal deadlines in order of their creation.
 * 2. `advance` moves the time to each deadline in turn, so code sees the instants it asked for.
 * 3. Wall time moves with cluster time; `wallTimeStart` is its value at instant 0.
 */
import type { Clock, Millis, Timer } from '@drydock/ports';

export interface ManualClock extends Clock {
  /** Fires every timer due within `duration` and resolves when what they set off has settled. */
  advance(duration: Millis): Promise<void>;
  /** Lets promise chains run without moving the time. */
  settle(): Promise<void>;
  /** Timers that have neither fired nor been cancelled. */
  readonly pendingTimers: number;
}

interface PendingTimer {
  readonly deadline: Millis;
  readonly sequence: number;
  readonly fire: () => void;
}

/** Default start: 2025-01-01T00:00:00Z. */
export function createManualClock(
  options: { wallTimeStart?: number; timeScale?: number } = {},
): ManualClock {
  const { wallTimeStart = 1_735_689_600_000, timeScale = 1 } = options;
  const timers = new Set<PendingTimer>();
  let now: Millis = 0;
  let sequence = 0;

  const wallTime = () => wallTimeStart + now * timeScale;
  const setTimer = (delay: Millis, fire: () => void): Timer => {
    const timer = { deadline: now + Math.max(0, delay), sequence: sequence++, fire };
    timers.add(timer);
    return { cancel: () => void timers.delete(timer) };
  };
  const nextDue = (end: Millis): PendingTimer | undefined => {
    let first: PendingTimer | undefined;
    for (const timer of timers) {
      if (timer.deadline > end) continue;
      const earlier =
        first === undefined ||
        timer.deadline < first.deadline ||
        (timer.deadline === first.deadline && timer.sequence < first.sequence);
      if (earlier) first = timer;
    }
    return first;
  };

  // Each turn of the event loop drains all microtasks; a few turns let chains through streams end.
  const settle = async () => {
    for (let turn = 0; turn < 5; turn++) {
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
    }
  };

  return {
    now: () => now,
    wallTime,
    elapsedSince: (then) => Math.max(0, wallTime() - then) / timeScale,
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
          resolve();
        });
        signal?.addEventListener('abort', abort, { once: true });
      }),
    settle,
    advance: async (duration) => {
      const end = now + duration;
      await settle();
      for (let timer = nextDue(end); timer !== undefined; timer = nextDue(end)) {
        timers.delete(timer);
        now = Math.max(now, timer.deadline);
        timer.fire();
        await settle();
      }
      now = end;
      await settle();
    },
    get pendingTimers() {
      return timers.size;
    },
  };
}
