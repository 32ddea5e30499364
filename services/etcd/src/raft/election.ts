/**
 * Who leads (5.2, 5.4.1), with pre-vote and check-quorum (thesis 6.4, 9.6).
 *
 * 1. At most one leader is elected in a term: a member votes once a term, durably, and only for a
 *    log at least as complete as its own.
 * 2. A pre-vote changes neither term nor vote of anyone, so that a member which comes back from a
 *    partition does not depose a leader that others hear.
 * 3. Vote lease: who heard from a leader within the shortest election timeout ignores requests for
 *    votes, unless that leader asked for the election.
 * 4. A candidate's own vote counts when it is durable.
 * 5. A member with unapplied changes of membership does not campaign: its configuration is old.
 */
import { assert } from './assert.ts';
import { isVoter, membersOf } from './configuration.ts';
import { createProgress } from './progress.ts';
import { tallyVotes } from './quorum.ts';
import { appendOwn, maybeCommit } from './replication.ts';
import { resetReads } from './read-index.ts';
import { send, sendAfterPersist } from './outbox.ts';
import { castVote, resetElectionTimer, setTerm, type RaftState } from './state.ts';
import { traceOwnVote, traceStep } from './trace.ts';
import type { MemberId, Term, VoteRequest, VoteResponse } from './types.ts';
import { nobody } from './types.ts';

export function becomeFollower(state: RaftState, term: Term, leader: MemberId): void {
  setTerm(state, term);
  state.role = 'follower';
  state.leader = leader;
  leaveOffice(state);
  traceStep(state, 'BecomeFollower');
}

function leaveOffice(state: RaftState): void {
  state.progress = new Map();
  state.votes = new Map();
  state.ownVotePending = false;
  state.ownVoteSequence = undefined;
  state.transferee = nobody;
  state.uncommittedBytes = 0;
  state.forwardsSeen = new Map();
  state.heartbeatElapsed = 0;
  resetReads(state);
  resetElectionTimer(state);
}

/**
 * A voter may, unless it knows of a change of membership that it has not applied, or waits for its state
 * machine to take a snapshot.
 */
export function mayCampaign({ configuration, id, log }: RaftState): boolean {
  if (!isVoter(configuration, id) || log.isInstalling) return false;
  return !log.hasKind('config', log.handed, log.committed);
}

/** The election timer fired, or the leader handed over (`transfer`). */
export function campaign(state: RaftState, options: { transfer: boolean }): void {
  if (state.role === 'leader' || !mayCampaign(state)) return;
  state.why = options.transfer ? 'transfer' : 'timeout';
  const asksBefore = !options.transfer && state.options.preVote !== false;
  if (asksBefore) startPreVote(state);
  else startVote(state, options.transfer);
}

function startPreVote(state: RaftState): void {
  leaveOffice(state);
  state.role = 'pre-candidate';
  state.leader = nobody;
  state.votes.set(state.id, true);
  if (tallyVotes(state.configuration, state.votes) === 'won') {
    startVote(state, false);
    return;
  }
  askForVotes(state, { kind: 'pre-vote', term: state.term + 1, transfer: false });
}

function startVote(state: RaftState, transfer: boolean): void {
  leaveOffice(state);
  setTerm(state, state.term + 1);
  state.role = 'candidate';
  state.leader = nobody;
  castVote(state, state.id);
  state.ownVotePending = true;
  traceStep(state, 'BecomeCandidate');
  traceOwnVote(state, 'Send');
  askForVotes(state, { kind: 'vote', term: state.term, transfer });
}

function askForVotes(
  state: RaftState,
  request: { kind: 'vote' | 'pre-vote'; term: Term; transfer: boolean },
): void {
  const { lastIndex, lastTerm } = state.log;
  for (const to of membersOf(state.configuration)) {
    if (to === state.id || !isVoter(state.configuration, to)) continue;
    const message: VoteRequest = { ...request, from: state.id, to, lastIndex, lastTerm };
    // A grant binds its giver to the log that was compared, so that log has to be durable first.
    if (request.kind === 'vote') sendAfterPersist(state, message);
    else send(state, message);
  }
}

/** Heard from a leader so recently that another election would only disturb it. */
export function inVoteLease(state: RaftState): boolean {
  return state.leader !== nobody && state.electionElapsed < state.options.electionTicks;
}

export function handleVoteRequest(state: RaftState, request: VoteRequest): void {
  const isPreVote = request.kind === 'pre-vote';
  const mayVote =
    state.vote === request.from ||
    (state.vote === nobody && state.leader === nobody) ||
    (isPreVote && request.term > state.term);
  const granted =
    mayVote &&
    (state.log.isUpToDate(request.lastIndex, request.lastTerm) ||
      state.options.mutant === 'vote-for-stale-log');
  if (granted && !isPreVote) {
    castVote(state, request.from);
    resetElectionTimer(state);
  }
  sendAfterPersist(state, {
    kind: isPreVote ? 'pre-vote-response' : 'vote-response',
    from: state.id,
    to: request.from,
    // A grant answers for the term that was asked for, a refusal tells the term that stands.
    term: granted ? request.term : state.term,
    granted,
  });
}

export function handleVoteResponse(state: RaftState, response: VoteResponse): void {
  const awaited = state.role === 'pre-candidate' ? 'pre-vote-response' : 'vote-response';
  if (response.kind !== awaited) return;
  if (state.role !== 'pre-candidate' && state.role !== 'candidate') return;
  if (response.granted && state.role === 'pre-candidate' && response.term !== state.term + 1)
    return;
  countVote(state, response.from, response.granted);
}

/** The batch that holds the own vote is durable. */
export function ownVotePersisted(state: RaftState, sequence: number): void {
  if (state.ownVoteSequence === undefined || sequence < state.ownVoteSequence) return;
  state.ownVoteSequence = undefined;
  if (state.role !== 'candidate') return;
  traceOwnVote(state, 'Receive');
  countVote(state, state.id, true);
}

function countVote(state: RaftState, from: MemberId, granted: boolean): void {
  if (!state.votes.has(from)) state.votes.set(from, granted);
  switch (tallyVotes(state.configuration, state.votes)) {
    case 'won':
      if (state.role === 'pre-candidate') startVote(state, false);
      else becomeLeader(state);
      break;
    case 'lost':
      becomeFollower(state, state.term, nobody);
      break;
    case 'pending':
      break;
  }
}

function becomeLeader(state: RaftState): void {
  assert(state.role === 'candidate', 'only a candidate becomes leader');
  leaveOffice(state);
  state.role = 'leader';
  state.leader = state.id;
  for (const id of membersOf(state.configuration)) {
    if (id === state.id) continue;
    const learner = !isVoter(state.configuration, id);
    const peer = createProgress(id, { next: state.log.lastIndex + 1, learner });
    // Voters are given the time of one check to answer; nobody is heard before anyone speaks.
    peer.active = true;
    state.progress.set(id, peer);
  }
  traceStep(state, 'BecomeLeader');
  // Any change of membership that is in the log might not be applied yet.
  state.pendingConfigurationIndex = state.log.lastIndex;
  appendOwn(state, [{ kind: 'empty', origin: 0, sequence: 0, data: new Uint8Array(0) }]);
  maybeCommit(state);
}

/** A leader that a quorum no longer answers steps down: it could only serve stale reads. */
export function checkQuorum(state: RaftState): void {
  const answered = new Map<MemberId, boolean>([[state.id, true]]);
  for (const peer of state.progress.values()) {
    answered.set(peer.id, peer.active);
    peer.active = false;
  }
  if (tallyVotes(state.configuration, answered) !== 'won') {
    state.why = 'no-quorum';
    becomeFollower(state, state.term, nobody);
  }
}
