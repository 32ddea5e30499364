/**
 * Reads that are linearizable without a log entry (thesis 6.4).
 *
 * 1. A read's index is the commit index when the leader takes the read, and never one from before
 *    the first commit of its own term: only then does it know all that is committed.
 * 2. The read is answered when a quorum has answered a heartbeat of a round that began after the
 *    read came: the leader led at that time, so nobody could have committed more.
 * 3. Rounds only grow within a term, and answers of another term are ignored, so no answer is taken
 *    for another round's. Ids of reads are the asker's, who never uses one twice.
 * 4. All reads that come before the outputs are collected share a round, and the answer to a round
 *    confirms every earlier one.
 */
import { sendHeartbeats } from './heartbeat.ts';
import { quorumValue } from './quorum.ts';
import { send } from './outbox.ts';
import type { RaftState } from './state.ts';
import type { LogIndex, MemberId, ReadIndexRequest, ReadIndexResponse } from './types.ts';
import { nobody } from './types.ts';

/** False when there is nobody to ask. */
export function askReadIndex(state: RaftState, id: number): boolean {
  if (state.role === 'leader') {
    takeRead(state, id, state.id);
    return true;
  }
  if (state.leader === nobody) return false;
  send(state, { kind: 'read-index', from: state.id, to: state.leader, term: 0, id });
  return true;
}

export function handleReadIndex(state: RaftState, request: ReadIndexRequest): void {
  // Only a leader can answer; the asker asks again when it hears of a new one.
  if (state.role === 'leader') takeRead(state, request.id, request.from);
}

function takeRead(state: RaftState, id: number, from: MemberId): void {
  const { mutant } = state.options;
  if (!hasCommittedInTerm(state) && mutant !== 'read-before-first-commit') {
    state.earlyReads.push({ id, from });
    return;
  }
  if (mutant === 'read-without-quorum') {
    answer(state, { id, from, index: state.log.committed });
    return;
  }
  if (!state.readRoundStarted) {
    state.readRoundStarted = true;
    state.readRound++;
  }
  state.pendingReads.push({ id, from, index: state.log.committed, round: state.readRound });
}

function hasCommittedInTerm(state: RaftState): boolean {
  return state.log.termAt(state.log.committed) === state.term;
}

/** The commit index has grown: reads that came before the first commit of the term may begin. */
export function earlyReadsMayStart(state: RaftState): void {
  if (state.earlyReads.length === 0 || !hasCommittedInTerm(state)) return;
  const reads = state.earlyReads;
  state.earlyReads = [];
  for (const read of reads) takeRead(state, read.id, read.from);
}

/** Called when the outputs are collected. */
export function startReadRound(state: RaftState): void {
  if (!state.readRoundStarted) return;
  state.readRoundStarted = false;
  sendHeartbeats(state);
  // A member that is its own quorum needs no answer.
  confirmReads(state);
}

export function confirmReads(state: RaftState): void {
  if (state.pendingReads.length === 0) return;
  const confirmed = quorumValue(state.configuration, (id) =>
    id === state.id ? state.readRound : (state.progress.get(id)?.ackedRound ?? 0),
  );
  let count = 0;
  while (count < state.pendingReads.length && state.pendingReads[count]!.round <= confirmed) {
    answer(state, state.pendingReads[count]!);
    count++;
  }
  if (count > 0) state.pendingReads.splice(0, count);
}

function answer(
  state: RaftState,
  { id, from, index }: { id: number; from: MemberId; index: LogIndex },
): void {
  if (from === state.id) {
    state.readStates.push({ id, index });
    return;
  }
  send(state, {
    kind: 'read-index-response',
    from: state.id,
    to: from,
    term: state.term,
    id,
    index,
  });
}

export function handleReadIndexResponse(state: RaftState, response: ReadIndexResponse): void {
  state.readStates.push({ id: response.id, index: response.index });
}

export function resetReads(state: RaftState): void {
  state.readRound = 0;
  state.readRoundStarted = false;
  state.pendingReads = [];
  state.earlyReads = [];
}
