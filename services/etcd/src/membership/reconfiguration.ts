/**
 * Whether a change of membership is safe to begin: the original's `--strict-reconfig-check`, rule by rule.
 *
 * 1. After the change a majority of the voters must have started at some time; the only exception is the
 *    second member of a cluster of one.
 * 2. A member is added only while every voter has been connected for a while, and a voter removed only
 *    while enough of the others are; one that is down may always be removed.
 */
import type { Millis } from '@drydock/ports';

/** How long a connection must have stood to count. */
export const healthInterval: Millis = 5_000;

export interface VoterHealth {
  readonly id: number;
  /** It has told its name: it ran at least once. */
  readonly isStarted: boolean;
  /** How long its connection stands, cluster milliseconds; undefined without one. Infinity for ourselves. */
  readonly connectedFor: Millis | undefined;
}

export type Refusal = 'not-enough-started' | 'unhealthy';

export function checkAdd(
  voters: readonly VoterHealth[],
  member: { readonly isLearner: boolean },
): Refusal | undefined {
  if (!member.isLearner) {
    const started = countStarted(voters);
    const isSecond = started === 1 && voters.length === 1;
    if (!isSecond && started < majorityOf(voters.length + 1)) return 'not-enough-started';
  }
  return countConnected(voters) < voters.length ? 'unhealthy' : undefined;
}

/** Of a voter. A learner may always be removed. */
export function checkRemove(voters: readonly VoterHealth[], id: number): Refusal | undefined {
  const rest = voters.filter((voter) => voter.id !== id);
  if (rest.length === 0 || countStarted(rest) < majorityOf(rest.length)) {
    return 'not-enough-started';
  }
  const leaving = voters.find((voter) => voter.id === id);
  if (leaving?.connectedFor === undefined) return undefined;
  const enough = 1 + Math.floor((voters.length - 1) / 2);
  return countConnected(voters) - 1 < enough ? 'unhealthy' : undefined;
}

export function checkPromote(voters: readonly VoterHealth[]): Refusal | undefined {
  // The learner itself has started: it is in sync.
  const isEnough = countStarted(voters) + 1 >= majorityOf(voters.length + 1);
  return isEnough ? undefined : 'not-enough-started';
}

const majorityOf = (count: number) => Math.floor(count / 2) + 1;
const countStarted = (voters: readonly VoterHealth[]) =>
  voters.filter((voter) => voter.isStarted).length;
const countConnected = (voters: readonly VoterHealth[]) =>
  voters.filter((voter) => (voter.connectedFor ?? -1) >= healthInterval).length;
