/** What the main thread and the threads that use the database say to each other. */
import type { Batch, HistoryHash, Row } from './backend.ts';

export type Order =
  | { kind: 'batch'; batch: PackedBatch }
  | { kind: 'sync'; id: number }
  | { kind: 'defragment'; id: number }
  /** Answered when the batches before it are committed. */
  | { kind: 'flush'; id: number }
  | { kind: 'close'; id: number };

export type Report =
  | { kind: 'opened'; appliedIndex: number; bytes: number; bytesInUse: number }
  | { kind: 'committed'; appliedIndex: number; bytes: number; bytesInUse: number }
  | { kind: 'done'; id: number }
  | { kind: 'failed'; code: number; message: string };

/** What a thread of its own does once. */
export interface Task {
  readonly path: string;
  readonly order:
    | { readonly kind: 'copy'; readonly to: string }
    | { readonly kind: 'hash'; readonly revision: number }
    | { readonly kind: 'verify' };
}

export type TaskReport =
  | { readonly kind: 'copied' }
  | { readonly kind: 'hash'; readonly result: HistoryHash | undefined }
  | { readonly kind: 'verified'; readonly rows: number }
  | { readonly kind: 'failed'; readonly isDamage: boolean; readonly message: string };

/** Rows as one block of bytes, which moves between threads without a copy. */
export interface PackedBatch {
  readonly appliedIndex: number;
  readonly rowCount: number;
  readonly rows: ArrayBuffer;
  readonly drop: readonly number[];
  readonly values: readonly (readonly [string, Uint8Array | undefined])[];
}

/** main (8), sub (4), tombstone (4), length (4), then the bytes. */
const rowHeaderBytes = 20;

export function packBatch(batch: Batch): PackedBatch {
  let size = 0;
  for (const row of batch.rows) size += rowHeaderBytes + row.encoded.length;
  const bytes = Buffer.from(new ArrayBuffer(size));
  let at = 0;
  for (const row of batch.rows) {
    bytes.writeDoubleLE(row.main, at);
    bytes.writeUInt32LE(row.sub, at + 8);
    bytes.writeUInt32LE(row.tombstone ? 1 : 0, at + 12);
    bytes.writeUInt32LE(row.encoded.length, at + 16);
    at += rowHeaderBytes;
    at += bytes.write(row.encoded, at, 'latin1');
  }
  return {
    appliedIndex: batch.appliedIndex,
    rowCount: batch.rows.length,
    rows: bytes.buffer,
    drop: batch.drop,
    values: [...batch.values],
  };
}

export function unpackRows(
  packed: PackedBatch,
  each: (row: Omit<Row, 'encoded'>, kv: Uint8Array) => void,
): void {
  const bytes = Buffer.from(packed.rows);
  let at = 0;
  for (let index = 0; index < packed.rowCount; index++) {
    const main = bytes.readDoubleLE(at);
    const sub = bytes.readUInt32LE(at + 8);
    const tombstone = bytes.readUInt32LE(at + 12) === 1;
    const start = at + rowHeaderBytes;
    at = start + bytes.readUInt32LE(at + 16);
    each({ main, sub, tombstone }, bytes.subarray(start, at));
  }
}
