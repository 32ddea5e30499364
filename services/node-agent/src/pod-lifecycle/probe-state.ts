/**
 * One probe of one container instance: when to ask, and what its answers amount to (kubelet's prober
 * worker).
 *
 * 1. A verdict changes only after as many equal answers in a row as its threshold says.
 * 2. Until a startup probe has succeeded, the other probes do not ask.
 * 3. A failed liveness or startup probe asks no more: its container is ending.
 */
import type { Probe } from '@drydock/api';
import type { Millis } from '@drydock/ports';

export type ProbeKind = 'startup' | 'liveness' | 'readiness';
export type ProbeAnswer = 'success' | 'failure' | 'unknown';

export interface ProbeState {
  /** Undefined: not decided yet. */
  readonly verdict: boolean | undefined;
  readonly lastAnswer: ProbeAnswer | undefined;
  /** How many equal answers came in a row. */
  readonly run: number;
}

/** Before it is asked, a container is taken to be alive but not ready, unless more is known of it. */
export function initialProbeState(kind: ProbeKind, known?: boolean): ProbeState {
  const presumed = kind === 'liveness' ? true : kind === 'readiness' ? false : undefined;
  return { verdict: known ?? presumed, lastAnswer: undefined, run: 0 };
}

export function answerProbe(state: ProbeState, probe: Probe, answer: ProbeAnswer): ProbeState {
  // An error of the probing itself says nothing about the container.
  if (answer === 'unknown') return state;
  const run = state.lastAnswer === answer ? state.run + 1 : 1;
  const threshold =
    answer === 'success' ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
  const verdict = run >= threshold ? answer === 'success' : state.verdict;
  return { verdict, lastAnswer: answer, run };
}

export const isProbeOver = (kind: ProbeKind, state: ProbeState) =>
  kind === 'startup' ? state.verdict !== undefined : kind === 'liveness' && state.verdict === false;

export const periodMillisOf = (probe: Probe): Millis => (probe.periodSeconds ?? 10) * 1000;
export const timeoutMillisOf = (probe: Probe): Millis => (probe.timeoutSeconds ?? 1) * 1000;

/** Milliseconds until the first question, for a container that has run for `ranMillis`. */
export function firstProbeDelay(probe: Probe, ranMillis: Millis): Millis {
  return Math.max(0, (probe.initialDelaySeconds ?? 0) * 1000 - ranMillis);
}
