/** What a snapshot holds, in figures, and the checksums that tell two of them apart. */
import { KeyValue } from '@drydock/proto/etcd';
import type { BboltFile } from '../bbolt/reader.ts';
import { decodeRevisionKey } from '../mvcc/revision-key.ts';
import type { Row } from '../mvcc/backend.ts';
import { hashHistory } from '../mvcc/hash.ts';
import { toByteString, Version } from '../mvcc/version.ts';
import { crc32c } from '../wal/crc32c.ts';
import { compactRevisions, storedRevisions, type StoredRevision } from './revisions.ts';

export interface SnapshotStatus {
  /** CRC-32C over all names, keys and values. */
  readonly hash: number;
  readonly revision: number;
  /** Entries of all buckets, as etcdctl 3.4 and etcdutl 3.5 count. */
  readonly totalKey: number;
  /** Bytes, without the SHA-256. */
  readonly totalSize: number;
}

/** @throws BboltError when the file is damaged */
export function statusOf(file: BboltFile): SnapshotStatus {
  let hash = 0;
  let revision = 0;
  let totalKey = 0;
  for (const { key: name } of file.root.entries()) {
    hash = crc32c(hash, name);
    const isKeys = Buffer.from(name).toString() === 'key';
    for (const { key, value } of file.root.bucket(name)?.entries() ?? []) {
      hash = crc32c(hash, key);
      if (value !== undefined) hash = crc32c(hash, value);
      if (isKeys) revision = decodeRevisionKey(key)?.main ?? revision;
      totalKey++;
    }
  }
  return { hash, revision, totalKey, totalSize: file.bytes };
}

export interface SnapshotHash {
  readonly hash: number;
  readonly hashRevision: number;
  /** `neverCompacted` when nothing was. */
  readonly compactRevision: number;
}

/**
 * The checksum that a member started from this snapshot answers to HashKV. `revision` 0 means the newest.
 * @throws Error in etcd's words for a revision that is compacted or to come
 */
export function hashKvOf(file: BboltFile, revision: number): SnapshotHash {
  const { scheduled, finished } = compactRevisions(file);
  const compactRevision = Math.max(scheduled, finished);
  let latest = Math.max(compactRevision, 1);
  for (const one of storedRevisions(file)) latest = Math.max(latest, one.main);
  const hashRevision = revision === 0 ? latest : revision;
  if (hashRevision > latest) throw new Error('mvcc: required revision is a future revision');
  if (hashRevision < compactRevision) {
    throw new Error('mvcc: required revision has been compacted');
  }
  const history = { rows: () => rowBlocks(file), versions: () => versionBlocks(file) };
  const hash = hashHistory(history, {
    revision: hashRevision,
    compactRevision,
    finishedCompactRevision: finished,
  });
  return { hash, hashRevision, compactRevision };
}

/** Without the mark of a bumped revision, which is no key's. */
function* writtenRevisions(file: BboltFile): Iterable<StoredRevision> {
  for (const one of storedRevisions(file)) if (one.kv.length > 0) yield one;
}

function* rowBlocks(file: BboltFile): Iterable<readonly Row[]> {
  for (const { main, sub, tombstone, kv } of writtenRevisions(file)) {
    yield [{ main, sub, tombstone, encoded: toByteString(kv) }];
  }
}

function* versionBlocks(file: BboltFile): Iterable<readonly Version[]> {
  for (const { main, sub, tombstone, kv } of writtenRevisions(file)) {
    const { key, createRevision, version, lease } = KeyValue.decode(kv);
    const life = tombstone
      ? { createRevision: 0, version: 0, lease: 0n }
      : { createRevision, version, lease };
    yield [new Version({ key: toByteString(key), main, sub, ...life, encoded: undefined })];
  }
}
