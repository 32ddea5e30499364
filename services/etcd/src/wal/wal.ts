/**
 * The write-ahead log: what a member promised, durable before it says so.
 *
 * 1. Batches become durable in order, each as a whole.
 * 2. All batches that wait are written with one write and one sync (group commit); meanwhile the
 *    next ones gather.
 * 3. After a failed write or sync nothing is reported durable any more: the state of the disk is
 *    unknown, and a later sync that succeeds proves nothing about earlier writes.
 * 4. A segment is released when a newer one begins after all that the state machine holds durably.
 * 5. Space ahead of the records is filled with zeros, chunk by chunk: a sync that does not change the
 *    file's size takes about half the time (docs/internals/raft.md has the figures).
 */
import type { Clock, Disk } from '@drydock/ports';
import { ByteWriter } from '../raft/bytes.ts';
import type { HardState, LogIndex, SnapshotMeta } from '../raft/types.ts';
import { recover, type RecoveredLog } from './recover.ts';
import { beginRecord, endRecord, writeItem, type LogIdentity, type WalBatch } from './record.ts';
import { createSegment, listSegments, type OpenSegment, type SegmentName } from './segment.ts';

export type { RecoveredLog } from './recover.ts';

export interface WalOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly folder: string;
  readonly identity: LogIdentity;
  /** Where a new log begins; an existing one knows. */
  readonly firstBase: SnapshotMeta;
  readonly segmentBytesMax: number;
  readonly preallocateBytes: number;
  /** Called in order, once for each write, with the newest sequence that it made durable. */
  readonly onDurable: (sequence: number) => void;
  /** Called once. */
  readonly onFailure: (error: Error) => void;
}

/** Throws WalError for a damaged or foreign log, DiskError for a failing disk. */
export async function openWal(
  options: WalOptions,
): Promise<{ wal: Wal; log: RecoveredLog; isNew: boolean; cutBytes: number }> {
  const { disk, folder, identity, firstBase } = options;
  await makeDurableFolder(disk, folder);
  const segments = await listSegments(disk, folder);
  if (segments.length > 0) {
    const { log, segment, cutBytes } = await recover(disk, segments, identity);
    return { wal: new Wal(options, segments, segment, log), log, isNew: false, cutBytes };
  }
  const log: RecoveredLog = {
    base: firstBase,
    hardState: { term: 0, vote: 0, commit: firstBase.index },
    entries: [],
  };
  const segment = await createSegment(disk, folder, 1, {
    identity,
    base: log.base,
    hardState: log.hardState,
    lastIndex: firstBase.index,
    previousChain: 0,
  });
  return { wal: new Wal(options, [segment], segment, log), log, isNew: true, cutBytes: 0 };
}

/** A log whose folder vanishes in a crash would start anew and forget its votes. */
async function makeDurableFolder(disk: Disk, folder: string): Promise<void> {
  await disk.makeDirectory(folder);
  const parts = folder.split('/');
  for (let depth = 0; depth < parts.length; depth++) {
    await disk.syncDirectory(parts.slice(0, depth).join('/'));
  }
}

/** What a header repeats. */
interface LogEnd {
  readonly base: SnapshotMeta;
  readonly hardState: HardState;
  readonly lastIndex: LogIndex;
}

interface Pending {
  readonly writer: ByteWriter;
  sequence: number;
  end: LogEnd;
  waiting: (() => void)[];
}

export class Wal {
  readonly #options: WalOptions;
  /** With the open one, which is the last. */
  #segments: SegmentName[];
  #segment: OpenSegment;
  /** As of the last durable batch. */
  #end: LogEnd;
  #gathering: Pending;
  #writing: Pending | undefined;
  #spare: ByteWriter;
  #flushing: Promise<void> | undefined;
  #failure: Error | undefined;
  #syncs = 0;
  #syncMillis = 0;
  #zeros: Uint8Array;

  constructor(
    options: WalOptions,
    segments: readonly SegmentName[],
    segment: OpenSegment,
    log: RecoveredLog,
  ) {
    this.#options = options;
    this.#segments = [...segments];
    this.#segment = segment;
    const { base, hardState, entries } = log;
    this.#end = { base, hardState, lastIndex: entries.at(-1)?.index ?? base.index };
    this.#gathering = this.#newPending(new ByteWriter(64 * 1024), 0);
    this.#spare = new ByteWriter(64 * 1024);
    this.#zeros = new Uint8Array(options.preallocateBytes);
  }

  /** True when everything appended is durable. */
  get idle(): boolean {
    return this.#flushing === undefined;
  }

  get bytes(): number {
    return (this.#segments.length - 1) * this.#options.segmentBytesMax + this.#segment.offset;
  }

  get syncs(): { readonly count: number; readonly millis: number } {
    return { count: this.#syncs, millis: this.#syncMillis };
  }

  /** Takes the batch at once; `onDurable` tells the rest. */
  append({ sequence, snapshot, hardState, entries }: WalBatch): void {
    const pending = this.#gathering;
    const { writer } = pending;
    let { end } = pending;
    if (snapshot !== undefined) {
      writeItem(writer, { kind: 'replace', snapshot });
      end = { ...end, base: snapshot, lastIndex: snapshot.index };
    }
    if (hardState !== undefined) {
      writeItem(writer, { kind: 'hard-state', hardState });
      end = { ...end, hardState };
    }
    if (entries.length > 0) {
      writeItem(writer, { kind: 'entries', entries });
      end = { ...end, lastIndex: entries.at(-1)!.index };
    }
    pending.end = end;
    pending.sequence = sequence;
    this.#flushSoon();
  }

  /**
   * The state machine holds everything up to `base` durably. Resolves when that is written and the
   * segments that are no longer needed are gone; never rejects: a failure is told by `onFailure`.
   */
  async release(base: SnapshotMeta): Promise<void> {
    if (this.#failure !== undefined) return;
    const pending = this.#gathering;
    writeItem(pending.writer, { kind: 'base', snapshot: base });
    pending.end = { ...pending.end, base };
    const written = new Promise<void>((resolve) => {
      pending.waiting.push(resolve);
    });
    this.#flushSoon();
    await written;
    if (this.#failure === undefined) await this.#removeOldSegments();
  }

  /** Waits for what was appended. Nothing may be appended afterwards. */
  async close(): Promise<void> {
    await this.#flushing;
    // After a failure the disk owes nothing any more, and closing may fail as well.
    if (this.#failure === undefined) await this.#segment.file.close();
    else await this.#segment.file.close().catch(() => undefined);
  }

  #newPending(writer: ByteWriter, sequence: number): Pending {
    beginRecord(writer);
    return { writer, sequence, end: this.#end, waiting: [] };
  }

  #flushSoon(): void {
    if (this.#flushing !== undefined || this.#failure !== undefined) return;
    this.#flushing = this.#flush();
  }

  async #flush(): Promise<void> {
    try {
      while (this.#gathering.writer.length > 4) {
        const pending = this.#gathering;
        this.#gathering = this.#newPending(this.#spare, pending.sequence);
        this.#gathering.end = pending.end;
        this.#writing = pending;
        await this.#writePending(pending);
        this.#spare = pending.writer;
        this.#end = pending.end;
        for (const resolve of pending.waiting) resolve();
        this.#options.onDurable(pending.sequence);
      }
      this.#flushing = undefined;
    } catch (error) {
      this.#failure = error as Error;
      this.#options.onFailure(this.#failure);
      const waiting = [...(this.#writing?.waiting ?? []), ...this.#gathering.waiting];
      for (const resolve of waiting) resolve();
    }
  }

  async #writePending(pending: Pending): Promise<void> {
    const { clock, segmentBytesMax, preallocateBytes } = this.#options;
    if (this.#segment.offset + pending.writer.length > segmentBytesMax) await this.#roll();
    const segment = this.#segment;
    const chain = endRecord(pending.writer, segment.chain);
    const bytes = pending.writer.view();
    await segment.file.write(bytes, segment.offset);
    const end = segment.offset + bytes.length;
    if (end > segment.allocated) {
      if (preallocateBytes > 0) await segment.file.write(this.#zeros, end);
      segment.allocated = end + preallocateBytes;
    }
    const started = clock.now();
    await segment.file.sync();
    this.#syncs++;
    this.#syncMillis += clock.now() - started;
    segment.offset = end;
    segment.chain = chain;
  }

  /** Begins a new segment, unless the open one holds nothing yet. */
  async #roll(): Promise<void> {
    const { disk, folder, identity } = this.#options;
    const old = this.#segment;
    this.#segment = await createSegment(disk, folder, old.sequence + 1, {
      identity,
      ...this.#end,
      previousChain: old.chain,
    });
    this.#segments.push(this.#segment);
    await old.file.close();
  }

  async #removeOldSegments(): Promise<void> {
    const { disk, folder } = this.#options;
    let removed = false;
    try {
      while (
        this.#segments.length > 1 &&
        this.#segments[1]!.lastIndexBefore <= this.#end.base.index
      ) {
        // Oldest first: what is left after a crash is still without a gap.
        await disk.remove(this.#segments.shift()!.path);
        removed = true;
      }
      if (removed) await disk.syncDirectory(folder);
    } catch (error) {
      if (this.#failure !== undefined) return;
      this.#failure = error as Error;
      this.#options.onFailure(this.#failure);
    }
  }
}
