/**
 * The connection to the leader broke, as it does at once when its process dies: no reason to wait for an
 * election timeout. It proves nothing, so nothing is taken from a leader that lives:
 *
 * 1. The vote lease ends for this member, and it campaigns within a few ticks unless the leader is
 *    heard before. A majority must have lost the leader for a pre-vote to succeed.
 * 2. Members campaign two ticks apart, in the order of their ids, so that they do not split the vote.
 */
import { isVoter, membersOf } from './configuration.ts';
import type { RaftState } from './state.ts';
import type { MemberId } from './types.ts';

const ticksApart = 2;

export function reportDisconnected(state: RaftState, id: MemberId): void {
  const { electionTicks } = state.options;
  const isFollowing = state.role === 'follower' && state.leader === id;
  if (!isFollowing || state.electionElapsed >= electionTicks) return;
  const rank = membersOf(state.configuration)
    .filter((one) => one !== id && isVoter(state.configuration, one))
    .toSorted((a, b) => a - b)
    .indexOf(state.id);
  state.electionElapsed = electionTicks;
  state.randomizedElectionTicks = electionTicks + 1 + Math.max(0, rank) * ticksApart;
}
