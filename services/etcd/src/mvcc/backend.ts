/**
 * Where revisions rest: an ordered table of (main, sub) to encoded KeyValue, and a few named values.
 *
 * 1. A batch is one transaction. Batches are committed in the order of `write`.
 * 2. `read` and `scan` see committed batches only; whoever writes keeps the rest in memory until
 *    `onCommitted` names it.
 * 3. What is committed survives SIGKILL; after `sync` also a power loss.
 * 4. A backend that cannot write fails for good: `onFailure` is called once, nothing is committed any
 *    more.
 */
import type { ByteString } from './version.ts';

export interface Row {
  readonly main: number;
  readonly sub: number;
  readonly tombstone: boolean;
  /** The KeyValue; of a tombstone only its key. */
  readonly encoded: ByteString;
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
  /** All rows in order, starting at `main`. */
  scan(fromMain: number): Iterable<Row>;
  read(main: number, sub: number): ByteString | undefined;
  write(batch: Batch): void;
  /** Resolves when everything written before the call is committed and synced to the medium. */
  sync(): Promise<void>;
  /** Gives free space back to the file system. */
  defragment(): Promise<void>;
  /** A copy of the committed state, taken after everything written before the call. */
  snapshot(): Promise<BackendSnapshot>;
  /** Replaces everything. Uncommitted batches are forgotten. */
  install(body: AsyncIterable<Uint8Array>): Promise<void>;
  /** Sets the one listener. */
  listen(events: BackendEvents): void;
}
