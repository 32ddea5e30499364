/**
 * Where revisions rest: an ordered table of (main, sub) to encoded KeyValue, and a few named values.
 *
 * 1. A batch is one transaction. Batches are committed in the order of `write`.
 * 2. `read` and `scan` see committed batches only; whoever writes keeps the rest in memory until
 *    `onCommitted` names it.
 * 3. What is committed survives SIGKILL; after `sync` also a power loss.
 * 4. Copies and checksums are of one committed state, and hold up no batch.
 * 5. A backend that cannot write fails for good: `onFailure` is called once, nothing is committed any
 *    more.
 */
import type { ByteString, Version } from './version.ts';

/** The compacted revision of a store that never was: a compaction at 0 is one, as in the original. */
export const neverCompacted = -1;

export interface Row {
  readonly main: number;
  readonly sub: number;
  readonly tombstone: boolean;
  /** The KeyValue; of a tombstone only its key. */
  readonly encoded: ByteString;
}

/** The checksum of a history, as HashKV answers it. */
export interface HistoryHash {
  readonly hash: number;
  readonly compactRevision: number;
  /** The revision up to which it was taken. */
  readonly revision: number;
}

export interface Batch {
  /** The last log entry that the batch reflects; kept as the consistent index. */
  readonly appliedIndex: number;
  readonly rows: readonly Row[];
  /** Rows that compaction forgets: main and sub, alternating. */
  readonly drop: readonly number[];
  /** Named values to set; undefined deletes. */
  readonly values: ReadonlyMap<string, Uint8Array | undefined>;
}

export interface BackendSize {
  readonly bytes: number;
  readonly bytesInUse: number;
}

export interface BackendEvents {
  onCommitted(appliedIndex: number): void;
  onFailure(error: Error): void;
}

export interface BackendSnapshot {
  readonly appliedIndex: number;
  readonly bytes: number;
  readonly body: AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

export interface Backend extends AsyncDisposable {
  readonly size: BackendSize;
  /** Of the last committed batch. */
  readonly appliedIndex: number;
  values(): ReadonlyMap<string, Uint8Array>;
  /** All rows in order, starting at `main`, in blocks; what is written meanwhile may be among them. */
  scan(fromMain: number): Iterable<readonly Row[]>;
  /** All versions in order, without their bytes, in blocks. */
  versions(): Iterable<readonly Version[]>;
  read(main: number, sub: number): ByteString | undefined;
  /** Of all of them, in their order. @throws Error when one is not there: the index names none such */
  readMany(positions: readonly Pick<Row, 'main' | 'sub'>[]): readonly ByteString[];
  write(batch: Batch): void;
  /** Resolves when everything written before the call is committed and synced to the medium. */
  sync(): Promise<void>;
  /** Gives free space back to the file system, in slices between which batches are committed. */
  defragment(): Promise<void>;
  /**
   * The checksum up to `revision` (0: up to the newest; below 0: of nothing, as the original) of a committed state that holds everything written
   * before the call. Undefined when `revision` is compacted by then.
   */
  hash(revision: number): Promise<HistoryHash | undefined>;
  /** Reads everything in the background; `onFailure` is called when it is not what was written. */
  verify(): Promise<void>;
  /** A copy of the committed state, taken after everything written before the call. */
  snapshot(): Promise<BackendSnapshot>;
  /** Replaces everything. Uncommitted batches are forgotten. */
  install(body: AsyncIterable<Uint8Array>): Promise<void>;
  /** Sets the one listener. */
  listen(events: BackendEvents): void;
}
