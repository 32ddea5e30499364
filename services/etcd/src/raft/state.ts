/**
 * All that a Raft core remembers, as one record that election, replication and reads work on.
 *
 * 1. `term` and `vote` change only in `setTerm` and `castVote`.
 * 2. Messages leave through outbox.ts alone.
 */
import type { Random } from '@drydock/ports';
import type { RaftLog } from './log.ts';
import type { Mutant } from './mutants.ts';
import type { Progress } from './progress.ts';
import type { Tracer } from './trace-events.ts';
import type {
  Configuration,
  LogIndex,
  MemberId,
  Message,
  ReadState,
  Role,
  SnapshotMeta,
  Term,
} from './types.ts';
import { nobody } from './types.ts';

export interface RaftOptions {
  readonly id: MemberId;
  readonly random: Random;
  /** Real timeouts are drawn from [electionTicks, 2 x electionTicks). */
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  /** Whether to ask before an election if it can be won (thesis 9.6); true by default. */
  readonly preVote?: boolean | undefined;
  /** Of the entries in one append. */
  readonly messageBytesMax: number;
  /** Appends to one peer that wait for an answer. */
  readonly inflightMax: number;
  readonly uncommittedBytesMax: number;
  /** Told of every step; see trace.ts. */
  readonly trace?: Tracer | undefined;
  /** Test-only: a bug to put in. */
  readonly mutant?: Mutant | undefined;
}

/**
 * timeout: the leader was silent. transfer: it asked this member to campaign, or waited for another to.
 * no-quorum: too few answered this leader. removed: it votes no more. other: messages say who leads.
 */
export type LeadershipReason = 'timeout' | 'transfer' | 'no-quorum' | 'removed' | 'other';

interface PendingRead {
  readonly id: number;
  readonly from: MemberId;
  readonly index: LogIndex;
  readonly round: number;
}

export interface RaftState {
  readonly options: RaftOptions;
  readonly id: MemberId;
  readonly log: RaftLog;
  term: Term;
  vote: MemberId;
  role: Role;
  leader: MemberId;
  /** Of the last change of role, until it is told. */
  why: LeadershipReason;
  hardStateChanged: boolean;
  configuration: Configuration;
  /** Configurations by the entry that made them, for snapshots of the recent past. */
  configurationHistory: { readonly index: LogIndex; readonly configuration: Configuration }[];

  electionElapsed: number;
  heartbeatElapsed: number;
  randomizedElectionTicks: number;
  votes: Map<MemberId, boolean>;
  /** The batch that makes the own vote durable; the vote counts from then on. */
  ownVoteSequence: number | undefined;
  ownVotePending: boolean;

  /** The peers, without this member, while it leads. */
  progress: Map<MemberId, Progress>;
  uncommittedBytes: number;
  forwardsSent: number;
  /** Forwarded messages that were taken in this term, by origin. */
  forwardsSeen: Map<number, { newest: number; readonly recent: Set<number> }>;
  /** No change of membership is proposed while one up to here is not applied. */
  pendingConfigurationIndex: LogIndex;
  transferee: MemberId;
  transferElapsed: number;

  readRound: number;
  readRoundStarted: boolean;
  pendingReads: PendingRead[];
  /** Reads that wait for the first commit of this leader's term. */
  earlyReads: { readonly id: number; readonly from: MemberId }[];

  messages: Message[];
  messagesAfterPersist: Message[];
  readStates: ReadState[];
  snapshotRequests: MemberId[];
  snapshotToPersist: SnapshotMeta | undefined;
}

export function setTerm(state: RaftState, term: Term): void {
  if (term === state.term) return;
  state.term = term;
  state.vote = nobody;
  state.hardStateChanged = true;
}

export function castVote(state: RaftState, candidate: MemberId): void {
  if (state.vote === candidate) return;
  state.vote = candidate;
  if (state.options.mutant !== 'forget-vote') state.hardStateChanged = true;
}

export function resetElectionTimer(state: RaftState): void {
  const { electionTicks, random } = state.options;
  state.electionElapsed = 0;
  state.randomizedElectionTicks = random.between(electionTicks, 2 * electionTicks - 1);
}
