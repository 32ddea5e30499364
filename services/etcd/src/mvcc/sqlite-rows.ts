/**
 * How a revision lies in the database, and how many of them are read at once.
 *
 * 1. A row is `main, sub, head, rest`. `head` is a checksum of what follows in it; main, 2 x sub + 1 for a
 *    tombstone, the lease, the length of `rest` and that of the prefix, all as varints; a checksum of
 *    `rest`; and then the prefix: what stands before the value in the encoded KeyValue. `rest` is what
 *    follows. Prefix and rest are the KeyValue, byte for byte.
 * 2. A head says everything that the key index needs, and rows say themselves where they end. So
 *    SQLite strings thousands together and hands them over as one block: a row at a time costs
 *    five times as much (docs/internals/etcd-store.md has the figures).
 * 3. Nothing is answered from a row whose checksums (CRC-32C) do not hold.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { crc32c } from '../wal/crc32c.ts';
import type { Row } from './backend.ts';
import { Version } from './version.ts';

const valueTag = 0x2a;
const leaseTag = 0x30;

export interface Cursor {
  readonly main: number;
  readonly sub: number;
}

export interface SplitRow {
  readonly head: Uint8Array;
  readonly rest: Uint8Array;
}

/** Bytes of a checksum. */
const sumBytes = 4;

/** The database is not what was written. */
export class DamagedRowError extends Error {
  override readonly name = 'DamagedRowError';

  constructor(finding = 'a row does not have its checksum') {
    super(
      `${finding}: the database is damaged. Remove this member from the cluster, delete its folder and add it again`,
    );
  }
}

/** SQLite's primary result codes for a file that is damaged, or none of its own. */
const sqliteDamage: readonly number[] = [11, 26];

export function isDamage(error: unknown): boolean {
  if (error instanceof DamagedRowError) return true;
  const { errcode = 0 } = error as { errcode?: number };
  return sqliteDamage.includes(errcode & 0xff);
}

let scratch = Buffer.allocUnsafeSlow(4 * 1024);

/** Valid until the next call. */
export function splitRow(row: Omit<Row, 'encoded'>, kv: Uint8Array): SplitRow {
  const { split, lease } = findSplit(kv);
  const sizeMax = split + 2 * sumBytes + 5 * 10;
  if (sizeMax > scratch.length) scratch = Buffer.allocUnsafeSlow(sizeMax * 2);
  const rest = kv.subarray(split);
  let at = writeNumber(row.main, sumBytes);
  at = writeNumber(row.sub * 2 + (row.tombstone ? 1 : 0), at);
  if (lease.length === 0) scratch[at++] = 0;
  else {
    scratch.set(lease, at);
    at += lease.length;
  }
  at = writeNumber(kv.length - split, at);
  at = writeNumber(split, at);
  at = scratch.writeUInt32LE(crc32c(0, rest), at);
  scratch.set(kv.subarray(0, split), at);
  at += split;
  scratch.writeUInt32LE(crc32c(0, scratch, sumBytes, at), 0);
  return { head: scratch.subarray(0, at), rest };
}

function writeNumber(value: number, at: number): number {
  while (value >= 0x80) {
    scratch[at++] = (value % 0x80) | 0x80;
    value = Math.floor(value / 0x80);
  }
  scratch[at++] = value;
  return at;
}

/** Where the value or the lease begins in a KeyValue, and the bytes of the lease's varint. */
function findSplit(kv: Uint8Array): { split: number; lease: Uint8Array } {
  const reader = new BlockReader(kv);
  let split = kv.length;
  let lease = kv.subarray(0, 0);
  while (reader.at < kv.length) {
    const begin = reader.at;
    const tag = reader.number();
    if ((tag === valueTag || tag === leaseTag) && split === kv.length) split = begin;
    if ((tag & 7) === 2) {
      const length = reader.number();
      reader.at += length;
    } else {
      const from = reader.at;
      reader.skipNumber();
      if (tag === leaseTag) lease = kv.subarray(from, reader.at);
    }
  }
  return { split, lease };
}

/** Reads varints from a block of bytes. */
class BlockReader {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  number(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.at++]!;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let unit = 0x80;
    do {
      byte = bytes[this.at++]!;
      value += (byte & 0x7f) * unit;
      unit *= 0x80;
    } while (byte >= 0x80);
    return value;
  }

  skipNumber(): void {
    while (this.#bytes[this.at++]! >= 0x80);
  }

  lease(): bigint {
    if (this.#bytes[this.at] === 0) {
      this.at++;
      return 0n;
    }
    let value = 0n;
    let shift = 0n;
    let byte: number;
    do {
      byte = this.#bytes[this.at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
    } while (byte >= 0x80);
    return BigInt.asIntN(64, value);
  }
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** What a head says; `prefix` is where the KeyValue begins in the block, `end` where the head ends. */
interface Head {
  readonly main: number;
  readonly sub: number;
  readonly tombstone: boolean;
  readonly lease: bigint;
  readonly restLength: number;
  readonly restSum: number;
  readonly prefix: number;
  readonly end: number;
}

/** @throws DamagedRowError */
function readHead(block: Buffer, reader: BlockReader): Head {
  const start = reader.at;
  if (start + sumBytes > block.length) throw new DamagedRowError();
  reader.at += sumBytes;
  const main = reader.number();
  const position = reader.number();
  const lease = reader.lease();
  const restLength = reader.number();
  const prefixLength = reader.number();
  const prefix = reader.at + sumBytes;
  const end = prefix + prefixLength;
  // Also when a length is damaged, or undefined behind the end of the block.
  if (!(end <= block.length)) throw new DamagedRowError();
  const sum = crc32c(0, block, start + sumBytes, end);
  if (sum !== block.readUInt32LE(start)) throw new DamagedRowError();
  const restSum = block.readUInt32LE(reader.at);
  const sub = Math.floor(position / 2);
  reader.at = prefix;
  return { main, sub, tombstone: position % 2 === 1, lease, restLength, restSum, prefix, end };
}

/** Whole rows, one after another. @throws DamagedRowError */
function unpackWhole(block: Buffer): Row[] {
  const reader = new BlockReader(block);
  const rows: Row[] = [];
  while (reader.at < block.length) {
    const { main, sub, tombstone, restLength, restSum, prefix, end } = readHead(block, reader);
    const rowEnd = end + restLength;
    if (rowEnd > block.length || crc32c(0, block, end, rowEnd) !== restSum) {
      throw new DamagedRowError();
    }
    rows.push({ main, sub, tombstone, encoded: block.toString('latin1', prefix, rowEnd) });
    reader.at = rowEnd;
  }
  return rows;
}

/** Heads, one after another. @throws DamagedRowError */
function unpackHeads(block: Buffer): Version[] {
  const reader = new BlockReader(block);
  const loaded: Version[] = [];
  while (reader.at < block.length) {
    const { main, sub, tombstone, lease, end } = readHead(block, reader);
    let key = '';
    let createRevision = 0;
    let version = 0;
    while (reader.at < end) {
      const tag = reader.number();
      if (tag === 0x0a) {
        const length = reader.number();
        key = block.toString('latin1', reader.at, reader.at + length);
        reader.at += length;
      } else {
        const value = reader.number();
        if (tag === 0x10) createRevision = value;
        else if (tag === 0x20) version = value;
      }
    }
    const fields = tombstone
      ? { key, main, sub, createRevision: 0, version: 0, lease: 0n, encoded: undefined }
      : { key, main, sub, createRevision, version, lease, encoded: undefined };
    loaded.push(new Version(fields));
  }
  return loaded;
}

const whole = 'CAST(head AS TEXT) || CAST(rest AS TEXT)';

/** Rows of a block: few enough that the largest of them fit into memory together. */
const rowsMax = 2_000;
const rowsAtFirst = 64;
const blockBytes = 1024 * 1024;

/** Rows of one statement. */
const positionsPerRead = 64;
const placeholders = Array.from({ length: positionsPerRead }, (_, index) =>
  index === 0 ? 'SELECT ? AS main, ? AS sub' : 'SELECT ?, ?',
).join(' UNION ALL ');

/** A connection's reads. */
export interface RowReader {
  read(main: number, sub: number): string | undefined;
  /** In the order of the positions. @throws DamagedRowError when one is not there */
  readMany(positions: readonly Cursor[]): readonly string[];
  /** All rows from a revision on, in order, in blocks. */
  rows(fromMain: number): Iterable<readonly Row[]>;
  /** What the key index needs of all rows, in order, in blocks. */
  versions(): Iterable<readonly Version[]>;
}

export function createRowReader(database: DatabaseSync): RowReader {
  const one = database.prepare(
    `SELECT CAST(${whole} AS BLOB) FROM revision WHERE main = ? AND sub = ?`,
  );
  one.setReturnArrays(true);
  const some = database.prepare(
    `SELECT CAST(group_concat(${whole}, '') AS BLOB) FROM (
       SELECT head, rest FROM (${placeholders}) AS wanted
       JOIN revision ON revision.main = wanted.main AND revision.sub = wanted.sub
     )`,
  );
  some.setReturnArrays(true);
  const readSome = (positions: readonly Cursor[]): readonly string[] => {
    const parameters = positions.flatMap(({ main, sub }) => [main, sub]);
    while (parameters.length < 2 * positionsPerRead) parameters.push(-1, -1);
    const [bytes] = some.get(...parameters) as unknown as [Uint8Array | null];
    const found = new Map<string, string>();
    for (const { main, sub, encoded } of unpackWhole(toBuffer(bytes ?? new Uint8Array(0)))) {
      found.set(`${main}_${sub}`, encoded);
    }
    return positions.map(({ main, sub }) => {
      const encoded = found.get(`${main}_${sub}`);
      if (encoded === undefined) throw new DamagedRowError(`revision ${main}_${sub} is missing`);
      return encoded;
    });
  };
  return {
    readMany: (positions) => {
      const all: string[] = [];
      for (let at = 0; at < positions.length; at += positionsPerRead) {
        all.push(...readSome(positions.slice(at, at + positionsPerRead)));
      }
      return all;
    },
    read: (main, sub) => {
      const found = one.get(main, sub) as unknown as [Uint8Array] | undefined;
      return found === undefined ? undefined : unpackWhole(toBuffer(found[0]))[0]!.encoded;
    },
    rows: (fromMain) =>
      blocks(
        prepareBlock(database, { expression: whole, columns: 'main, sub, head, rest' }),
        { main: fromMain, sub: -1 },
        (block) => {
          const rows = unpackWhole(block);
          return { items: rows, last: rows.at(-1)! };
        },
      ),
    versions: () =>
      blocks(
        prepareBlock(database, { expression: 'CAST(head AS TEXT)', columns: 'main, sub, head' }),
        { main: 0, sub: -1 },
        (block) => {
          const items = unpackHeads(block);
          return { items, last: items.at(-1)! };
        },
      ),
  };
}

function prepareBlock(
  database: DatabaseSync,
  { expression, columns }: { expression: string; columns: string },
): StatementSync {
  const statement = database.prepare(
    `SELECT CAST(group_concat(${expression}, '') AS BLOB) FROM (
       SELECT ${columns} FROM revision WHERE (main, sub) > (?, ?) ORDER BY main, sub LIMIT ?
     )`,
  );
  statement.setReturnArrays(true);
  return statement;
}

function* blocks<Item>(
  statement: StatementSync,
  start: Cursor,
  unpack: (block: Buffer) => { items: readonly Item[]; last: Cursor },
): Iterable<readonly Item[]> {
  let after = start;
  let limit = rowsAtFirst;
  for (;;) {
    const [bytes] = statement.get(after.main, after.sub, limit) as unknown as [Uint8Array | null];
    if (bytes === null || bytes.length === 0) return;
    const { items, last } = unpack(toBuffer(bytes));
    yield items;
    after = last;
    // As many as make a block at the size of these, at most four times as many at once.
    const wanted = Math.ceil((items.length * blockBytes) / bytes.length);
    limit = Math.max(1, Math.min(rowsMax, wanted, limit * 4));
  }
}
