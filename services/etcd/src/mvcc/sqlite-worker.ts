/**
 * The thread that owns the database: it commits one batch after another and never blocks the members'
 * thread with a disk. After the first failed commit it commits nothing more.
 *
 * Commits are not synced one by one (`synchronous = NORMAL`): the Raft log covers what a power loss
 * takes. `sync` makes all of them durable, before the log lets go of its entries.
 */
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { unpackRows, type Order, type PackedBatch, type Report } from './sqlite-protocol.ts';

const { path } = workerData as { path: string };
const port = parentPort!;
const report = (message: Report) => port.postMessage(message);

function open() {
  const database = new DatabaseSync(path);
  database.exec(`
    PRAGMA auto_vacuum = NONE;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA cache_size = -16000;
    CREATE TABLE IF NOT EXISTS revision (
      main INTEGER NOT NULL,
      sub INTEGER NOT NULL,
      tombstone INTEGER NOT NULL,
      kv BLOB NOT NULL,
      PRIMARY KEY (main, sub)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS value (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS applied (one INTEGER PRIMARY KEY CHECK (one = 1), entry INTEGER NOT NULL);
    INSERT OR IGNORE INTO applied VALUES (1, 0);
  `);
  return database;
}

function main(): void {
  const database = open();
  const insert = database.prepare('INSERT OR REPLACE INTO revision VALUES (?, ?, ?, ?)');
  const drop = database.prepare('DELETE FROM revision WHERE main = ? AND sub = ?');
  const setValue = database.prepare('INSERT OR REPLACE INTO value VALUES (?, ?)');
  const removeValue = database.prepare('DELETE FROM value WHERE name = ?');
  const setApplied = database.prepare('UPDATE applied SET entry = ?');
  const pages = database.prepare(
    'SELECT (SELECT freelist_count FROM pragma_freelist_count) AS free, (SELECT page_size FROM pragma_page_size) AS size',
  );
  let applied = Number(database.prepare('SELECT entry FROM applied').get()!['entry']);

  const size = () => {
    const { free, size: pageBytes } = pages.get() as { free: number; size: number };
    const { size: bytes } = statSync(path);
    return { bytes, bytesInUse: Math.max(0, bytes - free * pageBytes) };
  };
  const transaction = (run: () => void) => {
    database.exec('BEGIN IMMEDIATE');
    run();
    database.exec('COMMIT');
  };
  const commit = (batch: PackedBatch) => {
    transaction(() => {
      unpackRows(batch, (row, kv) => insert.run(row.main, row.sub, row.tombstone ? 1 : 0, kv));
      for (let index = 0; index < batch.drop.length; index += 2) {
        drop.run(batch.drop[index]!, batch.drop[index + 1]!);
      }
      for (const [name, value] of batch.values) {
        if (value === undefined) removeValue.run(name);
        else setValue.run(name, value);
      }
      setApplied.run(batch.appliedIndex);
    });
    applied = batch.appliedIndex;
    report({ kind: 'committed', appliedIndex: applied, ...size() });
  };
  /** A commit with FULL syncs the write-ahead log of the database, and so all commits before it. */
  const sync = () => {
    database.exec('PRAGMA synchronous = FULL');
    transaction(() => setApplied.run(applied));
    database.exec('PRAGMA synchronous = NORMAL');
  };

  const obey = (order: Order) => {
    switch (order.kind) {
      case 'batch':
        return commit(order.batch);
      case 'sync':
        sync();
        break;
      case 'defragment':
        database.exec('VACUUM');
        report({ kind: 'committed', appliedIndex: applied, ...size() });
        break;
      case 'snapshot':
        database.prepare('VACUUM INTO ?').run(order.path);
        break;
      case 'close':
        database.close();
        break;
    }
    report({ kind: 'done', id: order.id });
  };

  let failed = false;
  port.on('message', (order: Order) => {
    if (failed) return;
    try {
      obey(order);
    } catch (error) {
      const { message, errcode } = error as Error & { errcode?: number };
      // A snapshot goes to a file of its own: without it the store still works.
      if (order.kind === 'snapshot') report({ kind: 'refused', id: order.id, message });
      else {
        failed = true;
        report({ kind: 'failed', code: errcode ?? 0, message });
      }
    }
    if (order.kind === 'close') port.close();
  });
  report({ kind: 'opened', appliedIndex: applied, ...size() });
}

try {
  main();
} catch (error) {
  const { message, errcode } = error as Error & { errcode?: number };
  report({ kind: 'failed', code: errcode ?? 0, message });
}
