/** Where we differ from etcd 3.4 on purpose, each with its reason: docs/internals/etcd-parity.md. */
import { revisionOf, type Operation } from './operations.ts';
import type { Outcome } from './target.ts';

interface Answers {
  readonly operation: Operation;
  readonly ours: Outcome;
  readonly theirs: Outcome;
  /** Of the sequence. */
  readonly base: number;
}

export function isKnownDifference({ operation, ours, theirs, base }: Answers): boolean {
  // Since 3.5.5 the checksum of the compacted revision itself can be asked for; 3.4 has compacted it.
  return (
    operation.op === 'hash' &&
    ours['compactRevision'] === revisionOf(operation.revision, base) &&
    theirs['details'] === 'etcdserver: mvcc: required revision has been compacted'
  );
}
