/**
 * Known bugs, one of which a test may put in to prove that the simulation's checkers bite. Nothing
 * but tests sets `mutant`; without it every comparison with one is false. Some are bugs of other
 * folders than this one (docs/internals/simulation.md has the list); they stand here because the
 * replica hands the switch down to the core.
 */

/** What the world of registers catches. */
export const raftMutants = [
  /** A vote is not written before it is given: two votes in one term after a crash (5.2). */
  'forget-vote',
  /** Entries of older terms commit by counting replicas (5.4.2, figure 8). */
  'commit-older-term',
  /** Entries are acknowledged before they are synced. */
  'acknowledge-before-sync',
  /** A read is answered without asking a quorum who leads. */
  'read-without-quorum',
  /** A read is answered before the leader has committed in its own term. */
  'read-before-first-commit',
  /** An append cuts off whatever followed its entries, also when it is a late one (5.3). */
  'cut-on-append',
  /** A vote is given without comparing logs (5.4.1). */
  'vote-for-stale-log',
  /** A minority is enough to commit. */
  'commit-without-quorum',
  /** A follower takes entries without checking what precedes them (5.3). */
  'append-without-check',
  /** A heartbeat's commit index is believed beyond what is known to match. */
  'heartbeat-commit-unchecked',
  /** A read joins a round that is under way, under its id: the answer may be from before it came. */
  'reuse-read-ids',
  /** A read is served as soon as its index is known, from a state that has not come that far. */
  'read-before-apply',
  /** What was proposed is proposed again when a new leader is seen, though it may be in its log. */
  'propose-again',
  /** Names of new log segments are not made durable before records in them are acknowledged. */
  'forget-directory-sync',
  /** A received snapshot is believed to be on disk without a sync. */
  'forget-snapshot-sync',
  /** A change of membership may be proposed while another is not applied (4.1). */
  'overlap-changes',
] as const;

/** What only the world of whole stores shows. */
export const etcdMutants = [
  /** The leader deletes the keys of a lease before the revocation is committed. */
  'revoke-before-commit',
  /** What a slow watcher has not taken is not read again when it catches up. */
  'lose-watch-backlog',
  /** Watchers are not told that a snapshot replaced what they follow. */
  'keep-watchers-over-snapshot',
  /** The database commits the index of an entry before its rows. */
  'index-before-rows',
  /** Events carry the value that the key has now as the one it had before. */
  'wrong-previous',
  /** A serializable read is served where a linearizable one was asked for. */
  'read-locally',
] as const;

export type RaftMutant = (typeof raftMutants)[number];
export type EtcdMutant = (typeof etcdMutants)[number];
export type Mutant = RaftMutant | EtcdMutant;
