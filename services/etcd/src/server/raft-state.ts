/** A member's Raft as the message that `Raft.Watch` and `drydock etcd raft` show. */
import { RaftState } from '@drydock/proto/etcd';
import type { ReplicaStatus } from '../replica/types.ts';

export function raftStateOf(
  status: ReplicaStatus,
  { clusterId, now }: { clusterId: number; now: number },
): RaftState {
  const { configuration, peers, elections } = status;
  return {
    clusterId,
    memberId: status.id,
    role: status.role,
    term: status.term,
    vote: status.vote,
    leader: status.leader,
    commit: status.commit,
    applied: status.applied,
    firstIndex: status.firstIndex,
    lastIndex: status.lastIndex,
    configuration: {
      voters: [...configuration.voters],
      votersOutgoing: [...configuration.votersOutgoing],
      learners: [...configuration.learners],
      learnersNext: [...configuration.learnersNext],
      autoLeave: configuration.autoLeave,
    },
    peers: peers.map((peer) => ({
      id: peer.id,
      isLearner: peer.learner,
      state: peer.state,
      match: peer.match,
      next: peer.next,
      inFlight: peer.inflight,
      isActive: peer.active,
    })),
    pendingReads: status.pendingReads,
    pendingProposals: status.pendingProposals,
    transferee: status.transferee,
    elections: elections.map(({ event, cause, detail, term, formerLeader, at }) => ({
      event,
      cause,
      detail,
      term,
      formerLeader,
      agoMillis: Math.max(0, Math.round(now - at)),
    })),
    lastFsyncMicros: Math.round(status.lastSync * 1_000),
    logBytes: status.walBytes,
    failure: status.failure?.message ?? '',
  };
}

/** What is compared to see whether anything has changed: without the age of the elections. */
export function comparable(state: RaftState): Buffer {
  const elections = state.elections.map((election) => ({ ...election, agoMillis: 0 }));
  return RaftState.encode({ ...state, elections });
}
