/**
 * The real backend: SQLite in a thread of its own for writes, a read-only connection here for the few
 * reads that miss the memory, and a thread for each long read. The files sqlite-*.ts are all that know
 * node:sqlite.
 */
import { createReadStream, createWriteStream, openSync, closeSync, fsyncSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pipeline } from 'node:stream/promises';
import { Worker } from 'node:worker_threads';
import type { Backend, BackendEvents, BackendSize } from './backend.ts';
import {
  packBatch,
  type Order,
  type Report,
  type Task,
  type TaskReport,
} from './sqlite-protocol.ts';
import { createRowReader, type RowReader } from './sqlite-rows.ts';

/** SQLite's primary result code for a disk without room. */
const sqliteFull = 13;
/** And for one that must not be written. */
const sqliteReadOnly = 8;

/** The database failed; `code` tells a full disk from the rest. */
class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: 'no-space' | 'io';
  readonly path: string;

  constructor(
    path: string,
    what: { code: number; doing: 'read' | 'written' | 'opened'; message: string },
  ) {
    const full = (what.code & 0xff) === sqliteFull;
    const readOnly = (what.code & 0xff) === sqliteReadOnly;
    const remedy = full
      ? '; free some space on its file system, then start again'
      : readOnly
        ? '; make its file system writable, then start again'
        : '';
    super(`the database ${path} cannot be ${what.doing}: ${what.message}${remedy}`);
    this.code = full ? 'no-space' : 'io';
    this.path = path;
  }
}

/** One life of the database file: a writing thread and a reading connection. */
interface Session {
  readonly appliedIndex: number;
  readonly reader: DatabaseSync;
  readonly rows: RowReader;
  post(order: Order, transfer?: readonly ArrayBuffer[]): void;
  /** For orders that are answered. */
  ask(make: (id: number) => Order): Promise<void>;
  close(): Promise<void>;
}

interface SessionEvents {
  onCommitted(appliedIndex: number, size: BackendSize): void;
  onFailure(error: DatabaseError): void;
}

async function openSession(path: string, events: SessionEvents): Promise<Session> {
  const worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), {
    workerData: { path },
    name: 'database',
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  });
  const waiting = new Map<number, PromiseWithResolvers<void>>();
  let nextId = 1;
  let failure: DatabaseError | undefined;
  let isOpen = false;
  const opened = Promise.withResolvers<number>();
  const fail = (error: DatabaseError) => {
    failure = error;
    opened.reject(error);
    for (const one of waiting.values()) one.reject(error);
    waiting.clear();
    events.onFailure(error);
  };
  worker.on('message', (report: Report) => {
    if (report.kind === 'opened') {
      events.onCommitted(report.appliedIndex, report);
      isOpen = true;
      opened.resolve(report.appliedIndex);
    } else if (report.kind === 'committed') events.onCommitted(report.appliedIndex, report);
    else if (report.kind === 'failed')
      fail(new DatabaseError(path, { doing: isOpen ? 'written' : 'opened', ...report }));
    else {
      const asked = waiting.get(report.id);
      waiting.delete(report.id);
      asked?.resolve();
    }
  });
  worker.on('error', (error) =>
    fail(new DatabaseError(path, { code: 0, doing: 'written', message: String(error) })),
  );
  const appliedIndex = await opened.promise;

  const reader = new DatabaseSync(path, { readOnly: true });
  const rows = createRowReader(reader);
  const post = (order: Order, transfer: readonly ArrayBuffer[] = []) =>
    worker.postMessage(order, [...transfer]);
  const ask = (make: (id: number) => Order) => {
    if (failure !== undefined) return Promise.reject(failure);
    const id = nextId++;
    const answer = Promise.withResolvers<void>();
    waiting.set(id, answer);
    post(make(id));
    return answer.promise;
  };
  return {
    appliedIndex,
    reader,
    rows,
    post,
    ask,
    close: async () => {
      reader.close();
      if (failure === undefined) await ask((id) => ({ kind: 'close', id }));
      await worker.terminate();
    },
  };
}

/** The folder is made when it is missing. @throws DatabaseError */
export async function createSqliteBackend(path: string): Promise<Backend> {
  await mkdir(dirname(path), { recursive: true });
  let size: BackendSize = { bytes: 0, bytesInUse: 0 };
  let appliedIndex = 0;
  let listener: BackendEvents | undefined;
  const events: SessionEvents = {
    onCommitted: (committed, newSize) => {
      appliedIndex = committed;
      size = { bytes: newSize.bytes, bytesInUse: newSize.bytesInUse };
      listener?.onCommitted(committed);
    },
    onFailure: (error) => listener?.onFailure(error),
  };
  let session = await openSession(path, events);
  let snapshots = 0;
  let isReplaced = false;
  const onDamage = (message: string) =>
    listener?.onFailure(new DatabaseError(path, { code: 0, doing: 'read', message }));
  /** The member must end with the first damage: the next read could be of some that does not show. */
  const guarded = <Result>(read: () => Result): Result => {
    if (isReplaced) throw new Error('the database is being replaced by a snapshot');
    try {
      return read();
    } catch (error) {
      onDamage((error as Error).message);
      throw error;
    }
  };
  const tasks = new Set<Worker>();
  const perform = (task: Task) => runTask(task, { tasks, onDamage });

  return {
    get size() {
      return size;
    },
    get appliedIndex() {
      return appliedIndex;
    },
    values: () => {
      const rows = session.reader.prepare('SELECT name, value FROM value').all();
      return new Map(rows.map((row) => [row['name'] as string, row['value'] as Uint8Array]));
    },
    scan: (fromMain) => session.rows.rows(fromMain),
    versions: () => session.rows.versions(),
    read: (main, sub) => guarded(() => session.rows.read(main, sub)),
    readMany: (positions) => guarded(() => session.rows.readMany(positions)),
    write: (batch) => {
      const packed = packBatch(batch);
      session.post({ kind: 'batch', batch: packed }, [packed.rows]);
    },
    sync: () => session.ask((id) => ({ kind: 'sync', id })),
    defragment: () => session.ask((id) => ({ kind: 'defragment', id })),
    snapshot: async () => {
      const copy = join(dirname(path), `snapshot-${process.pid}-${++snapshots}.db`);
      await rm(copy, { force: true });
      await session.ask((id) => ({ kind: 'flush', id }));
      try {
        await perform({ path, order: { kind: 'copy', to: copy } });
        return {
          appliedIndex: readAppliedIndex(copy),
          bytes: (await stat(copy)).size,
          body: createReadStream(copy, { highWaterMark: 64 * 1024 }) as AsyncIterable<Uint8Array>,
          close: () => rm(copy, { force: true }),
        };
      } catch (error) {
        await rm(copy, { force: true });
        throw error;
      }
    },
    hash: async (revision) => {
      await session.ask((id) => ({ kind: 'flush', id }));
      const report = await perform({ path, order: { kind: 'hash', revision } });
      return report.kind === 'hash' ? report.result : undefined;
    },
    verify: async () => {
      await perform({ path, order: { kind: 'verify' } });
    },
    install: async (body) => {
      const incoming = `${path}.incoming`;
      await pipeline(body, createWriteStream(incoming));
      readAppliedIndex(incoming);
      sync(incoming);
      isReplaced = true;
      await session.close();
      for (const suffix of ['-wal', '-shm']) await rm(path + suffix, { force: true });
      await rename(incoming, path);
      sync(dirname(path));
      session = await openSession(path, events);
      isReplaced = false;
    },
    listen: (one) => {
      listener = one;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(Array.from(tasks, (worker) => worker.terminate()));
      await session.close();
    },
  };
}

interface TaskContext {
  /** Those that run. */
  readonly tasks: Set<Worker>;
  /** Hears of it first when the database is not what was written. */
  readonly onDamage: (message: string) => void;
}

/** In a thread of its own. @throws Error with what went wrong in it */
async function runTask(task: Task, { tasks, onDamage }: TaskContext): Promise<TaskReport> {
  const { promise, resolve, reject } = Promise.withResolvers<TaskReport>();
  const worker = new Worker(new URL('./sqlite-task.ts', import.meta.url), {
    workerData: task,
    name: task.order.kind,
  });
  worker.once('message', resolve);
  worker.once('error', reject);
  tasks.add(worker);
  worker.once('exit', () => {
    tasks.delete(worker);
    reject(new Error(`the thread for a ${task.order.kind} ended early`));
  });
  const report = await promise;
  if (report.kind !== 'failed') return report;
  if (report.isDamage) onDamage(report.message);
  throw new Error(report.message);
}

/** @throws when the file is no database of ours: a damaged snapshot must not replace a good one. */
function readAppliedIndex(path: string): number {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return Number(database.prepare('SELECT entry FROM applied').get()!['entry']);
  } finally {
    database.close();
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
