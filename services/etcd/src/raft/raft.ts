/**
 * The Raft core: a deterministic state machine without I/O. Messages, ticks and proposals go in;
 * `ready` gives out what to persist, send and apply.
 *
 * 1. The caller persists the batches of `ready` in order, each wholly before it reports its
 *    sequence, and sends `messagesAfterPersist` only then. It need not wait before it goes on.
 * 2. The caller applies `committed` in order and reports it with `applied`.
 * 3. Time is `tick`: the caller's heartbeat.
 *
 * Source: the Raft paper, Ongaro's thesis; the shape of the interface is that of etcd-io/raft.
 */
import { campaign, ownVotePersisted } from './election.ts';
import { reportDisconnected } from './leader-loss.ts';
import { RaftLog } from './log.ts';
import { maybeLeaveJoint, noteCommitted, snapshotMeta } from './membership.ts';
import { becomeSnapshot } from './progress.ts';
import { propose, transferLeadership, type ProposeOutcome } from './proposal.ts';
import { askReadIndex, startReadRound } from './read-index.ts';
import { maybeCommit, replicate, reportSnapshot, reportUnreachable } from './replication.ts';
import {
  resetElectionTimer,
  type LeadershipReason,
  type RaftOptions,
  type RaftState,
} from './state.ts';
import { step, tick } from './step.ts';
import { traceOwnLog, traceStep } from './trace.ts';
import type {
  Entry,
  HardState,
  LogIndex,
  MemberId,
  Message,
  Proposal,
  RaftStatus,
  ReadState,
  Role,
  SnapshotMessage,
  SnapshotMeta,
  Term,
} from './types.ts';
import { nobody } from './types.ts';

export type { LeadershipReason, RaftOptions } from './state.ts';

/** What a member finds on its disk. */
export interface InitialState {
  readonly hardState: HardState;
  /** The log goes on after it; index 0 and the first voters for a new cluster. */
  readonly base: SnapshotMeta;
  readonly entries: readonly Entry[];
  /** What the state machine holds durably: nothing before is handed out again. */
  readonly applied: LogIndex;
}

/** To be written in one batch, in the order of the fields. */
interface PersistBatch {
  readonly sequence: number;
  /** Replaces the log and the state machine; its body is the caller's. */
  readonly snapshot: SnapshotMeta | undefined;
  readonly hardState: HardState | undefined;
  /** May overwrite what was written before at the same indexes. */
  readonly entries: readonly Entry[];
}

export interface Leadership {
  readonly leader: MemberId;
  readonly term: Term;
  readonly role: Role;
  readonly why: LeadershipReason;
}

export interface Ready {
  readonly persist: PersistBatch | undefined;
  readonly messages: readonly Message[];
  /** To be sent when all batches up to now are durable. */
  readonly messagesAfterPersist: readonly Message[];
  readonly committed: readonly Entry[];
  readonly readStates: readonly ReadState[];
  /** Peers that need a snapshot: the caller answers with `snapshotFor` or `reportSnapshot`. */
  readonly snapshotRequests: readonly MemberId[];
  /** Set when it changed. */
  readonly leadership: Leadership | undefined;
}

export interface Raft {
  readonly term: Term;
  readonly role: Role;
  readonly leader: MemberId;
  tick(): void;
  /** Takes a message of a peer. A message that is not for this member is a bug of the caller. */
  step(message: Message): void;
  propose(proposals: readonly Proposal[]): ProposeOutcome;
  /** False when there is no leader to ask. The answer comes as a ReadState, or never. */
  readIndex(id: number): boolean;
  campaign(): void;
  /** False unless this member leads and `to` is another voter. */
  transferLeadership(to: MemberId): boolean;
  hasReady(): boolean;
  ready(): Ready;
  persisted(sequence: number): void;
  applied(index: LogIndex): void;
  /** Forgets log entries up to `index`. */
  compact(index: LogIndex): void;
  reportUnreachable(peer: MemberId): void;
  /** An established connection to the peer broke: see leader-loss.ts. */
  reportDisconnected(peer: MemberId): void;
  reportSnapshot(peer: MemberId, arrived: boolean): void;
  /** The message that announces a snapshot at an applied index; undefined if no longer wanted. */
  snapshotFor(peer: MemberId, index: LogIndex): SnapshotMessage | undefined;
  /** What a snapshot at an applied index needs to say; undefined if the log no longer knows. */
  snapshotMeta(index: LogIndex): SnapshotMeta | undefined;
  /** Whether a received snapshot would be of use. */
  wantsSnapshot(snapshot: SnapshotMeta): boolean;
  status(): RaftStatus;
  readonly log: Pick<
    RaftLog,
    'firstIndex' | 'lastIndex' | 'committed' | 'stable' | 'termAt' | 'slice' | 'indexWithin'
  >;
}

/** Bytes of entries that one `ready` gives to apply. */
const committedBytesMax = 4 * 1024 * 1024;

export function createRaft(options: RaftOptions, initial: InitialState): Raft {
  const state = initialState(options, initial);
  let sequence = 0;
  let told: Leadership = { leader: nobody, term: state.term, role: state.role, why: 'other' };

  const takePersist = (): PersistBatch | undefined => {
    const { log } = state;
    if (!state.hardStateChanged && !log.hasUntaken() && state.snapshotToPersist === undefined) {
      return undefined;
    }
    sequence++;
    const batch: PersistBatch = {
      sequence,
      snapshot: state.snapshotToPersist,
      hardState: { term: state.term, vote: persistentVote(state), commit: log.committed },
      entries: log.takeUnstable(sequence),
    };
    state.hardStateChanged = false;
    state.snapshotToPersist = undefined;
    if (state.ownVotePending) {
      state.ownVotePending = false;
      state.ownVoteSequence = sequence;
    }
    return batch;
  };

  const takeLeadership = (): Leadership | undefined => {
    const { leader, term, role } = state;
    if (told.leader === leader && told.term === term && told.role === role) return undefined;
    told = { leader, term, role, why: state.why };
    state.why = 'other';
    return told;
  };

  return {
    get term() {
      return state.term;
    },
    get role() {
      return state.role;
    },
    get leader() {
      return state.leader;
    },
    tick: () => tick(state),
    step: (message) => step(state, message),
    propose: (proposals) => propose(state, proposals),
    readIndex: (id) => askReadIndex(state, id),
    campaign: () => campaign(state, { transfer: false }),
    transferLeadership: (to) => transferLeadership(state, to),
    hasReady: () => hasReady(state),
    ready() {
      if (state.role === 'leader') {
        startReadRound(state);
        replicate(state);
      }
      if (hasReady(state)) traceStep(state, 'Ready');
      const persist = takePersist();
      const committed = state.log.handCommitted(committedBytesMax);
      for (const entry of committed) noteCommitted(state, entry);
      maybeLeaveJoint(state);
      const ready: Ready = {
        persist,
        messages: state.messages,
        messagesAfterPersist: state.messagesAfterPersist,
        committed,
        readStates: state.readStates,
        snapshotRequests: state.snapshotRequests,
        leadership: takeLeadership(),
      };
      state.messages = [];
      state.messagesAfterPersist = [];
      state.readStates = [];
      state.snapshotRequests = [];
      return ready;
    },
    persisted(upTo) {
      const { stable } = state.log;
      state.log.persisted(upTo);
      if (state.log.stable > stable) traceOwnLog(state, 'Receive', state.log.stable);
      ownVotePersisted(state, upTo);
      maybeCommit(state);
    },
    applied: (index) => state.log.appliedTo(index),
    compact(index) {
      state.log.compact(index);
      const { configurationHistory } = state;
      while (configurationHistory.length > 1 && configurationHistory[1]!.index <= index) {
        configurationHistory.shift();
      }
    },
    reportUnreachable: (peer) => reportUnreachable(state, peer),
    reportDisconnected: (peer) => reportDisconnected(state, peer),
    reportSnapshot: (peer, arrived) => reportSnapshot(state, peer, arrived),
    snapshotFor(to, index) {
      const peer = state.progress.get(to);
      const snapshot = snapshotMeta(state, index);
      if (peer?.state !== 'snapshot' || snapshot === undefined) return undefined;
      becomeSnapshot(peer);
      peer.snapshotIndex = index;
      return { kind: 'snapshot', from: state.id, to, term: state.term, snapshot };
    },
    snapshotMeta: (index) => snapshotMeta(state, index),
    wantsSnapshot: ({ index, term }) =>
      index > state.log.committed && !state.log.matches(index, term),
    status: () => status(state),
    log: state.log,
  };
}

function initialState(options: RaftOptions, initial: InitialState): RaftState {
  const { hardState, base, entries, applied } = initial;
  const state: RaftState = {
    options,
    id: options.id,
    log: new RaftLog({ base, entries, committed: hardState.commit, applied }),
    term: hardState.term,
    vote: hardState.vote,
    role: 'follower',
    leader: nobody,
    why: 'other',
    hardStateChanged: false,
    configuration: base.configuration,
    configurationHistory: [{ index: base.index, configuration: base.configuration }],
    electionElapsed: 0,
    heartbeatElapsed: 0,
    randomizedElectionTicks: 0,
    votes: new Map(),
    ownVoteSequence: undefined,
    ownVotePending: false,
    progress: new Map(),
    uncommittedBytes: 0,
    forwardsSent: 0,
    forwardsSeen: new Map(),
    pendingConfigurationIndex: 0,
    transferee: nobody,
    transferElapsed: 0,
    readRound: 0,
    readRoundStarted: false,
    pendingReads: [],
    earlyReads: [],
    messages: [],
    messagesAfterPersist: [],
    readStates: [],
    snapshotRequests: [],
    snapshotToPersist: undefined,
  };
  // What is applied already took effect before the restart.
  for (const entry of entries) if (entry.index <= applied) noteCommitted(state, entry);
  resetElectionTimer(state);
  traceStep(state, 'InitState');
  return state;
}

/** A bug for tests: the vote is forgotten in what is written (see mutants.ts). */
function persistentVote(state: RaftState): MemberId {
  return state.options.mutant === 'forget-vote' ? nobody : state.vote;
}

function hasReady(state: RaftState): boolean {
  const { log } = state;
  return (
    state.messages.length > 0 ||
    state.messagesAfterPersist.length > 0 ||
    state.readStates.length > 0 ||
    state.snapshotRequests.length > 0 ||
    state.hardStateChanged ||
    state.readRoundStarted ||
    state.snapshotToPersist !== undefined ||
    log.hasUntaken() ||
    log.hasCommittedToHand()
  );
}

function status(state: RaftState): RaftStatus {
  const { log } = state;
  return {
    id: state.id,
    role: state.role,
    term: state.term,
    vote: state.vote,
    leader: state.leader,
    commit: log.committed,
    applied: log.applied,
    firstIndex: log.firstIndex,
    lastIndex: log.lastIndex,
    configuration: state.configuration,
    peers: [...state.progress.values()].map((peer) => ({
      id: peer.id,
      learner: peer.learner,
      state: peer.state,
      match: peer.match,
      next: peer.next,
      inflight: peer.inflight.length,
      active: peer.active,
    })),
    pendingReads: state.pendingReads.length + state.earlyReads.length,
    transferee: state.transferee,
  };
}
