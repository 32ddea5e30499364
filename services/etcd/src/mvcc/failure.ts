/**
 * What a client did wrong, in etcd's own words: an expected outcome, so it is returned and not thrown.
 * The codes are gRPC's numbers; the texts are what clients compare with.
 */

export interface Failure {
  readonly kind: 'failure';
  readonly code: number;
  readonly message: string;
}

const unknown = 2;
const invalidArgument = 3;
const notFound = 5;
const resourceExhausted = 8;
const failedPrecondition = 9;
const outOfRange = 11;
const unavailable = 14;
const dataLoss = 15;

function failure(code: number, text: string): Failure {
  return { kind: 'failure', code, message: `etcdserver: ${text}` };
}

export const failures = {
  emptyKey: failure(invalidArgument, 'key is not provided'),
  keyNotFound: failure(invalidArgument, 'key not found'),
  valueProvided: failure(invalidArgument, 'value is provided'),
  leaseProvided: failure(invalidArgument, 'lease is provided'),
  tooManyOps: failure(invalidArgument, 'too many operations in txn request'),
  duplicateKey: failure(invalidArgument, 'duplicate key given in txn request'),
  invalidSortOption: failure(invalidArgument, 'invalid sort option'),
  requestTooLarge: failure(invalidArgument, 'request is too large'),
  compacted: failure(outOfRange, 'mvcc: required revision has been compacted'),
  futureRevision: failure(outOfRange, 'mvcc: required revision is a future revision'),
  noSpace: failure(resourceExhausted, 'mvcc: database space exceeded'),
  leaseNotFound: failure(notFound, 'requested lease not found'),
  leaseExists: failure(failedPrecondition, 'lease already exists'),
  leaseTtlTooLarge: failure(outOfRange, 'too large lease TTL'),
  memberNotFound: failure(notFound, 'member not found'),
  memberExists: failure(failedPrecondition, 'member ID already exist'),
  peerUrlExists: failure(failedPrecondition, 'Peer URLs already exists'),
  badPeerUrls: failure(invalidArgument, 'given member URLs are invalid'),
  memberNotLearner: failure(failedPrecondition, 'can only promote a learner member'),
  learnerNotReady: failure(
    failedPrecondition,
    'can only promote a learner member which is in sync with leader',
  ),
  tooManyLearners: failure(failedPrecondition, 'too many learner members in cluster'),
  /** The original sends this one as Unknown. */
  notEnoughStarted: failure(unknown, 're-configuration failed due to not enough started members'),
  notLeader: failure(failedPrecondition, 'not leader'),
  badTransferee: failure(failedPrecondition, 'bad leader transferee'),
  noLeader: failure(unavailable, 'no leader'),
  leaderChanged: failure(unavailable, 'leader changed'),
  timeout: failure(unavailable, 'request timed out'),
  stopped: failure(unavailable, 'server stopped'),
  unhealthyCluster: failure(unavailable, 'unhealthy cluster'),
  corrupt: failure(dataLoss, 'corrupt cluster'),
  /** The original sends this one as Unknown. */
  tooManyRequests: failure(unknown, 'too many requests'),
} as const;
