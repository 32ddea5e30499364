/**
 * The moment that a plan is made for: time as an argument, never asked for.
 *
 * Timestamps of objects have whole seconds. Under a small time scale one of them is many cluster
 * seconds, so an age read from a timestamp is only that exact.
 */
import { formatTime, parseTime } from '@drydock/api';
import type { Clock, Millis } from '@drydock/ports';

export interface Moment {
  /** Milliseconds since the Unix epoch. */
  readonly wallTime: number;
  /** Cluster milliseconds since a wall time, never negative. */
  readonly elapsedSince: (wallTime: number) => Millis;
}

export function momentOf(clock: Clock): Moment {
  return { wallTime: clock.wallTime(), elapsedSince: (wallTime) => clock.elapsedSince(wallTime) };
}

/** The moment as objects record it. */
export function timestamp(moment: Moment): string {
  return formatTime(moment.wallTime);
}

/** Cluster milliseconds since a Time; infinite when there is none, as since Go's zero time. */
export function ageOf(time: string | undefined, moment: Moment): Millis {
  return time === undefined ? Infinity : moment.elapsedSince(parseTime(time));
}
