/**
 * What a server built on the replicated log needs to know: the state machine it hands in, the
 * network it provides, and the replica it gets.
 *
 * 1. Entries are applied in log order, each exactly once since `appliedIndex`, and only when they are
 *    committed and durable on this member.
 * 2. `propose` resolves after its entry is committed and applied here, and applies once even when
 *    leaders change meanwhile. A rejection with `timeout`,
 *    `leader-changed` or `stopped` leaves open whether the entry will apply; the other codes mean
 *    that it never will.
 * 3. After `linearize` resolves, the local state reflects every write that was acknowledged anywhere
 *    before `linearize` was called.
 * 4. A replica that cannot write its log fails for good at once (`failed`): it acknowledges nothing
 *    more, and says why.
 */
import type { Clock, Disk, Logger, Millis, PeerNetwork, Random } from '@drydock/ports';
import type { ConfigurationChange, ConfigurationEntry } from '../raft/configuration.ts';
import type { ElectionCause, ElectionEvent, LinkState } from './election-cause.ts';
import type { ElectionRecord } from './elections.ts';
import type {
  Entry,
  LogIndex,
  MemberId,
  Message,
  RaftStatus,
  Role,
  SnapshotMessage,
  SnapshotMeta,
  Term,
} from '../raft/types.ts';

export type { ConfigurationChange, ConfigurationEntry, ElectionRecord, LinkState };
export type { LogIndex, MemberId, Message, SnapshotMessage, SnapshotMeta, Term };

/** An entry to apply. `empty` and `config` entries count as applied, but hold no command. */
export type CommittedEntry = Entry;

/** A consistent copy of the state machine at `index`, while it goes on. The reader closes it. */
export interface SnapshotReader {
  /** The last entry that the copy reflects. */
  readonly index: LogIndex;
  readonly body: AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

export interface StateMachine<Result> {
  /** The last entry reflected in memory. */
  readonly appliedIndex: LogIndex;
  /** Entries up to here survive SIGKILL without the log; at most `appliedIndex`. */
  readonly durableIndex: LogIndex;
  /**
   * Applies consecutive entries that start at appliedIndex + 1; one result an entry, in order.
   * Synchronous and deterministic. What a client sent never makes it throw: that is a result. A
   * throw stops the replica.
   */
  apply(entries: readonly CommittedEntry[]): readonly Result[];
  /** Resolves when durableIndex has reached the appliedIndex of the call. */
  persist(): Promise<void>;
  /** For a follower that needs entries which the log no longer has. */
  openSnapshot(): Promise<SnapshotReader>;
  /**
   * Replaces all state by that of `meta.index`, durably; appliedIndex and durableIndex become
   * `meta.index`. No entry is applied meanwhile. Called again with the same body after a crash.
   */
  installSnapshot(meta: SnapshotMeta, body: AsyncIterable<Uint8Array>): Promise<void>;
}

/** Messages between replicas; the codec for them is raft/codec.ts. */
export interface ReplicaNetwork extends PeerNetwork<MemberId, Message> {
  /**
   * What was sent leaves now and not at the end of the turn: somebody waits for it. What nobody waits
   * for leaves without.
   */
  flush(): void;
  /** How the connection to a peer stands; undefined for one that was never tried. */
  linkTo(peer: MemberId): LinkState | undefined;
  /** Streams a snapshot; resolves when the receiver has stored it, rejects when that failed. */
  sendSnapshot(
    to: MemberId,
    message: SnapshotMessage,
    body: AsyncIterable<Uint8Array>,
  ): Promise<void>;
  /** Sets the one receiver of snapshots; it rejects when the snapshot cannot be taken. */
  onSnapshot(
    receive: (message: SnapshotMessage, body: AsyncIterable<Uint8Array>) => Promise<void>,
  ): void;
}

export interface ReplicaPowers<Result> {
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: Disk;
  readonly network: ReplicaNetwork;
  readonly logger: Logger;
  readonly stateMachine: StateMachine<Result>;
  /** Runs `run` soon, after the input that is already waiting: setImmediate in a real process. */
  readonly defer: (run: () => void) => void;
}

export interface ReplicaOptions {
  readonly id: MemberId;
  /** The voters of a new cluster; ignored when the folder holds a log. */
  readonly voters: readonly MemberId[];
  /** Of the log and received snapshots, on the disk port. */
  readonly folder: string;
  /** Kept in the log and checked at start, so that a folder of another cluster is refused. */
  readonly clusterId: bigint;
  /** A tick, and the leader's heartbeat. 100 by default. */
  readonly heartbeatInterval?: Millis;
  /** At least 5 heartbeats; real timeouts are random in [1, 2) of it. 1,000 by default. */
  readonly electionTimeout?: Millis;
  /** Whether to ask before an election if it can be won; true by default. */
  readonly preVote?: boolean | undefined;
  /**
   * The cluster is lost but for this member: it goes on as the only one, with all that it holds
   * (alone.ts). Nothing happens in a folder without a log.
   */
  readonly alone?: boolean | undefined;
  /** Applied entries between two releases of the log. 10,000 by default. */
  readonly snapshotCount?: number;
  /** Entries kept in memory behind that for slow followers. 5,000 by default. */
  readonly catchUpEntries?: number;
  /** 64 MiB by default. */
  readonly segmentBytesMax?: number;
  /** Bytes of proposals that a leader takes before they commit. 64 MiB by default. */
  readonly uncommittedBytesMax?: number;
  /** How long `propose` and `linearize` wait: 5,000 + 2 x electionTimeout by default. */
  readonly requestTimeout?: Millis;
}

export interface ReplicaStatus extends RaftStatus {
  /** Why the replica stopped by itself, when it did. */
  readonly failure: ReplicaError | undefined;
  /** Leaderless for this long (cluster milliseconds); 0 with a leader. */
  readonly leaderlessFor: Millis;
  readonly pendingProposals: number;
  readonly walBytes: number;
  /** The last elections that this member began or by which it lost its office; the newest last. */
  readonly elections: readonly ElectionRecord[];
  /** How long the last write of the log took until it was durable. */
  readonly lastSync: Millis;
}

export interface LeaderChange {
  /** `nobody` (0) while there is none. */
  readonly leader: MemberId;
  readonly term: Term;
  readonly role: Role;
}

export interface ReplicaMetrics {
  readonly proposalsTotal: number;
  readonly proposalsFailedTotal: number;
  readonly leaderChangesTotal: number;
  readonly walSyncsTotal: number;
  /** Summed time of log syncs, in cluster seconds. */
  readonly walSyncSecondsTotal: number;
  readonly readRoundsTotal: number;
  readonly electionsTotal: ReadonlyMap<`${ElectionEvent} ${ElectionCause}`, number>;
}

export interface Replica<Result> extends AsyncDisposable {
  /** The bytes are kept, not copied: the caller does not change them afterwards. */
  propose(data: Uint8Array): Promise<Result>;
  /**
   * The same for what a leader knows, say that a lease has run out: it is appended in this term or not at
   * all. A leader that stood still while others elected another one would else decide by old knowledge.
   */
  proposeAsLeader(data: Uint8Array): Promise<Result>;
  /**
   * Changes one member. `context` travels in the entry: the state machine finds it with
   * `decodeConfigurationEntry` and keeps names and addresses of members by it.
   */
  proposeConfiguration(change: ConfigurationChange, context: Uint8Array): Promise<Result>;
  /**
   * Changes several members at once, through a joint configuration. Resolves when that is entered, and
   * for `leave` when it has ended.
   */
  proposeTransition(entry: ConfigurationEntry): Promise<Result>;
  /** ReadIndex: one round serves all who wait. An aborted signal rejects with its reason. */
  linearize(signal?: AbortSignal): Promise<void>;
  /** Resolves when `transferee` leads; only the leader can do it. */
  transferLeadership(transferee: MemberId): Promise<void>;
  /** The term alone, for what is asked with every answer: `status` collects much more. */
  readonly term: Term;
  status(): ReplicaStatus;
  metrics(): ReplicaMetrics;
  isLeader(): boolean;
  /** Called at once when role, leader or term change; returns its removal. */
  onLeaderChange(listener: (change: LeaderChange) => void): () => void;
  /** The network lost its connection to a peer: the leader falls back to probing it. */
  reportUnreachable(peer: MemberId): void;
  /**
   * An established connection to a peer broke, as it does when its process dies: if that was the
   * leader, an election begins soon unless it is heard again.
   */
  reportDisconnected(peer: MemberId): void;
  /** Resolves, never rejects, when the replica fails by itself: the process should end with this. */
  readonly failed: Promise<ReplicaError>;
}

/**
 * no-leader            there is no leader, for longer than three election timeouts
 * not-leader           only the leader can do this
 * leader-changed       the answer will not come: the leader that was asked is gone
 * timeout              the outcome is unknown
 * stopped              the replica was closed
 * too-many-uncommitted the leader has too many bytes that no quorum has stored yet
 * change-in-progress   another change of membership is not applied yet
 * impossible-change    a change of membership that the rules do not allow, as of the last voter
 * corrupt              the log or a snapshot on disk is damaged
 * no-space             the disk is full
 * io                   the disk failed in another way
 * state-machine        the state machine threw
 * wrong-folder         the folder belongs to another cluster or member
 */
export type ReplicaErrorCode =
  | 'no-leader'
  | 'not-leader'
  | 'leader-changed'
  | 'timeout'
  | 'stopped'
  | 'too-many-uncommitted'
  | 'change-in-progress'
  | 'impossible-change'
  | 'corrupt'
  | 'no-space'
  | 'io'
  | 'state-machine'
  | 'wrong-folder';

export class ReplicaError extends Error {
  override readonly name = 'ReplicaError';
  readonly code: ReplicaErrorCode;

  constructor(code: ReplicaErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
