/**
 * A snapshot, of ours or of real etcd, into a backend of ours: a state from which a new cluster starts.
 *
 * 1. Keys with their history, leases, users, roles and alarms come along; members do not: those of the
 *    new cluster take their place.
 * 2. Every member of the new cluster makes the same state of the same snapshot.
 * 3. Memory does not grow with the number of revisions.
 *
 * Alarms keep the ids of the old members, as the original has it: a full database stays one until
 * somebody disarms it.
 */
import { AlarmMember, Lease, Member } from '@drydock/proto/etcd';
import { BboltError } from '../bbolt/error.ts';
import type { BboltEntry, BboltFile } from '../bbolt/reader.ts';
import { neverCompacted, type Backend, type Row } from '../mvcc/backend.ts';
import { toByteString } from '../mvcc/version.ts';
import { SnapshotError } from './error.ts';
import { bucketOf, compactRevisions, storedRevisions } from './revisions.ts';
import { authKeys, decodeUint64, type BucketName } from './schema.ts';

export interface ImportOptions {
  /** The entry of the new cluster's log that the state counts as. */
  readonly appliedIndex: number;
  readonly members: readonly Member[];
  /**
   * How much to add to the newest revision, which is then marked as compacted: watchers and caches of
   * the old cluster find that they must start again. 0: not at all.
   */
  readonly bumpRevision: number;
  /** Told now and then how many revisions are done. */
  readonly onProgress?: (revisions: number) => void;
}

export interface Imported {
  readonly revisions: number;
  /** The newest revision, after the bump. */
  readonly revision: number;
}

const batchBytes = 4 * 1024 * 1024;
/** Written between two waits for the disk, which bound what waits in memory. */
const unsyncedBatchesMax = 16;

/** The backend is empty before. @throws BboltError, SnapshotError, or the backend's error */
export async function importSnapshot(
  file: BboltFile,
  backend: Backend,
  options: ImportOptions,
): Promise<Imported> {
  const { appliedIndex, bumpRevision } = options;
  const { newest, count } = await importRevisions(file, backend, options);
  const { scheduled, finished } = compactRevisions(file);
  const compacted = Math.max(scheduled, finished);
  const latest = Math.max(newest, compacted, 1);
  const revision = latest + bumpRevision;
  const compactRevision = bumpRevision > 0 ? revision : compacted;
  const values = new Map<string, Uint8Array>([
    ['revision', decimal(revision)],
    ...options.members.map((one) => [`member/${one.id}`, Member.encode(one)] as const),
    ...storedValues(file),
  ]);
  if (compactRevision !== neverCompacted) values.set('compact-revision', decimal(compactRevision));
  if (finished !== neverCompacted) values.set('finished-compact-revision', decimal(finished));
  backend.write({ appliedIndex, rows: [], drop: [], values });
  await backend.sync();
  return { revisions: count, revision };
}

async function importRevisions(
  file: BboltFile,
  backend: Backend,
  { appliedIndex, onProgress }: ImportOptions,
): Promise<{ newest: number; count: number }> {
  let rows: Row[] = [];
  let bytes = 0;
  let batches = 0;
  let count = 0;
  let newest = 0;
  const write = async () => {
    backend.write({ appliedIndex, rows, drop: [], values: new Map() });
    rows = [];
    bytes = 0;
    if (++batches % unsyncedBatchesMax === 0) await backend.sync();
    onProgress?.(count);
  };
  for (const { main, sub, tombstone, kv } of storedRevisions(file)) {
    newest = main;
    // What a bump of the original leaves is a revision without a key.
    if (kv.length === 0) continue;
    rows.push({ main, sub, tombstone, encoded: toByteString(kv) });
    bytes += kv.length + 32;
    count++;
    if (bytes > batchBytes) await write();
  }
  await write();
  return { newest, count };
}

/** The named values that a member of ours keeps for what is not a revision. */
function* storedValues(file: BboltFile): Iterable<readonly [string, Uint8Array]> {
  for (const { value } of entriesOf(file, 'lease')) {
    const { id, ttl, remainingTtl } = decoded(file, 'lease', () => Lease.decode(value));
    yield [`lease/${id}`, Buffer.from(`${ttl} ${remainingTtl}`)];
  }
  for (const { key } of entriesOf(file, 'alarm')) {
    const { memberId, alarm } = decoded(file, 'alarm', () => AlarmMember.decode(key));
    yield [`alarm/${memberId}-${alarm}`, new Uint8Array(0)];
  }
  for (const { key, value } of entriesOf(file, 'auth')) {
    const name = textOf(key);
    if (name === authKeys.enabled && value[0] === 1) yield ['auth/enabled', Buffer.from('1')];
    if (name === authKeys.revision) {
      yield ['auth/revision', Buffer.from(String(decodeUint64(value) ?? 1n))];
    }
  }
  for (const { key, value } of entriesOf(file, 'authUsers')) {
    yield [`auth/user/${textOf(key)}`, value.slice()];
  }
  for (const { key, value } of entriesOf(file, 'authRoles')) {
    yield [`auth/role/${textOf(key)}`, value.slice()];
  }
}

function* entriesOf(
  file: BboltFile,
  name: BucketName,
): Iterable<{ key: Uint8Array; value: Uint8Array }> {
  for (const { key, value } of bucketOf(file, name)?.entries() ?? ([] as BboltEntry[])) {
    if (value === undefined) {
      throw new SnapshotError('not-etcd', `the bucket "${name}" has a bucket in it`);
    }
    yield { key, value };
  }
}

function decoded<T>(file: BboltFile, name: BucketName, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof BboltError) throw error;
    throw new SnapshotError(
      'not-etcd',
      `the bucket "${name}" has an entry that is none: ${(error as Error).message}`,
    );
  }
}

const decimal = (value: number) => Buffer.from(String(value));

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
