/**
 * The state of a member as the original's database: what real etcd, its tools and our own restore from.
 *
 * 1. The file is a function of the state.
 * 2. Memory does not grow with the number of revisions; leases, users and roles are held at once.
 */
import { AlarmMember, Lease, Member } from '@drydock/proto/etcd';
import { compareBytes } from '../bbolt/format.ts';
import type { BboltWriter, BucketWriter } from '../bbolt/writer.ts';
import type { Configuration } from '../raft/types.ts';
import { neverCompacted } from '../mvcc/backend.ts';
import { encodeRevisionKey, type RevisionKey } from '../mvcc/revision-key.ts';
import {
  authKeys,
  bucketNames,
  clusterVersionKey,
  confStateJson,
  encodeUint64,
  memberJson,
  metaKeys,
  type BucketName,
} from './schema.ts';

export interface SnapshotState {
  /** The last entry that the state reflects. */
  readonly appliedIndex: number;
  readonly term: number;
  readonly configuration: Configuration;
  /** As in "3.5.0". */
  readonly clusterVersion: string;
  /** The backend's named values (server/state-machine.ts). */
  readonly values: ReadonlyMap<string, Uint8Array>;
}

type Entry = readonly [key: Uint8Array, value: Uint8Array];

const none = new Uint8Array(0);

/** `writeRevisions` puts all revisions, in order. */
export function writeSnapshot(
  writer: BboltWriter,
  state: SnapshotState,
  writeRevisions: (put: (key: RevisionKey, kv: Uint8Array) => void) => void,
): void {
  const entries = entriesOf(state);
  for (const name of bucketNames) {
    const bucket = writer.bucket(Buffer.from(name));
    if (name === 'key') writeRevisions((key, kv) => bucket.put(encodeRevisionKey(key), kv));
    else putSorted(bucket, entries[name]);
    bucket.close();
  }
}

function putSorted(bucket: BucketWriter, entries: readonly Entry[]): void {
  for (const [key, value] of entries.toSorted((a, b) => compareBytes(a[0], b[0]))) {
    bucket.put(key, value);
  }
}

function entriesOf(state: SnapshotState): Record<Exclude<BucketName, 'key'>, readonly Entry[]> {
  const { values } = state;
  const members = under(values, 'member/').map(([, value]) => Member.decode(value));
  return {
    alarm: under(values, 'alarm/').map(([id]) => [alarmKey(id), none]),
    auth: authEntries(values),
    authRoles: under(values, 'auth/role/').map(([name, role]) => [Buffer.from(name), role]),
    authUsers: under(values, 'auth/user/').map(([name, user]) => [Buffer.from(name), user]),
    cluster: [[Buffer.from(clusterVersionKey), Buffer.from(state.clusterVersion)]],
    lease: under(values, 'lease/').map(([id, value]) => leaseEntry(id, value)),
    members: members.map((one) => [Buffer.from(one.id.toString(16)), memberJson(one)]),
    members_removed: under(values, 'removed/').map(([id]) => [
      Buffer.from(Number(id).toString(16)),
      Buffer.from('removed'),
    ]),
    meta: metaEntries(state),
  };
}

function metaEntries(state: SnapshotState): readonly Entry[] {
  const { values } = state;
  const entries: [string, Uint8Array][] = [
    [metaKeys.consistentIndex, encodeUint64(state.appliedIndex)],
    [metaKeys.term, encodeUint64(state.term)],
    [metaKeys.confState, confStateJson(state.configuration)],
  ];
  const addRevision = (key: string, main: number | undefined) => {
    if (main === undefined || main === neverCompacted) return;
    entries.push([key, encodeRevisionKey({ main, sub: 0, tombstone: false })]);
  };
  addRevision(metaKeys.scheduledCompact, numberIn(values, 'compact-revision'));
  addRevision(metaKeys.finishedCompact, numberIn(values, 'finished-compact-revision'));
  return entries.map(([key, value]) => [Buffer.from(key), value]);
}

/** The revision of a store without users is 1, as the original's. */
function authEntries(values: ReadonlyMap<string, Uint8Array>): readonly Entry[] {
  const isEnabled = textOf(values.get('auth/enabled')) === '1';
  const revision = encodeUint64(numberIn(values, 'auth/revision') ?? 1);
  return [
    ...(isEnabled ? [[Buffer.from(authKeys.enabled), Uint8Array.of(1)] as const] : []),
    [Buffer.from(authKeys.revision), revision],
  ];
}

function alarmKey(id: string): Uint8Array {
  const [memberId, alarm] = id.split('-').map(Number) as [number, AlarmMember['alarm']];
  return AlarmMember.encode({ memberId, alarm });
}

function leaseEntry(name: string, value: Uint8Array): Entry {
  const id = BigInt(name);
  const [ttl, remainingTtl] = textOf(value).split(' ').map(Number) as [number, number];
  return [encodeUint64(id), Lease.encode({ id, ttl, remainingTtl })];
}

/** The values whose names begin so, by the rest of their names. */
function under(
  values: ReadonlyMap<string, Uint8Array>,
  prefix: string,
): readonly (readonly [string, Uint8Array])[] {
  return [...values]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length), value] as const);
}

const textOf = (value: Uint8Array | undefined) => Buffer.from(value ?? none).toString('latin1');

function numberIn(values: ReadonlyMap<string, Uint8Array>, name: string): number | undefined {
  const value = values.get(name);
  return value === undefined ? undefined : Number(textOf(value));
}
