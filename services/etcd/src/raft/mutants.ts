/**
 * Known bugs, one of which a test may put in to prove that the simulation's checkers bite. Nothing
 * but tests sets `mutant`; without it every comparison below is false.
 */
export const mutants = [
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
] as const;

export type Mutant = (typeof mutants)[number];
