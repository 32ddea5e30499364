/**
 * Majorities, also of two sets of voters at once.
 *
 * 1. During a joint change a decision needs a majority of the old and of the new voters (6).
 * 2. An empty set of voters agrees to everything, so that a plain configuration is a joint one with
 *    an empty half.
 */
import type { Configuration, MemberId } from './types.ts';

export type VoteOutcome = 'won' | 'lost' | 'pending';

/** The largest value that a majority of both sets has reached. Infinity if nobody votes. */
export function quorumValue(
  configuration: Configuration,
  valueOf: (id: MemberId) => number,
): number {
  const incoming = majorityValue(configuration.voters, valueOf);
  if (configuration.votersOutgoing.length === 0) return incoming;
  return Math.min(incoming, majorityValue(configuration.votersOutgoing, valueOf));
}

function majorityValue(voters: readonly MemberId[], valueOf: (id: MemberId) => number): number {
  const count = voters.length;
  if (count === 0) return Infinity;
  if (count === 1) return valueOf(voters[0]!);
  if (count === 3) {
    // The usual cluster, without an array: the median of three.
    const a = valueOf(voters[0]!);
    const b = valueOf(voters[1]!);
    const c = valueOf(voters[2]!);
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }
  const values = voters.map(valueOf).sort((a, b) => b - a);
  return values[Math.floor(count / 2)]!;
}

/** `votes` holds the answers so far; who is missing has not answered. */
export function tallyVotes(
  configuration: Configuration,
  votes: ReadonlyMap<MemberId, boolean>,
): VoteOutcome {
  const incoming = tallyMajority(configuration.voters, votes);
  const outgoing = tallyMajority(configuration.votersOutgoing, votes);
  if (incoming === 'lost' || outgoing === 'lost') return 'lost';
  return incoming === 'won' && outgoing === 'won' ? 'won' : 'pending';
}

function tallyMajority(
  voters: readonly MemberId[],
  votes: ReadonlyMap<MemberId, boolean>,
): VoteOutcome {
  if (voters.length === 0) return 'won';
  const needed = Math.floor(voters.length / 2) + 1;
  let granted = 0;
  let refused = 0;
  for (const id of voters) {
    const vote = votes.get(id);
    if (vote === true) granted++;
    else if (vote === false) refused++;
  }
  if (granted >= needed) return 'won';
  return voters.length - refused < needed ? 'lost' : 'pending';
}
