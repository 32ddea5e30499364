/**
 * The vocabulary of the Raft core: what goes in, what comes out, what is on disk and on the wire.
 * Terms and names are those of the Raft paper (Ongaro, Ousterhout 2014) and of Ongaro's thesis.
 */

declare const unit: unique symbol;

/** A number that carries its meaning: plain numbers fit, another unit does not. */
type Unit<Name extends string> = number & { readonly [unit]?: Name };

/** Election terms start at 1; 0 is before any election. */
export type Term = Unit<'Term'>;
/** Log positions start at 1; 0 is before the first entry. */
export type LogIndex = Unit<'LogIndex'>;
/** A positive safe integer (below 2^53); 0 means nobody. */
export type MemberId = Unit<'MemberId'>;

export const nobody: MemberId = 0;

/** A change of membership is an entry; the first entry of each leader is empty (thesis 6.4). */
export type EntryKind = 'data' | 'config' | 'empty';

/** What a proposer hands in. `origin` and `sequence` let it find its entry again when that applies. */
export interface Proposal {
  readonly kind: EntryKind;
  /** Unique for each start of each member. */
  readonly origin: number;
  /** Unique within the origin. */
  readonly sequence: number;
  readonly data: Uint8Array;
}

export interface Entry extends Proposal {
  readonly index: LogIndex;
  readonly term: Term;
}

/** Who votes and who only listens. Two sets of voters while a joint change is under way (6). */
export interface Configuration {
  readonly voters: readonly MemberId[];
  /** The old voters during a joint change, else empty. */
  readonly votersOutgoing: readonly MemberId[];
  readonly learners: readonly MemberId[];
  /** Old voters that become learners when the joint configuration is left. */
  readonly learnersNext: readonly MemberId[];
  /** The leader proposes to leave the joint configuration as soon as it is applied. */
  readonly autoLeave: boolean;
}

/** What must survive a crash beside the log (figure 2). `commit` may lag: it is only a hint. */
export interface HardState {
  readonly term: Term;
  readonly vote: MemberId;
  readonly commit: LogIndex;
}

export type Role = 'follower' | 'pre-candidate' | 'candidate' | 'leader';

/** Identifies a state of the state machine, and what a log needs to go on after it. */
export interface SnapshotMeta {
  readonly index: LogIndex;
  readonly term: Term;
  readonly configuration: Configuration;
}

interface Envelope {
  readonly from: MemberId;
  readonly to: MemberId;
  /** The sender's term; for a pre-vote the term it would campaign in; 0 where it does not matter. */
  readonly term: Term;
}

/** Asks for a vote, or in a pre-vote whether one would be given (thesis 9.6). */
export interface VoteRequest extends Envelope {
  readonly kind: 'vote' | 'pre-vote';
  readonly lastIndex: LogIndex;
  readonly lastTerm: Term;
  /** The old leader asked for this election: a live leader is no reason to ignore it. */
  readonly transfer: boolean;
}

export interface VoteResponse extends Envelope {
  readonly kind: 'vote-response' | 'pre-vote-response';
  readonly granted: boolean;
}

/** Replicates entries that follow (previousIndex, previousTerm) (5.3). */
export interface AppendRequest extends Envelope {
  readonly kind: 'append';
  readonly previousIndex: LogIndex;
  readonly previousTerm: Term;
  readonly commit: LogIndex;
  readonly entries: readonly Entry[];
}

export interface AppendResponse extends Envelope {
  readonly kind: 'append-response';
  /** Accepted: the last index known to match. Rejected: the previousIndex that did not match. */
  readonly index: LogIndex;
  readonly rejected: boolean;
  /** Of a rejection: the follower's last entry that could match, so that probing skips whole terms. */
  readonly hintIndex: LogIndex;
  readonly hintTerm: Term;
}

/** Keeps followers quiet, carries the commit index and the newest round of leadership checks. */
export interface Heartbeat extends Envelope {
  readonly kind: 'heartbeat';
  readonly commit: LogIndex;
  readonly round: number;
}

export interface HeartbeatResponse extends Envelope {
  readonly kind: 'heartbeat-response';
  readonly round: number;
}

/** Tells a follower at once what committed, when no entries carry it. Not answered. */
export interface CommitNotice extends Envelope {
  readonly kind: 'commit';
  readonly commit: LogIndex;
}

/** Announces a snapshot whose body travels beside it. */
export interface SnapshotMessage extends Envelope {
  readonly kind: 'snapshot';
  readonly snapshot: SnapshotMeta;
}

/**
 * Proposals that a follower passes to the leader of its term. Any other leader ignores them, so once
 * an entry of a later term is applied they are known to be lost, and may be proposed again.
 */
export interface ProposeRequest extends Envelope {
  readonly kind: 'propose';
  /** Ascending for each origin: a message that arrives twice counts once. */
  readonly id: number;
  readonly proposals: readonly Proposal[];
}

export interface ReadIndexRequest extends Envelope {
  readonly kind: 'read-index';
  /** Chosen by the asking member, never used twice. */
  readonly id: number;
}

export interface ReadIndexResponse extends Envelope {
  readonly kind: 'read-index-response';
  readonly id: number;
  readonly index: LogIndex;
}

/** Tells a caught-up follower to campaign at once (thesis 3.10). */
interface TimeoutNow extends Envelope {
  readonly kind: 'timeout-now';
}

export type Message =
  | VoteRequest
  | VoteResponse
  | AppendRequest
  | AppendResponse
  | Heartbeat
  | HeartbeatResponse
  | CommitNotice
  | SnapshotMessage
  | ProposeRequest
  | ReadIndexRequest
  | ReadIndexResponse
  | TimeoutNow;

/** Everything at or below `index` may be read once it is applied here. */
export interface ReadState {
  readonly id: number;
  readonly index: LogIndex;
}

export type ProgressState = 'probe' | 'replicate' | 'snapshot';

/** How far a leader knows one peer to be. */
interface PeerProgress {
  readonly id: MemberId;
  readonly learner: boolean;
  readonly state: ProgressState;
  readonly match: LogIndex;
  readonly next: LogIndex;
  /** Appends sent and not yet answered. */
  readonly inflight: number;
  /** Heard from within the last election timeout. */
  readonly active: boolean;
}

export interface RaftStatus {
  readonly id: MemberId;
  readonly role: Role;
  readonly term: Term;
  readonly vote: MemberId;
  readonly leader: MemberId;
  readonly commit: LogIndex;
  readonly applied: LogIndex;
  readonly firstIndex: LogIndex;
  readonly lastIndex: LogIndex;
  readonly configuration: Configuration;
  /** Empty unless this member leads. */
  readonly peers: readonly PeerProgress[];
  readonly pendingReads: number;
  readonly transferee: MemberId;
}
