/**
 * What a member does with new commands, and with the wish for another leader.
 *
 * 1. A follower forwards to its leader; what arrives at a member that does not lead is dropped, so
 *    that nothing circles.
 * 2. A leader bounds the bytes that wait for a quorum.
 * 3. A leader that hands over takes no proposals: the transferee could never catch up (thesis 3.10).
 */
import { appendOwn, maybeHandOver } from './replication.ts';
import { send, type RaftState } from './state.ts';
import type { MemberId, Proposal } from './types.ts';
import { nobody } from './types.ts';

/**
 * forwarded: given to the leader, which may lose it. no-leader, transferring: to be tried again.
 * change-in-progress: one change of membership at a time.
 */
export type ProposeOutcome =
  | 'accepted'
  | 'forwarded'
  | 'no-leader'
  | 'transferring'
  | 'too-many-uncommitted'
  | 'change-in-progress';

export function propose(state: RaftState, proposals: readonly Proposal[]): ProposeOutcome {
  if (state.role !== 'leader') {
    if (state.leader === nobody) return 'no-leader';
    const { id: from, leader: to } = state;
    send(state, { kind: 'propose', from, to, term: 0, proposals });
    return 'forwarded';
  }
  if (state.transferee !== nobody) return 'transferring';
  let bytes = 0;
  for (const proposal of proposals) {
    bytes += proposal.data.length;
    if (proposal.kind === 'config' && state.pendingConfigurationIndex > state.log.handed) {
      return 'change-in-progress';
    }
  }
  // A single proposal always passes when nothing else is waiting, however large.
  const full = state.uncommittedBytes + bytes > state.options.uncommittedBytesMax;
  if (full && state.uncommittedBytes > 0) return 'too-many-uncommitted';
  appendOwn(state, proposals);
  return 'accepted';
}

export function transferLeadership(state: RaftState, to: MemberId): boolean {
  const peer = state.progress.get(to);
  if (state.role !== 'leader' || peer === undefined || peer.learner) return false;
  state.transferee = to;
  state.electionElapsed = 0;
  maybeHandOver(state, peer);
  return true;
}
