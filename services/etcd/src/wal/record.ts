/**
 * How a batch stands in a segment.
 *
 *   record = length (u32) items crc (u32)        items = { kind (byte) body }
 *
 * 1. A batch is one record: written with one write, synced with one sync, and valid or not as a
 *    whole. A batch is written only after the one before it is durable; hence a valid record that
 *    follows a damaged one proves that the damaged one had been durable.
 * 2. The CRC covers length and items and continues from the CRC of the record before, so a record
 *    counts only in its place. It stands at the end, where a search for later records finds the
 *    start of the next one's chain right before it.
 * 3. A length of 0 is what preallocated space reads as: the end.
 */
import { ByteReader, CodecError, type ByteWriter } from '../raft/bytes.ts';
import {
  readEntries,
  readHardState,
  readSnapshotMeta,
  writeEntry,
  writeHardState,
  writeSnapshotMeta,
} from '../raft/codec.ts';
import type { Entry, HardState, LogIndex, SnapshotMeta } from '../raft/types.ts';
import { crc32c } from './crc32c.ts';

const recordOverheadBytes = 8;

/** Who the log belongs to. */
export interface LogIdentity {
  readonly clusterId: bigint;
  readonly memberId: number;
}

/** What one call of the replica wants durable. */
export interface WalBatch {
  /** Reported back when the batch is durable. */
  readonly sequence: number;
  /** A snapshot that replaces the whole log. */
  readonly snapshot: SnapshotMeta | undefined;
  readonly hardState: HardState | undefined;
  readonly entries: readonly Entry[];
}

export type Item =
  | { readonly kind: 'identity'; readonly identity: LogIdentity }
  /** Opens a segment: what the one before it ended with. */
  | { readonly kind: 'link'; readonly lastIndex: LogIndex; readonly previousChain: number }
  | { readonly kind: 'hard-state'; readonly hardState: HardState }
  | { readonly kind: 'entries'; readonly entries: readonly Entry[] }
  /** The log starts anew after a received snapshot. */
  | { readonly kind: 'replace'; readonly snapshot: SnapshotMeta }
  /** The state machine holds everything up to here durably; the log goes on after it. */
  | { readonly kind: 'base'; readonly snapshot: SnapshotMeta };

const numbers = { identity: 1, 'hard-state': 2, entries: 3, replace: 4, base: 5, link: 6 } as const;

export function writeItem(writer: ByteWriter, item: Item): void {
  writer.byte(numbers[item.kind]);
  switch (item.kind) {
    case 'identity': {
      const { clusterId, memberId } = item.identity;
      writer.varint(Number(clusterId >> 32n));
      writer.varint(Number(clusterId & 0xffffffffn));
      writer.varint(memberId);
      return;
    }
    case 'link':
      writer.varint(item.lastIndex);
      writer.varint(item.previousChain);
      return;
    case 'hard-state':
      writeHardState(writer, item.hardState);
      return;
    case 'entries':
      writer.varint(item.entries[0]!.index);
      writer.varint(item.entries.length);
      for (const entry of item.entries) writeEntry(writer, entry);
      return;
    case 'replace':
    case 'base':
      writeSnapshotMeta(writer, item.snapshot);
      return;
    default:
      item satisfies never;
  }
}

/** Throws CodecError for what no version wrote. */
export function readItems(bytes: Uint8Array): Item[] {
  const reader = new ByteReader(bytes);
  const items: Item[] = [];
  while (reader.remaining > 0) items.push(readItem(reader));
  return items;
}

function readItem(reader: ByteReader): Item {
  const number = reader.byte();
  switch (number) {
    case numbers.identity: {
      const high = BigInt(reader.varint());
      const low = BigInt(reader.varint());
      return {
        kind: 'identity',
        identity: { clusterId: (high << 32n) | low, memberId: reader.varint() },
      };
    }
    case numbers.link: {
      const lastIndex = reader.varint();
      return { kind: 'link', lastIndex, previousChain: reader.varint() };
    }
    case numbers['hard-state']:
      return { kind: 'hard-state', hardState: readHardState(reader) };
    case numbers.entries: {
      const first = reader.varint();
      return { kind: 'entries', entries: readEntries(reader, first) };
    }
    case numbers.replace:
      return { kind: 'replace', snapshot: readSnapshotMeta(reader) };
    case numbers.base:
      return { kind: 'base', snapshot: readSnapshotMeta(reader) };
    default:
      throw new CodecError(`no item has the kind ${number}`);
  }
}

/** Leaves room for the length; `endRecord` fills it in. The writer is empty. */
export function beginRecord(writer: ByteWriter): void {
  writer.reset();
  writer.skip(4);
}

/** Returns the new end of the chain. */
export function endRecord(writer: ByteWriter, chain: number): number {
  writer.setUint32(0, writer.length - 4);
  const crc = crc32c(chain, writer.view());
  writer.uint32(crc);
  return crc;
}

export interface RecordBounds {
  /** Of the items. */
  readonly start: number;
  readonly end: number;
  /** Where the next record stands, and what its chain starts from. */
  readonly next: number;
  readonly crc: number;
}

/** The record at `at`, if a whole and valid one stands there. */
export function findRecord(bytes: Uint8Array, at: number, chain: number): RecordBounds | undefined {
  if (at + recordOverheadBytes > bytes.length) return undefined;
  const length = readUint32(bytes, at);
  const end = at + 4 + length;
  if (length === 0 || end + 4 > bytes.length) return undefined;
  const crc = readUint32(bytes, end);
  if (crc32c(chain, bytes, at, end) !== crc) return undefined;
  return { start: at + 4, end, next: end + 4, crc };
}

/**
 * Where a valid record stands after `at`, where none does. Its chain starts from the four bytes before
 * it, whatever happened to the record that they end; or, if those four bytes are what is damaged, from
 * the sum that should stand there.
 */
export function findLaterRecord(bytes: Uint8Array, at: number, chain: number): number | undefined {
  if (at + recordOverheadBytes > bytes.length) return undefined;
  const end = at + 4 + readUint32(bytes, at);
  if (end + 4 <= bytes.length) {
    const next = findRecord(bytes, end + 4, crc32c(chain, bytes, at, end));
    if (next !== undefined) return end + 4;
  }
  let last = bytes.length;
  while (last > at && bytes[last - 1] === 0) last--;
  for (let start = at + 4; start < last; start++) {
    if (findRecord(bytes, start, readUint32(bytes, start - 4)) !== undefined) return start;
  }
  return undefined;
}

function readUint32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
  );
}
