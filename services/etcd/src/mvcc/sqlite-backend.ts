/**
 * The real backend: SQLite in a thread of its own for writes, and a read-only connection here for the
 * few reads that miss the memory. This file and sqlite-worker.ts are all that know node:sqlite.
 */
import { createReadStream, createWriteStream, openSync, closeSync, fsyncSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { pipeline } from 'node:stream/promises';
import { Worker } from 'node:worker_threads';
import type { Backend, BackendEvents, BackendSize, Row } from './backend.ts';
import { packBatch, type Order, type Report } from './sqlite-protocol.ts';
import { toByteString } from './version.ts';

/** SQLite's primary result code for a disk without room. */
const sqliteFull = 13;

/** The database failed; `code` tells a full disk from the rest. */
class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: 'no-space' | 'io';
  readonly path: string;

  constructor(path: string, sqliteCode: number, message: string) {
    const full = (sqliteCode & 0xff) === sqliteFull;
    const remedy = full
      ? 'free some space on its file system, then start again'
      : 'see the message';
    super(`the database ${path} cannot be written: ${message}; ${remedy}`);
    this.code = full ? 'no-space' : 'io';
    this.path = path;
  }
}

/** One life of the database file: a writing thread and a reading connection. */
interface Session {
  readonly appliedIndex: number;
  readonly reader: DatabaseSync;
  readonly readOne: StatementSync;
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
  });
  const waiting = new Map<number, PromiseWithResolvers<void>>();
  let nextId = 1;
  let failure: DatabaseError | undefined;
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
      opened.resolve(report.appliedIndex);
    } else if (report.kind === 'committed') events.onCommitted(report.appliedIndex, report);
    else if (report.kind === 'failed') fail(new DatabaseError(path, report.code, report.message));
    else {
      const asked = waiting.get(report.id);
      waiting.delete(report.id);
      if (report.kind === 'done') asked?.resolve();
      else asked?.reject(new Error(report.message));
    }
  });
  worker.on('error', (error) => fail(new DatabaseError(path, 0, String(error))));
  const appliedIndex = await opened.promise;

  const reader = new DatabaseSync(path, { readOnly: true });
  const readOne = reader.prepare('SELECT kv FROM revision WHERE main = ? AND sub = ?');
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
    readOne,
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
    scan: (fromMain) => scan(session.reader, fromMain),
    read: (main, sub) => {
      const row = session.readOne.get(main, sub);
      return row === undefined ? undefined : toByteString(row['kv'] as Uint8Array);
    },
    write: (batch) => {
      const packed = packBatch(batch);
      session.post({ kind: 'batch', batch: packed }, [packed.rows]);
    },
    sync: () => session.ask((id) => ({ kind: 'sync', id })),
    defragment: () => session.ask((id) => ({ kind: 'defragment', id })),
    snapshot: async () => {
      const copy = join(dirname(path), `snapshot-${process.pid}-${++snapshots}.db`);
      await rm(copy, { force: true });
      await session.ask((id) => ({ kind: 'snapshot', id, path: copy }));
      const { bytes } = { bytes: (await stat(copy)).size };
      return {
        appliedIndex: readAppliedIndex(copy),
        bytes,
        body: createReadStream(copy, { highWaterMark: 64 * 1024 }) as AsyncIterable<Uint8Array>,
        close: () => rm(copy, { force: true }),
      };
    },
    install: async (body) => {
      const incoming = `${path}.incoming`;
      await pipeline(body, createWriteStream(incoming));
      readAppliedIndex(incoming);
      sync(incoming);
      await session.close();
      for (const suffix of ['-wal', '-shm']) await rm(path + suffix, { force: true });
      await rename(incoming, path);
      sync(dirname(path));
      session = await openSession(path, events);
    },
    listen: (one) => {
      listener = one;
    },
    [Symbol.asyncDispose]: () => session.close(),
  };
}

function* scan(reader: DatabaseSync, fromMain: number): Iterable<Row> {
  const statement = reader.prepare(
    'SELECT main, sub, tombstone, kv FROM revision WHERE main >= ? ORDER BY main, sub',
  );
  statement.setReturnArrays(true);
  for (const row of statement.iterate(fromMain) as unknown as Iterable<
    [number, number, number, Uint8Array]
  >) {
    const [main, sub, tombstone, kv] = row;
    yield { main, sub, tombstone: tombstone === 1, encoded: toByteString(kv) };
  }
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
