/** The revisions of a snapshot, and what its meta bucket says of them. */
import type { BboltBucket, BboltFile } from '../bbolt/reader.ts';
import { neverCompacted } from '../mvcc/backend.ts';
import { decodeRevisionKey, type RevisionKey } from '../mvcc/revision-key.ts';
import { SnapshotError } from './error.ts';
import { metaKeys, type BucketName } from './schema.ts';

export interface StoredRevision extends RevisionKey {
  readonly key: Uint8Array;
  /** The KeyValue; empty where `--bump-revision` of the original left its mark. */
  readonly kv: Uint8Array;
}

export function bucketOf(file: BboltFile, name: BucketName): BboltBucket | undefined {
  return file.root.bucket(Buffer.from(name));
}

/** In order. @throws SnapshotError or BboltError while it goes on */
export function* storedRevisions(file: BboltFile): Iterable<StoredRevision> {
  const bucket = bucketOf(file, 'key');
  if (bucket === undefined) {
    throw new SnapshotError(
      'not-etcd',
      'it has no bucket "key": this is a bbolt file, but not the database of an etcd',
    );
  }
  for (const { key, value } of bucket.entries()) {
    const revision = decodeRevisionKey(key);
    if (revision === undefined || value === undefined) {
      throw new SnapshotError(
        'not-etcd',
        `the bucket "key" has an entry that is no revision: ${Buffer.from(key).toString('hex')}`,
      );
    }
    yield { ...revision, key, kv: value };
  }
}

/** The first revision whose history is kept, as scheduled and as finished, or `neverCompacted`. */
export function compactRevisions(file: BboltFile): { scheduled: number; finished: number } {
  const found = { scheduled: neverCompacted, finished: neverCompacted };
  for (const { key, value } of bucketOf(file, 'meta')?.entries() ?? []) {
    const name = Buffer.from(key).toString('latin1');
    const revision = value === undefined ? undefined : decodeRevisionKey(value)?.main;
    if (name === metaKeys.scheduledCompact) found.scheduled = revision ?? neverCompacted;
    else if (name === metaKeys.finishedCompact) found.finished = revision ?? neverCompacted;
  }
  return found;
}
