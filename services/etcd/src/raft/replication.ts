/**
 * The leader copies its log, the followers take it (5.3, 5.4.2).
 *
 * 1. A leader commits by counting only entries of its own term; older ones commit with them.
 * 2. Its own log counts as far as it is durable.
 * 3. Appends are not sent at each proposal but when the outputs are collected (`replicate`), so that
 *    all proposals of one turn travel in one message and a newer commit index rides along.
 * 4. A rejection carries the follower's last entry whose term is low enough to match; the leader does
 *    the same search from its side, so that a probe skips a whole term (5.3, end).
 */
import { decodeConfigurationEntry } from './configuration.ts';
import {
  isPaused,
  becomeProbe,
  becomeReplicate,
  becomeSnapshot,
  advanceMatch,
  retreat,
} from './progress.ts';
import type { Progress } from './progress.ts';
import { quorumValue } from './quorum.ts';
import { earlyReadsMayStart } from './read-index.ts';
import { send, sendAfterPersist } from './outbox.ts';
import type { RaftState } from './state.ts';
import { traceChange, traceOwnLog, traceStep } from './trace.ts';
import type {
  AppendRequest,
  AppendResponse,
  EntryKind,
  LogIndex,
  MemberId,
  Proposal,
  SnapshotMessage,
} from './types.ts';

/** The leader's proposals become entries. */
export function appendOwn(state: RaftState, proposals: readonly Proposal[]): void {
  for (const { kind, origin, sequence, data } of proposals) {
    const index = state.log.lastIndex + 1;
    if (kind === 'config') state.pendingConfigurationIndex = index;
    state.uncommittedBytes += data.length;
    state.log.append({ index, term: state.term, kind, origin, sequence, data });
    if (state.options.trace !== undefined) traceAppended(state, kind, data);
  }
  traceOwnLog(state, 'Send', state.log.lastIndex);
}

function traceAppended(state: RaftState, kind: EntryKind, data: Uint8Array): void {
  const change = kind === 'config' ? decodeConfigurationEntry(data) : undefined;
  if (change === undefined) traceStep(state, 'Replicate');
  else traceChange(state, change);
}

/** Called when the outputs are collected: every peer gets what it lacks and may be sent. */
export function replicate(state: RaftState): void {
  for (const peer of state.progress.values()) replicateTo(state, peer);
}

function replicateTo(state: RaftState, peer: Progress): void {
  const { log, options } = state;
  while (peer.next <= log.lastIndex && !isPaused(peer, options.inflightMax)) {
    const previousIndex = peer.next - 1;
    const previousTerm = log.termAt(previousIndex);
    if (previousTerm === undefined) {
      askForSnapshot(state, peer);
      return;
    }
    const entries = log.slice(peer.next, log.lastIndex, options.messageBytesMax);
    send(state, {
      kind: 'append',
      from: state.id,
      to: peer.id,
      term: state.term,
      previousIndex,
      previousTerm,
      commit: log.committed,
      entries,
    });
    peer.commitSent = Math.min(log.committed, entries.at(-1)!.index);
    if (peer.state === 'probe') {
      peer.probeSent = true;
    } else {
      peer.next = entries.at(-1)!.index + 1;
      peer.inflight.push(peer.next - 1);
    }
  }
  // The follower learns of commits that no entry carries, so that its watchers need not wait for the
  // next write. With appends in flight there is time: their answers lead here again.
  const known = Math.min(peer.match, log.committed);
  const isQuiet = peer.state === 'replicate' && peer.inflight.length === 0;
  if (isQuiet && known > peer.commitSent) {
    peer.commitSent = known;
    send(state, { kind: 'commit', from: state.id, to: peer.id, term: state.term, commit: known });
  }
}

function askForSnapshot(state: RaftState, peer: Progress): void {
  if (!peer.active) return;
  becomeSnapshot(peer);
  state.snapshotRequests.push(peer.id);
}

export function maybeCommit(state: RaftState): void {
  const { log, options } = state;
  if (state.role !== 'leader') return;
  let index = quorumValue(state.configuration, (id) =>
    id === state.id ? log.stable : (state.progress.get(id)?.match ?? 0),
  );
  if (options.mutant === 'commit-without-quorum') index = log.stable;
  const countable = log.termAt(index) === state.term || options.mutant === 'commit-older-term';
  if (!countable || !log.commitTo(index)) return;
  traceStep(state, 'Commit');
  earlyReadsMayStart(state);
}

/** The follower's side of an append. */
export function handleAppend(state: RaftState, request: AppendRequest): void {
  const { log, options } = state;
  const answer = (fields: Pick<AppendResponse, 'index' | 'rejected' | 'hintIndex' | 'hintTerm'>) =>
    sendAfterPersist(state, {
      kind: 'append-response',
      from: state.id,
      to: request.from,
      term: state.term,
      ...fields,
    });
  const accept = (index: LogIndex) => answer({ index, rejected: false, hintIndex: 0, hintTerm: 0 });

  const cut = options.mutant === 'cut-on-append';
  if (request.previousIndex < log.committed && !cut) {
    // What is committed matches every leader's log; the leader goes on from there.
    accept(log.committed);
    return;
  }
  const previous = { index: request.previousIndex, term: request.previousTerm };
  const matched = log.tryAppend(previous, request.entries, {
    cut,
    unchecked: options.mutant === 'append-without-check',
  });
  if (matched === undefined) {
    const hint = log.findHint(request.previousIndex, request.previousTerm);
    answer({
      index: request.previousIndex,
      rejected: true,
      hintIndex: hint.index,
      hintTerm: hint.term,
    });
    return;
  }
  log.commitTo(Math.min(request.commit, matched));
  accept(matched);
}

export function handleAppendResponse(state: RaftState, response: AppendResponse): void {
  const peer = state.progress.get(response.from);
  if (state.role !== 'leader' || peer === undefined) return;
  peer.active = true;
  if (response.rejected) {
    const hint = state.log.findHint(response.hintIndex, response.hintTerm);
    retreat(peer, response.index, hint.index);
    return;
  }
  // A peer may answer for an index of this term that only a later leader could know of; never here.
  if (response.index > state.log.lastIndex) return;
  const advanced = advanceMatch(peer, response.index);
  if (peer.state === 'probe' && peer.match === response.index) becomeReplicate(peer);
  else if (peer.state === 'snapshot' && peer.match + 1 >= state.log.firstIndex && advanced) {
    becomeReplicate(peer);
  }
  if (!advanced) return;
  maybeCommit(state);
  if (state.transferee === peer.id) maybeHandOver(state, peer);
}

/** The transferee has the whole log: it may campaign without waiting (thesis 3.10). */
export function maybeHandOver(state: RaftState, peer: Progress): void {
  if (peer.match !== state.log.lastIndex) return;
  send(state, { kind: 'timeout-now', from: state.id, to: peer.id, term: state.term });
}

export function reportUnreachable(state: RaftState, id: MemberId): void {
  const peer = state.progress.get(id);
  if (peer?.state === 'replicate') becomeProbe(peer);
}

/** The body of a snapshot has arrived at the peer, or not. */
export function reportSnapshot(state: RaftState, id: MemberId, arrived: boolean): void {
  const peer = state.progress.get(id);
  if (peer?.state !== 'snapshot') return;
  if (!arrived) peer.snapshotIndex = 0;
  becomeProbe(peer);
  // The next heartbeat's answer, or the peer's own, says when to go on.
  peer.probeSent = true;
}

/** Returns whether the snapshot replaced the log, and with it all state. */
export function handleSnapshot(state: RaftState, message: SnapshotMessage): boolean {
  const { log } = state;
  const { snapshot } = message;
  const accept = (index: LogIndex) =>
    sendAfterPersist(state, {
      kind: 'append-response',
      from: state.id,
      to: message.from,
      term: state.term,
      index,
      rejected: false,
      hintIndex: 0,
      hintTerm: 0,
    });
  if (snapshot.index <= log.committed) {
    accept(log.committed);
    return false;
  }
  if (log.matches(snapshot.index, snapshot.term)) {
    // The entries are here; only the news that they are committed was missing.
    log.commitTo(snapshot.index);
    accept(log.committed);
    return false;
  }
  log.restore(snapshot);
  state.configuration = snapshot.configuration;
  state.configurationHistory = [{ index: snapshot.index, configuration: snapshot.configuration }];
  state.snapshotToPersist = snapshot;
  accept(snapshot.index);
  return true;
}
