/**
 * The thread that owns the database: it commits one batch after another and never blocks the members'
 * thread with a disk. After the first failed commit it commits nothing more.
 *
 * Commits are not synced one by one (`synchronous = NORMAL`): the Raft log covers what a power loss
 * takes. `sync` makes all of them durable, before the log lets go of its entries.
 *
 * A defragmentation moves a few pages at a time, and takes the orders that wait in between.
 */
import { statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { unpackRows, type Order, type PackedBatch, type Report } from './sqlite-protocol.ts';
import { splitRow } from './sqlite-rows.ts';
import { openDatabase } from './sqlite-schema.ts';

const { path } = workerData as { path: string };
const port = parentPort!;
const report = (message: Report) => port.postMessage(message);

/** 2 MiB: some 10 ms. */
const pagesPerSlice = 512;

function main(): void {
  const database = openDatabase(path);
  const insert = database.prepare('INSERT OR REPLACE INTO revision VALUES (?, ?, ?, ?)');
  const drop = database.prepare('DELETE FROM revision WHERE main = ? AND sub = ?');
  const setValue = database.prepare('INSERT OR REPLACE INTO value VALUES (?, ?)');
  const removeValue = database.prepare('DELETE FROM value WHERE name = ?');
  const setApplied = database.prepare('UPDATE applied SET entry = ?');
  const pages = database.prepare(
    'SELECT (SELECT freelist_count FROM pragma_freelist_count) AS free, (SELECT page_count FROM pragma_page_count) AS count, (SELECT page_size FROM pragma_page_size) AS size',
  );
  const pagesNow = () => pages.get() as { free: number; count: number; size: number };
  let applied = Number(database.prepare('SELECT entry FROM applied').get()!['entry']);

  const size = () => {
    const { free, count, size: pageBytes } = pagesNow();
    // The file itself follows at checkpoints.
    const bytes = Math.max(statSync(path).size, count * pageBytes);
    return { bytes, bytesInUse: (count - free) * pageBytes };
  };
  const transaction = (run: () => void) => {
    database.exec('BEGIN IMMEDIATE');
    run();
    database.exec('COMMIT');
  };
  const commit = (batch: PackedBatch) => {
    transaction(() => {
      unpackRows(batch, (row, kv) => {
        const { head, rest } = splitRow(row, kv);
        insert.run(row.main, row.sub, head, rest);
      });
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
  const defragment = (id: number) => {
    if (pagesNow().free > 0) {
      database.exec(`PRAGMA incremental_vacuum(${pagesPerSlice})`);
      setImmediate(() => guarded({ kind: 'defragment', id }));
      return;
    }
    // Writes the moved pages into the file, and cuts it.
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    report({ kind: 'committed', appliedIndex: applied, ...size() });
    report({ kind: 'done', id });
  };

  const obey = (order: Order) => {
    switch (order.kind) {
      case 'batch':
        return commit(order.batch);
      case 'defragment':
        return defragment(order.id);
      case 'sync':
        sync();
        break;
      case 'flush':
        break;
      case 'close':
        database.close();
        break;
    }
    report({ kind: 'done', id: order.id });
  };

  let ended = false;
  const guarded = (order: Order) => {
    if (ended) return;
    ended = order.kind === 'close';
    try {
      obey(order);
    } catch (error) {
      ended = true;
      const { message, errcode } = error as Error & { errcode?: number };
      report({ kind: 'failed', code: errcode ?? 0, message });
    }
  };
  port.on('message', (order: Order) => {
    guarded(order);
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
