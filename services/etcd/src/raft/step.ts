/**
 * Where a message or a tick goes.
 *
 * 1. A message of a higher term makes everyone a follower of that term (5.1), but for a pre-vote,
 *    and for a request for votes while a leader is heard.
 * 2. A message of a lower term is ignored, but for those whose sender would be stuck without an
 *    answer.
 */
import {
  becomeFollower,
  campaign,
  checkQuorum,
  handleVoteRequest,
  handleVoteResponse,
  inVoteLease,
  mayCampaign,
} from './election.ts';
import {
  handleCommitNotice,
  handleHeartbeat,
  handleHeartbeatResponse,
  sendHeartbeats,
} from './heartbeat.ts';
import { handlePropose } from './proposal.ts';
import { confirmReads, handleReadIndex, handleReadIndexResponse } from './read-index.ts';
import { handleAppend, handleAppendResponse, handleSnapshot } from './replication.ts';
import { sendAfterPersist } from './outbox.ts';
import { resetElectionTimer, type RaftState } from './state.ts';
import { traceMessage } from './trace.ts';
import type { MemberId, Message } from './types.ts';
import { nobody } from './types.ts';

export function tick(state: RaftState): void {
  const { electionTicks, heartbeatTicks } = state.options;
  state.electionElapsed++;
  if (state.role !== 'leader') {
    if (state.electionElapsed < state.randomizedElectionTicks) return;
    if (!mayCampaign(state)) {
      // Its leader is silent all the same; the lease of others' requests for votes stays over.
      state.leader = nobody;
      return;
    }
    resetElectionTimer(state);
    campaign(state, { transfer: false });
    return;
  }
  state.heartbeatElapsed++;
  if (state.electionElapsed >= electionTicks) {
    state.electionElapsed = 0;
    checkQuorum(state);
    // A transfer that did not end within an election timeout is given up (thesis 3.10).
    state.transferee = nobody;
  }
  if (state.role === 'leader' && state.heartbeatElapsed >= heartbeatTicks) {
    state.heartbeatElapsed = 0;
    sendHeartbeats(state);
  }
}

export function step(state: RaftState, message: Message): void {
  traceMessage(state, 'Receive', message);
  if (message.kind === 'read-index') {
    handleReadIndex(state, message);
    return;
  }
  if (message.term > state.term) {
    if (!takeHigherTerm(state, message)) return;
  } else if (message.term < state.term) {
    answerLowerTerm(state, message);
    return;
  }
  stepSameTerm(state, message);
}

/** False if the message is to be ignored. */
function takeHigherTerm(state: RaftState, message: Message): boolean {
  switch (message.kind) {
    case 'pre-vote':
      return message.transfer || !inVoteLease(state);
    case 'vote':
      if (!message.transfer && inVoteLease(state)) return false;
      if (message.transfer) state.why = 'transfer';
      becomeFollower(state, message.term, nobody);
      return true;
    case 'pre-vote-response':
      // A grant carries the term that it was asked for.
      if (!message.granted) becomeFollower(state, message.term, nobody);
      return true;
    default:
      becomeFollower(state, message.term, isFromLeader(message) ? message.from : nobody);
      return true;
  }
}

function isFromLeader(message: Message): boolean {
  return (
    message.kind === 'append' ||
    message.kind === 'heartbeat' ||
    message.kind === 'commit' ||
    message.kind === 'snapshot'
  );
}

/** A leader of an older term learns the newer one from any answer, or it would never step down. */
function answerLowerTerm(state: RaftState, message: Message): void {
  if (isFromLeader(message)) {
    sendAfterPersist(state, {
      kind: 'append-response',
      from: state.id,
      to: message.from,
      term: state.term,
      index: 0,
      rejected: false,
      hintIndex: 0,
      hintTerm: 0,
    });
  } else if (message.kind === 'pre-vote') {
    sendAfterPersist(state, {
      kind: 'pre-vote-response',
      from: state.id,
      to: message.from,
      term: state.term,
      granted: false,
    });
  }
}

function stepSameTerm(state: RaftState, message: Message): void {
  if (isFromLeader(message)) followLeader(state, message.from);
  switch (message.kind) {
    case 'append':
      return handleAppend(state, message);
    case 'append-response':
      return handleAppendResponse(state, message);
    case 'heartbeat':
      return handleHeartbeat(state, message);
    case 'heartbeat-response':
      handleHeartbeatResponse(state, message);
      if (state.role === 'leader') confirmReads(state);
      return;
    case 'commit':
      return handleCommitNotice(state, message);
    case 'vote':
    case 'pre-vote':
      return handleVoteRequest(state, message);
    case 'vote-response':
    case 'pre-vote-response':
      return handleVoteResponse(state, message);
    case 'snapshot':
      handleSnapshot(state, message);
      return;
    case 'read-index-response':
      return handleReadIndexResponse(state, message);
    case 'timeout-now':
      if (state.role === 'follower') campaign(state, { transfer: true });
      return;
    case 'propose':
      return handlePropose(state, message);
    case 'read-index':
      return;
    default:
      message satisfies never;
  }
}

function followLeader(state: RaftState, leader: MemberId): void {
  if (state.role === 'follower' && state.leader === leader) state.electionElapsed = 0;
  else becomeFollower(state, state.term, leader);
}
