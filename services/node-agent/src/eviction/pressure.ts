/**
 * Which thresholds are met, for how long, and what follows (kubelet's synchronize, its first half): pure.
 *
 * 1. A threshold that led to evictions is met until its minimum to reclaim is free as well.
 * 2. A condition goes only when the transition period has passed without a met threshold of its kind.
 * 3. A soft threshold counts once it has been met without a break for its grace period.
 * 4. Memory goes first: what the kernel kills in the meantime is not ours to choose.
 */
import type { Millis } from '@drydock/ports';
import { pressureOf, signals, type Observations, type Pressure } from './signals.ts';
import { isMet, type Threshold } from './thresholds.ts';

export interface PressureMemory {
  /** Met at the last look, their grace over. */
  readonly due: readonly Threshold[];
  readonly metSince: ReadonlyMap<Threshold, Millis>;
  readonly pressureSeenAt: ReadonlyMap<Pressure, Millis>;
}

export const noPressure: PressureMemory = {
  due: [],
  metSince: new Map(),
  pressureSeenAt: new Map(),
};

export interface PressureView {
  readonly memory: PressureMemory;
  /** The node's conditions that are true. */
  readonly pressures: readonly Pressure[];
  /** What to act upon, the most urgent first. */
  readonly due: readonly Threshold[];
}

export interface PressureSettings {
  readonly thresholds: readonly Threshold[];
  readonly transitionMillis: Millis;
}

export function lookAt(
  memory: PressureMemory,
  observations: Observations,
  { thresholds, transitionMillis, now }: PressureSettings & { readonly now: Millis },
): PressureView {
  const met = thresholds.filter((threshold) => {
    const observation = observations[threshold.signal];
    if (observation === undefined) return false;
    return isMet(threshold, observation, memory.due.includes(threshold));
  });
  const metSince = new Map(met.map((one) => [one, memory.metSince.get(one) ?? now]));
  const pressureSeenAt = new Map(memory.pressureSeenAt);
  for (const { signal } of met) pressureSeenAt.set(pressureOf(signal), now);
  for (const [pressure, seenAt] of pressureSeenAt) {
    if (seenAt < now && now - seenAt >= transitionMillis) pressureSeenAt.delete(pressure);
  }
  const due = met
    .filter((one) => now - metSince.get(one)! >= (one.graceMillis ?? 0))
    .toSorted((a, b) => signals.indexOf(a.signal) - signals.indexOf(b.signal));
  return {
    memory: { due, metSince, pressureSeenAt },
    pressures: [...pressureSeenAt.keys()],
    due,
  };
}

/** Whether all is free again that was to be reclaimed. */
export function isRelieved(thresholds: readonly Threshold[], observations: Observations): boolean {
  return thresholds.every((threshold) => {
    const observation = observations[threshold.signal];
    return observation === undefined || !isMet(threshold, observation, true);
  });
}
