/**
 * A segment: one file of the log.
 *
 * 1. Names are `<sequence>-<last index before it>.wal` in hex, so that they sort by age and tell what
 *    may be released without being read.
 * 2. A segment opens with a magic and a record that repeats identity, base and hard state: older
 *    segments can go at any time.
 * 3. A segment gets its name only when that record is durable; a name that exists is a whole header.
 */
import type { Disk, DiskFile } from '@drydock/ports';
import { ByteWriter } from '../raft/bytes.ts';
import type { HardState, LogIndex, SnapshotMeta } from '../raft/types.ts';
import { beginRecord, endRecord, writeItem, type LogIdentity } from './record.ts';

export const segmentMagic = new TextEncoder().encode('DRYDWAL1');
const suffix = '.wal';
const temporarySuffix = '.tmp';

export interface SegmentName {
  readonly path: string;
  readonly sequence: number;
  readonly lastIndexBefore: LogIndex;
}

const hex = (value: number) => value.toString(16).padStart(16, '0');

function segmentName(
  folder: string,
  name: { sequence: number; lastIndexBefore: LogIndex },
): SegmentName {
  const path = `${folder}/${hex(name.sequence)}-${hex(name.lastIndexBefore)}${suffix}`;
  return { path, ...name };
}

/** In order of age; leftovers of an interrupted creation are removed. */
export async function listSegments(disk: Disk, folder: string): Promise<SegmentName[]> {
  const segments: SegmentName[] = [];
  for (const file of await disk.list(folder)) {
    if (file.endsWith(temporarySuffix)) await disk.remove(`${folder}/${file}`);
    const match = /^([0-9a-f]{16})-([0-9a-f]{16})\.wal$/.exec(file);
    if (match === null) continue;
    segments.push({
      path: `${folder}/${file}`,
      sequence: Number.parseInt(match[1]!, 16),
      lastIndexBefore: Number.parseInt(match[2]!, 16),
    });
  }
  return segments;
}

export interface SegmentHeader {
  readonly identity: LogIdentity;
  readonly base: SnapshotMeta;
  readonly hardState: HardState;
  readonly lastIndex: LogIndex;
  readonly previousChain: number;
}

export interface OpenSegment extends SegmentName {
  readonly file: DiskFile;
  /** Where the next record goes, and what its chain starts from. */
  offset: number;
  chain: number;
  /** Bytes that the file has on disk already, as zeros beyond `offset`. */
  allocated: number;
}

export async function createSegment(
  disk: Disk,
  folder: string,
  sequence: number,
  header: SegmentHeader,
): Promise<OpenSegment> {
  const name = segmentName(folder, { sequence, lastIndexBefore: header.lastIndex });
  const writer = new ByteWriter(256);
  beginRecord(writer);
  writeItem(writer, { kind: 'identity', identity: header.identity });
  writeItem(writer, {
    kind: 'link',
    lastIndex: header.lastIndex,
    previousChain: header.previousChain,
  });
  writeItem(writer, { kind: 'base', snapshot: header.base });
  writeItem(writer, { kind: 'hard-state', hardState: header.hardState });
  const chain = endRecord(writer, 0);
  const bytes = new Uint8Array(segmentMagic.length + writer.length);
  bytes.set(segmentMagic);
  bytes.set(writer.view(), segmentMagic.length);

  const temporary = `${name.path}${temporarySuffix}`;
  await disk.remove(temporary);
  const file = await disk.create(temporary);
  await file.write(bytes, 0);
  await file.sync();
  await disk.rename(temporary, name.path);
  await disk.syncDirectory(folder);
  return { ...name, file, offset: bytes.length, chain, allocated: bytes.length };
}
