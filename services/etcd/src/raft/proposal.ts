/**
 * What a member does with new commands, and with the wish for another leader.
 *
 * 1. A follower forwards to the leader of its term; what arrives at a member that does not lead that
 *    term is dropped. So nothing circles, and a proposal whose term is over is known to be lost.
 *    Forwarded messages count once, however often the network brings them.
 * 2. A leader bounds the bytes that wait for a quorum.
 * 3. A leader that hands over takes no proposals: the transferee could never catch up (thesis 3.10).
 */
import { changeConfiguration, decodeConfigurationEntry } from './configuration.ts';
import { appendOwn, maybeHandOver } from './replication.ts';
import { send } from './outbox.ts';
import type { RaftState } from './state.ts';
import type { MemberId, Proposal, ProposeRequest } from './types.ts';
import { nobody } from './types.ts';

/** How far back, in messages of one origin, a late one is told from a repeated one. */
const forwardsRemembered = 1024;

/**
 * forwarded: given to the leader, which may lose it. no-leader, transferring: to be tried again.
 * change-in-progress: one change of membership at a time. impossible-change: see `changeConfiguration`.
 */
export type ProposeOutcome =
  | 'accepted'
  | 'forwarded'
  | 'no-leader'
  | 'transferring'
  | 'too-many-uncommitted'
  | 'change-in-progress'
  | 'impossible-change';

export function propose(state: RaftState, proposals: readonly Proposal[]): ProposeOutcome {
  if (state.role !== 'leader') {
    if (state.leader === nobody) return 'no-leader';
    const { id: from, leader: to, term } = state;
    send(state, { kind: 'propose', from, to, term, id: ++state.forwardsSent, proposals });
    return 'forwarded';
  }
  if (state.transferee !== nobody) return 'transferring';
  let bytes = 0;
  for (const proposal of proposals) {
    bytes += proposal.data.length;
    if (proposal.kind !== 'config') continue;
    const overlaps = state.pendingConfigurationIndex > state.log.handed;
    if (overlaps && state.options.mutant !== 'overlap-changes') return 'change-in-progress';
    const change = decodeConfigurationEntry(proposal.data);
    const isPossible =
      change !== undefined && typeof changeConfiguration(state.configuration, change) !== 'string';
    if (!isPossible) return 'impossible-change';
  }
  // A single proposal always passes when nothing else is waiting, however large.
  const full = state.uncommittedBytes + bytes > state.options.uncommittedBytesMax;
  if (full && state.uncommittedBytes > 0) return 'too-many-uncommitted';
  appendOwn(state, proposals);
  return 'accepted';
}

export function handlePropose(state: RaftState, request: ProposeRequest): void {
  const origin = request.proposals[0]?.origin;
  if (state.role !== 'leader' || origin === undefined) return;
  let seen = state.forwardsSeen.get(origin);
  if (seen === undefined) state.forwardsSeen.set(origin, (seen = { newest: 0, recent: new Set() }));
  const tooOld = request.id <= seen.newest - forwardsRemembered;
  if (tooOld || seen.recent.has(request.id)) return;
  seen.recent.add(request.id);
  seen.newest = Math.max(seen.newest, request.id);
  if (seen.recent.size > 2 * forwardsRemembered) {
    for (const id of seen.recent) {
      if (id <= seen.newest - forwardsRemembered) seen.recent.delete(id);
    }
  }
  propose(state, request.proposals);
}

export function transferLeadership(state: RaftState, to: MemberId): boolean {
  const peer = state.progress.get(to);
  if (state.role !== 'leader' || peer === undefined || peer.learner) return false;
  // Asking again does not give it more time.
  if (state.transferee === to) return true;
  state.transferee = to;
  state.electionElapsed = 0;
  maybeHandOver(state, peer);
  return true;
}
