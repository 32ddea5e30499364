/**
 * What really happened to the store, as its members applied it.
 *
 * 1. Every member makes the same changes in the same revision.
 * 2. A lease that ends by itself does so no earlier than its time after the last answered renewal was
 *    asked for, on the fastest clock that there is.
 */
import {
  RevisionHistory,
  type KeyChange,
  type StoredValue,
} from '@drydock/testing/linearizability';
import type { KeyValue } from '@drydock/proto/etcd';
import type { Revision } from '../../mvcc/revision.ts';
import { decodeKeyValue } from '../../mvcc/version.ts';
import { decodeCommand } from '../../server/command.ts';
import type { CommittedEntry, LogIndex } from '../../replica/types.ts';
import { Violation } from '../violation.ts';

/** Of the fastest clock in a run (see faults.ts). */
const paceMax = 1.25;

export const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

export function storedValueOf(kv: KeyValue): StoredValue {
  return {
    value: textOf(kv.value),
    createRevision: kv.createRevision,
    modRevision: kv.modRevision,
    version: kv.version,
    lease: String(kv.lease),
  };
}

export interface Oracle {
  readonly history: RevisionHistory;
  /** The newest compaction that was applied. */
  readonly compactRevision: number;
  /** All revisions of compactions. */
  readonly compactions: ReadonlySet<number>;
  readonly leasesEnded: number;
  onRevision(revision: Revision): void;
  onApply(entry: CommittedEntry): void;
  /** A grant or a renewal that was asked for at this time was answered with a TTL in seconds. */
  leaseHeld(lease: string, askedMillis: number, ttl: number): void;
  /** A client wants it to end. */
  leaseGivenUp(lease: string): void;
}

export function createOracle(now: () => number, report: (violation: Violation) => void): Oracle {
  const history = new RevisionHistory();
  const heldUntil = new Map<string, number>();
  const ended = new Set<string>();
  let applied: LogIndex = 0;
  const compactions = new Set<number>();
  let compactRevision = 0;

  const onFirstApply = (entry: CommittedEntry) => {
    if (entry.kind !== 'data') return;
    const command = decodeCommand(entry.data);
    if (command.kind === 'compact') {
      const { revision } = command.message;
      const isPossible = revision <= history.last;
      if (isPossible && revision > compactRevision) {
        compactRevision = revision;
        compactions.add(revision);
      }
    }
    if (command.kind !== 'lease-revoke') return;
    const lease = String(command.message.id);
    ended.add(lease);
    const until = heldUntil.get(lease);
    if (until === undefined || now() >= until) return;
    report(
      new Violation(
        `lease too short: ${lease} ended ${Math.round(until - now())} ms before its time`,
      ),
    );
  };

  return {
    history,
    compactions,
    get compactRevision() {
      return compactRevision;
    },
    get leasesEnded() {
      return ended.size;
    },
    onRevision(revision) {
      const problem = history.add(revision.main, revision.changes.map(changeOf));
      if (problem !== undefined) {
        report(new Violation(`one history: a member's ${problem}`));
      }
    },
    onApply(entry) {
      if (entry.index !== applied + 1) return;
      applied = entry.index;
      onFirstApply(entry);
    },
    leaseHeld(lease, askedMillis, ttl) {
      const until = askedMillis + (ttl * 1_000) / paceMax;
      if (heldUntil.has(lease) || !ended.has(lease)) {
        heldUntil.set(lease, Math.max(heldUntil.get(lease) ?? 0, until));
      }
    },
    leaseGivenUp: (lease) => heldUntil.set(lease, 0),
  };
}

function changeOf({ version }: Revision['changes'][number]): KeyChange {
  if (version.isTombstone) return { key: version.key, after: undefined };
  return { key: version.key, after: storedValueOf(decodeKeyValue(version.encoded!)) };
}
