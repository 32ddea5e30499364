/**
 * What a leader knows of one peer's log, and how fast it may send to it.
 *
 * 1. match < next. `match` only grows within a term.
 * 2. probe: one append at a time, until the peer's log is found. replicate: appends are sent ahead
 *    of their answers, up to a window. snapshot: nothing is sent until the snapshot has arrived.
 * 3. What was sent and lost is found by a rejection or by a heartbeat's answer.
 */
import type { LogIndex, MemberId, ProgressState } from './types.ts';

export interface Progress {
  readonly id: MemberId;
  learner: boolean;
  state: ProgressState;
  match: LogIndex;
  next: LogIndex;
  /** Last index of each append in flight, ascending (replicate). */
  inflight: LogIndex[];
  /** A probe is out: wait for its answer or the next heartbeat's. */
  probeSent: boolean;
  /** The index of the snapshot on its way; 0 while it is being opened (snapshot). */
  snapshotIndex: LogIndex;
  /** Heard from since the last check of the quorum. */
  active: boolean;
  /** The newest round of leadership checks that the peer answered. */
  ackedRound: number;
  /** The newest commit index that the peer was told. */
  commitSent: LogIndex;
}

export function createProgress(
  id: MemberId,
  options: { next: LogIndex; learner: boolean },
): Progress {
  return {
    id,
    learner: options.learner,
    state: 'probe',
    match: 0,
    next: options.next,
    inflight: [],
    probeSent: false,
    snapshotIndex: 0,
    active: false,
    ackedRound: 0,
    commitSent: 0,
  };
}

export function becomeProbe(peer: Progress): void {
  // After a snapshot the next entry to try is the one that follows it.
  peer.next = Math.max(peer.match, peer.state === 'snapshot' ? peer.snapshotIndex : 0) + 1;
  reset(peer, 'probe');
}

export function becomeReplicate(peer: Progress): void {
  peer.next = peer.match + 1;
  reset(peer, 'replicate');
}

export function becomeSnapshot(peer: Progress): void {
  reset(peer, 'snapshot');
}

function reset(peer: Progress, state: ProgressState): void {
  peer.state = state;
  peer.inflight.length = 0;
  peer.probeSent = false;
  peer.snapshotIndex = 0;
}

export function isPaused(peer: Progress, inflightMax: number): boolean {
  if (peer.state === 'probe') return peer.probeSent;
  return peer.state === 'snapshot' || peer.inflight.length >= inflightMax;
}

/** The peer's log matches up to `index`. False if that was known. */
export function advanceMatch(peer: Progress, index: LogIndex): boolean {
  let freed = 0;
  while (freed < peer.inflight.length && peer.inflight[freed]! <= index) freed++;
  if (freed > 0) peer.inflight.splice(0, freed);
  if (peer.next <= index) peer.next = index + 1;
  if (index <= peer.match) return false;
  peer.match = index;
  return true;
}

/** An append after `rejected` did not fit. False for a stale answer. */
export function retreat(peer: Progress, rejected: LogIndex, candidate: LogIndex): boolean {
  if (peer.state === 'replicate') {
    if (rejected <= peer.match) return false;
    becomeProbe(peer);
    return true;
  }
  if (peer.next - 1 !== rejected) return false;
  peer.next = Math.max(Math.min(rejected, candidate + 1), peer.match + 1);
  peer.probeSent = false;
  return true;
}
