/**
 * The checksum of a history, by the original's recipe: CRC-32C over the bucket name "key" and then each
 * stored key and value. Members with the same history agree, and agree with etcd itself.
 *
 * 1. Of what compaction keeps, only that counts which no later version up to `revision` replaced: the
 *    original leaves out what a compaction at `revision` would remove. So the sum is the same before
 *    and after the physical part of a compaction.
 * 2. It reads one committed state: whoever calls it holds that still.
 */
import { crc32c } from '../wal/crc32c.ts';
import type { Row } from './backend.ts';
import { keyOf, type ByteString, type Version } from './version.ts';

export interface History {
  versions(): Iterable<readonly Version[]>;
  rows(): Iterable<readonly Row[]>;
}

export interface HashRange {
  readonly revision: number;
  readonly compactRevision: number;
  /** Compactions up to it have removed what they forgot. */
  readonly finishedCompactRevision: number;
}

const key = Buffer.alloc(18);

/** main as 8 bytes, "_", sub as 8 bytes, and "t" on a tombstone. Valid until the next call. */
function revisionKey({ main, sub, tombstone }: Row): Buffer {
  key.writeBigUInt64BE(BigInt(main), 0);
  key[8] = 0x5f;
  key.writeBigUInt64BE(BigInt(sub), 9);
  key[17] = 0x74;
  return tombstone ? key : key.subarray(0, 17);
}

export function hashHistory(history: History, range: HashRange): number {
  const { revision, compactRevision } = range;
  const isKept = compactRevision <= 0 ? undefined : findKept(history, range);
  let crc = crc32c(0, Buffer.from('key'));
  for (const row of flat(history.rows())) {
    if (row.main > revision) break;
    if (row.main <= compactRevision && !isKept!(keyOf(row.encoded), row)) continue;
    crc = crc32c(crc, revisionKey(row));
    crc = crc32c(crc, Buffer.from(row.encoded, 'latin1'));
  }
  return crc;
}

type Position = Pick<Row, 'main' | 'sub' | 'tombstone'>;

/** Which of the rows up to the compacted revision count. */
function findKept(
  history: History,
  range: HashRange,
): (name: ByteString, position: Position) => boolean {
  const { revision, compactRevision, finishedCompactRevision } = range;
  const isFinished = finishedCompactRevision >= compactRevision;
  /** Of each key the latest version up to the compacted revision. */
  const latest = new Map<ByteString, Version>();
  /** Keys that changed later, and whether they live at `revision`. */
  const changed = new Map<ByteString, boolean>();
  for (const version of flat(history.versions())) {
    if (version.main > revision) break;
    if (version.main > compactRevision) changed.set(version.key, !version.isTombstone);
    else if (!isFinished) latest.set(version.key, version);
  }
  const isLatest = (name: ByteString, { main, sub }: Position) =>
    latest.get(name)?.main === main && latest.get(name)?.sub === sub;
  const isStored = (name: ByteString, position: Position) =>
    !position.tombstone && (isFinished || isLatest(name, position));
  const livesUnchanged = (name: ByteString, position: Position) =>
    isStored(name, position) && !changed.has(name);
  const isAnyLiving = () => {
    if ([...changed.values()].includes(true)) return true;
    for (const version of flat(history.versions())) {
      if (version.main > compactRevision) return false;
      const { key: name, main, sub, isTombstone: tombstone } = version;
      if (livesUnchanged(name, { main, sub, tombstone })) return true;
    }
    return false;
  };
  // Where no key lives at all, the original leaves out nothing.
  return isAnyLiving() ? livesUnchanged : isStored;
}

function* flat<Item>(blocks: Iterable<readonly Item[]>): Iterable<Item> {
  for (const block of blocks) yield* block;
}
