/**
 * A leader's signs of life: they keep followers from campaigning, carry the commit index and the
 * round of leadership checks, and find appends that were lost.
 */
import type { Progress } from './progress.ts';
import { send } from './outbox.ts';
import type { RaftState } from './state.ts';
import type { CommitNotice, Heartbeat, HeartbeatResponse, LogIndex } from './types.ts';

export function sendHeartbeats(state: RaftState): void {
  for (const peer of state.progress.values()) {
    // The commit index goes no further than what is known to match: the rest may differ there.
    const commit =
      state.options.mutant === 'heartbeat-commit-unchecked'
        ? state.log.committed
        : Math.min(peer.match, state.log.committed);
    peer.commitSent = Math.max(peer.commitSent, commit);
    send(state, {
      kind: 'heartbeat',
      from: state.id,
      to: peer.id,
      term: state.term,
      commit,
      round: state.readRound,
    });
  }
}

export function handleHeartbeat(state: RaftState, heartbeat: Heartbeat): void {
  takeCommit(state, heartbeat.commit);
  send(state, {
    kind: 'heartbeat-response',
    from: state.id,
    to: heartbeat.from,
    term: state.term,
    round: heartbeat.round,
  });
}

export function handleCommitNotice(state: RaftState, notice: CommitNotice): void {
  takeCommit(state, notice.commit);
}

/** What is known to match here cannot be missing, unless the log on disk was lost. */
function takeCommit(state: RaftState, commit: LogIndex): void {
  const unchecked = state.options.mutant === 'heartbeat-commit-unchecked';
  state.log.commitTo(unchecked ? Math.min(commit, state.log.lastIndex) : commit);
}

export function handleHeartbeatResponse(state: RaftState, response: HeartbeatResponse): void {
  const peer = state.progress.get(response.from);
  if (state.role !== 'leader' || peer === undefined) return;
  peer.active = true;
  peer.ackedRound = Math.max(peer.ackedRound, response.round);
  peer.probeSent = false;
  // A full window whose answers were lost would wait for ever.
  if (peer.state === 'replicate' && peer.inflight.length >= state.options.inflightMax) {
    peer.inflight.shift();
  }
  // What was sent last may be lost: an append without entries is rejected if so.
  const everythingSent = peer.next > state.log.lastIndex && peer.match < state.log.lastIndex;
  if (peer.state !== 'snapshot' && everythingSent) sendCheck(state, peer);
}

function sendCheck(state: RaftState, peer: Progress): void {
  const previousIndex = peer.next - 1;
  const previousTerm = state.log.termAt(previousIndex);
  if (previousTerm === undefined) return;
  send(state, {
    kind: 'append',
    from: state.id,
    to: peer.id,
    term: state.term,
    previousIndex,
    previousTerm,
    commit: state.log.committed,
    entries: [],
  });
}
