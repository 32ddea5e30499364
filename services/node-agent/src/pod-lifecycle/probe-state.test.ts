import { describe, expect, it } from 'vitest';
import {
  answerProbe,
  firstProbeDelay,
  initialProbeState,
  isProbeOver,
  type ProbeAnswer,
  type ProbeKind,
} from './probe-state.ts';

const verdicts = (kind: ProbeKind, probe: object, answers: readonly ProbeAnswer[]) => {
  let state = initialProbeState(kind);
  return answers.map((answer) => (state = answerProbe(state, probe, answer)).verdict);
};

describe('a probe', () => {
  it('changes its mind after as many answers in a row as its thresholds say', () => {
    const probe = { successThreshold: 2, failureThreshold: 2 };
    expect(
      verdicts('readiness', probe, [
        'success',
        'failure',
        'success',
        'success',
        'failure',
        'failure',
      ]),
    ).toEqual([false, false, false, true, true, false]);
  });

  it('takes three failures by default, and errors of probing for nothing', () => {
    expect(verdicts('liveness', {}, ['failure', 'failure', 'unknown', 'failure'])).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('of liveness or startup is over once it has failed, of readiness never', () => {
    const failed = { verdict: false, lastAnswer: 'failure', run: 3 } as const;
    expect(isProbeOver('liveness', failed)).toBe(true);
    expect(isProbeOver('startup', failed)).toBe(true);
    expect(isProbeOver('readiness', failed)).toBe(false);
    expect(isProbeOver('startup', initialProbeState('startup'))).toBe(false);
  });

  it('goes on with what an earlier agent knew', () => {
    const state = initialProbeState('readiness', true);
    expect(answerProbe(state, {}, 'failure').verdict).toBe(true);
  });

  it('begins after its initial delay, counted from the container’s start', () => {
    expect(firstProbeDelay({ initialDelaySeconds: 5 }, 2_000)).toBe(3_000);
    expect(firstProbeDelay({}, 2_000)).toBe(0);
  });
});
