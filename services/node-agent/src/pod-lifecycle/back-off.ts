/**
 * Exponential back-off as data: 10 s, doubled up to 5 min, forgotten after twice the longest delay
 * without a further failure (kubelet's flowcontrol.Backoff, used for restarts and for image pulls).
 */
import type { Millis } from '@drydock/ports';

const initialMillis: Millis = 10_000;
const longestMillis: Millis = 300_000;
const forgottenAfterMillis: Millis = 2 * longestMillis;

export interface BackOff {
  readonly delayMillis: Millis;
  /** When the delay was set, on the monotonic clock. */
  readonly setAt: Millis;
}

/** The delay after a failure that happened `sinceFailureMillis` ago. */
export function nextBackOff(
  previous: BackOff | undefined,
  now: Millis,
  sinceFailureMillis: Millis,
): BackOff {
  if (previous === undefined || isForgotten(previous, now, sinceFailureMillis)) {
    return { delayMillis: initialMillis, setAt: now };
  }
  return { delayMillis: Math.min(previous.delayMillis * 2, longestMillis), setAt: now };
}

/** Milliseconds that are left to wait after the failure; 0 when it may be tried again now. */
export function backOffLeft(
  current: BackOff | undefined,
  now: Millis,
  sinceFailureMillis: Millis,
): Millis {
  if (current === undefined || isForgotten(current, now, sinceFailureMillis)) return 0;
  return Math.max(0, current.delayMillis - sinceFailureMillis);
}

function isForgotten(current: BackOff, now: Millis, sinceFailureMillis: Millis): boolean {
  return now - sinceFailureMillis - current.setAt > forgottenAfterMillis;
}
