/**
 * Time, as the code is allowed to see it.
 *
 * 1. `now` and every duration are in cluster milliseconds: real milliseconds divided by the time
 *    scale. With `--time-scale 0.1` a 10 s timer fires after 1 real second, and all timers keep
 *    their ratios because all of them are set here.
 * 2. `wallTime` is the real time of day, for timestamps that people and other programs read. The age
 *    of such a timestamp is asked with `elapsedSince`, which scales it.
 * 3. Timers fire in order of their deadline, equal deadlines in order of their creation.
 */

/** A duration or a monotonic instant in cluster milliseconds. */
export type Millis = number;

export interface Timer {
  /** Idempotent; after it returns the callback does not run. */
  cancel(): void;
}

export interface Clock {
  /** Monotonic; its zero is arbitrary. */
  now(): Millis;
  /** Milliseconds since the Unix epoch, unscaled; may jump. */
  wallTime(): number;
  /** Cluster milliseconds since a wall time, never negative. */
  elapsedSince(wallTime: number): Millis;
  /** Runs `fire` once, `delay` (>= 0) from now. */
  setTimer(delay: Millis, fire: () => void): Timer;
  /** Resolves after `delay`; rejects with the signal's reason when that aborts first. */
  sleep(delay: Millis, options?: { signal?: AbortSignal }): Promise<void>;
}
