/**
 * Snapshot files of the database in etcd's own format, made beside the member's thread.
 *
 * 1. One is made at a time, and few wait or are open: each is as large as the database, on the same disk.
 * 2. A file has no name by the time that anything stands in it, so nothing is left of it after a crash.
 */
import { open, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ExportContext, ExportOrder, ExportReport } from './sqlite-export-protocol.ts';

export interface SnapshotFile extends AsyncDisposable {
  /** The last log entry that it reflects. */
  readonly appliedIndex: number;
  readonly revisions: number;
  readonly bytes: number;
  /** Of the whole file; it may come later than the file. */
  readonly sha256: Promise<Uint8Array>;
  /** Exactly these bytes. */
  read(offset: number, length: number): Promise<Buffer>;
}

export interface SnapshotExporter extends AsyncDisposable {
  /**
   * A file of what is committed by the time that its turn comes; undefined when too many are open.
   * @throws Error that says why it cannot be made, as on a full disk
   */
  make(context: ExportContext): Promise<SnapshotFile | undefined>;
}

const openFilesMax = 4;

/** `path` is the database's. */
export function createSnapshotExporter(path: string): SnapshotExporter {
  const closing = new AbortController();
  let openFiles = 0;
  let made = 0;
  let turn: Promise<unknown> = Promise.resolve();

  const makeFile = async (context: ExportContext) => {
    closing.signal.throwIfAborted();
    const name = join(dirname(path), `snapshot-${process.pid}-${++made}.tmp`);
    const file = await openNameless(name);
    try {
      const order: ExportOrder = { path, file: file.fd, context };
      return await runExport(order, file, closing.signal);
    } catch (error) {
      await file.close();
      throw new Error(`cannot make a snapshot of ${path}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  };

  return {
    make: async (context) => {
      if (openFiles >= openFilesMax) return undefined;
      openFiles++;
      const release = () => {
        openFiles--;
      };
      try {
        const making = turn.then(() => makeFile(context));
        turn = making.catch(() => undefined);
        const { close, ...file } = await making;
        return {
          ...file,
          [Symbol.asyncDispose]: async () => {
            release();
            await close();
          },
        };
      } catch (error) {
        release();
        throw error;
      }
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort(new Error('the member stops'));
      await turn;
    },
  };
}

async function openNameless(name: string): Promise<FileHandle> {
  const file = await open(name, 'wx+', 0o600);
  await rm(name);
  return file;
}

/** Resolves when the file is written; its checksum may take longer. */
async function runExport(order: ExportOrder, file: FileHandle, signal: AbortSignal) {
  const written = Promise.withResolvers<Extract<ExportReport, { kind: 'written' }>>();
  const hashed = Promise.withResolvers<Uint8Array>();
  const ended = Promise.withResolvers<void>();
  // Whoever reads the file waits for it; nobody does when it is not wanted any more.
  hashed.promise.catch(() => undefined);
  const fail = (error: Error) => {
    written.reject(error);
    hashed.reject(error);
  };
  const worker = new Worker(new URL('./sqlite-export-worker.ts', import.meta.url), {
    workerData: order,
    name: 'snapshot',
  });
  const stop = () => void worker.terminate();
  signal.addEventListener('abort', stop);
  worker.on('message', (report: ExportReport) => {
    if (report.kind === 'written') written.resolve(report);
    else if (report.kind === 'hashed') hashed.resolve(report.sha256);
    else fail(new Error(report.message));
  });
  worker.on('error', (error) => fail(error as Error));
  worker.on('exit', () => {
    signal.removeEventListener('abort', stop);
    fail(new Error('it was interrupted'));
    ended.resolve();
  });
  const { appliedIndex, revisions, bytes } = await written.promise;
  return {
    appliedIndex,
    revisions,
    bytes,
    sha256: hashed.promise,
    read: async (offset: number, length: number) => {
      const part = Buffer.allocUnsafeSlow(length);
      const { bytesRead } = await file.read(part, 0, length, offset);
      if (bytesRead !== length) throw new Error('a snapshot file is shorter than it was');
      return part;
    },
    /** The thread reads the same open file. */
    close: async () => {
      await worker.terminate();
      await ended.promise;
      await file.close();
    },
  };
}
