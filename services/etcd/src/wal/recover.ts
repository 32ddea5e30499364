/**
 * Reading a log back.
 *
 * 1. Every batch that was reported durable is found again, in order.
 * 2. The last segment may end in a batch that was being written when the power went: it is cut off.
 *    A flipped bit in the very last batch looks the same and is cut too; nothing can tell them apart.
 * 3. Damage anywhere else, which shows by valid records or segments that follow it, is an error:
 *    going on would forget what was promised.
 */
import type { Disk } from '@drydock/ports';
import { CodecError } from '../raft/bytes.ts';
import type { Entry, HardState, LogIndex, SnapshotMeta } from '../raft/types.ts';
import { WalError } from './error.ts';
import { findLaterRecord, findRecord, readItems, type Item, type LogIdentity } from './record.ts';
import { segmentMagic, type OpenSegment, type SegmentName } from './segment.ts';

export interface RecoveredLog {
  /** The log goes on after it. */
  readonly base: SnapshotMeta;
  readonly hardState: HardState;
  /** Contiguous from base.index + 1. */
  readonly entries: readonly Entry[];
}

export interface Recovery {
  readonly log: RecoveredLog;
  /** The newest segment, cut to its last valid record. */
  readonly segment: OpenSegment;
  /** Bytes of an unfinished batch that were cut off. */
  readonly cutBytes: number;
}

interface SegmentEnd {
  readonly path: string;
  readonly offset: number;
  readonly chain: number;
}

/** Throws WalError. `segments` is not empty. */
export async function recover(
  disk: Disk,
  segments: readonly SegmentName[],
  identity: LogIdentity,
): Promise<Recovery> {
  const replay = createReplay(identity);
  let before: SegmentEnd | undefined;
  let open: OpenSegment | undefined;
  let cutBytes = 0;
  for (const [at, name] of segments.entries()) {
    const previous = segments[at - 1];
    if (previous !== undefined && previous.sequence + 1 !== name.sequence) {
      throw WalError.corrupt(name.path, 0, `the segment before it is missing`);
    }
    const isLast = at === segments.length - 1;
    const file = await disk.open(name.path);
    const bytes = await file.read(0, await file.size());
    const end = replaySegment(bytes, name, { replay, before, isLast });
    before = { path: name.path, ...end };
    if (!isLast) {
      await file.close();
      continue;
    }
    cutBytes = countUsed(bytes, end.offset);
    // Also when only zeros follow: they may be preallocated space that was never synced.
    if (end.offset < bytes.length) {
      await file.truncate(end.offset);
      await file.sync();
    }
    open = { ...name, file, offset: end.offset, chain: end.chain, allocated: end.offset };
  }
  return { log: replay.finish(segments.at(-1)!.path), segment: open!, cutBytes };
}

/** Returns where the valid records end. */
function replaySegment(
  bytes: Uint8Array,
  { path }: SegmentName,
  context: { replay: Replay; before: SegmentEnd | undefined; isLast: boolean },
): { offset: number; chain: number } {
  const magic = segmentMagic.every((byte, at) => bytes[at] === byte);
  if (!magic) throw WalError.corrupt(path, 0, 'it does not begin as a log segment does');
  let offset = segmentMagic.length;
  let chain = 0;
  let isHeader = true;
  for (;;) {
    const record = findRecord(bytes, offset, chain);
    if (record === undefined) break;
    let items: Item[];
    try {
      items = readItems(bytes.subarray(record.start, record.end));
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      throw WalError.corrupt(
        path,
        offset,
        `a record with a valid sum does not decode (${error.message})`,
      );
    }
    for (const item of items) {
      if (item.kind === 'link' && isHeader) {
        const { before } = context;
        if (before !== undefined && before.chain !== item.previousChain) {
          throw WalError.corrupt(
            before.path,
            before.offset,
            `more records stood here before ${path}`,
          );
        }
      }
      context.replay.take(item, { path, offset });
    }
    isHeader = false;
    offset = record.next;
    chain = record.crc;
  }
  if (isHeader) throw WalError.corrupt(path, offset, 'its first record is damaged');
  if (context.isLast) {
    const later = findLaterRecord(bytes, offset, chain);
    if (later !== undefined) {
      throw WalError.corrupt(path, offset, `valid records follow from byte ${later} on`);
    }
  }
  return { offset, chain };
}

function countUsed(bytes: Uint8Array, from: number): number {
  let end = bytes.length;
  while (end > from && bytes[end - 1] === 0) end--;
  return end - from;
}

interface Replay {
  take(item: Item, where: { path: string; offset: number }): void;
  finish(path: string): RecoveredLog;
}

function createReplay(expected: LogIdentity): Replay {
  let base: SnapshotMeta | undefined;
  let hardState: HardState = { term: 0, vote: 0, commit: 0 };
  /** The entries follow this index. */
  let start: LogIndex | undefined;
  let entries: Entry[] = [];

  const dropUpTo = (index: LogIndex) => {
    if (start === undefined || index <= start) return;
    entries.splice(0, index - start);
    start = index;
  };

  const takeEntries = (added: readonly Entry[], where: { path: string; offset: number }) => {
    const first = added[0]?.index;
    if (first === undefined) return;
    start ??= first - 1;
    if (first > start + entries.length + 1) {
      const last = start + entries.length;
      throw WalError.corrupt(where.path, where.offset, `entry ${first} follows entry ${last}`);
    }
    // A later leader's entries replace those that were never committed.
    if (first <= start) {
      start = first - 1;
      entries = [];
    } else {
      entries.length = first - start - 1;
    }
    for (const entry of added) entries.push(entry);
  };

  return {
    take(item, where) {
      switch (item.kind) {
        case 'identity':
          if (
            item.identity.clusterId !== expected.clusterId ||
            item.identity.memberId !== expected.memberId
          ) {
            throw WalError.wrongFolder(where.path, item.identity, expected);
          }
          return;
        case 'link':
          // Entries up to there stand in older segments, which may be gone.
          start ??= item.lastIndex;
          return;
        case 'hard-state':
          hardState = item.hardState;
          return;
        case 'entries':
          takeEntries(item.entries, where);
          return;
        case 'replace':
          base = item.snapshot;
          start = item.snapshot.index;
          entries = [];
          return;
        case 'base':
          base = item.snapshot;
          dropUpTo(item.snapshot.index);
          return;
        default:
          item satisfies never;
      }
    },
    finish(path) {
      if (base === undefined || start === undefined) {
        throw WalError.corrupt(path, 0, 'it does not say where the log begins');
      }
      if (base.index < start) {
        throw WalError.corrupt(path, 0, `entries from ${base.index + 1} to ${start} are missing`);
      }
      dropUpTo(base.index);
      return { base, hardState, entries };
    },
  };
}
