/**
 * A thread for one long read of the database: a copy, a checksum, or a look at all of it. It reads one
 * committed state through a connection of its own, while the writer goes on.
 */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { neverCompacted, type HistoryHash } from './backend.ts';
import { hashHistory } from './hash.ts';
import type { Task, TaskReport } from './sqlite-protocol.ts';
import { createRowReader, DamagedRowError, isDamage } from './sqlite-rows.ts';

function numberOf(database: DatabaseSync, name: string, otherwise: number): number {
  const row = database.prepare('SELECT value FROM value WHERE name = ?').get(name);
  return row === undefined ? otherwise : Number(Buffer.from(row['value'] as Uint8Array).toString());
}

function hash(database: DatabaseSync, asked: number): HistoryHash | undefined {
  database.exec('BEGIN');
  const newest = numberOf(database, 'revision', 1);
  const compactRevision = numberOf(database, 'compact-revision', neverCompacted);
  if (asked > 0 && asked < compactRevision) return undefined;
  const finishedCompactRevision = numberOf(database, 'finished-compact-revision', neverCompacted);
  const reader = createRowReader(database);
  const history = { rows: () => reader.rows(0), versions: () => reader.versions() };
  const range = {
    revision: asked === 0 ? newest : asked,
    compactRevision,
    finishedCompactRevision,
  };
  const revision = asked > 0 ? asked : newest;
  return { revision, compactRevision, hash: hashHistory(history, range) };
}

/** Reads everything once: rows. @throws DamagedRowError, or Error for a file that is no database any more */
function verify(database: DatabaseSync): number {
  let count = 0;
  for (const rows of createRowReader(database).rows(0)) count += rows.length;
  const { quick_check: result } = database.prepare('PRAGMA quick_check(1)').get()!;
  if (result !== 'ok') throw new DamagedRowError(String(result));
  return count;
}

function perform({ path, order }: Task): TaskReport {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    if (order.kind === 'hash') return { kind: 'hash', result: hash(database, order.revision) };
    if (order.kind === 'verify') return { kind: 'verified', rows: verify(database) };
    // Whoever receives the copy syncs it; here it must not hold up the disk.
    database.exec('PRAGMA synchronous = OFF');
    database.prepare('VACUUM INTO ?').run(order.to);
    return { kind: 'copied' };
  } finally {
    database.close();
  }
}

const port = parentPort!;
const report = (message: TaskReport) => port.postMessage(message);

try {
  report(perform(workerData as Task));
} catch (error) {
  const { message } = error as Error;
  report({ kind: 'failed', isDamage: isDamage(error), message });
}
