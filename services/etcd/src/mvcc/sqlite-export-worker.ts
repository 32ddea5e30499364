/**
 * A thread that writes the database as a snapshot in etcd's own format, and ends.
 *
 * 1. It reads one state: a transaction on a connection of its own, while the member goes on to commit.
 * 2. It first reports the file as written, so that it can be sent while its checksum is still computed.
 */
import { createHash } from 'node:crypto';
import { readSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { createBboltWriter } from '../bbolt/writer.ts';
import { writeSnapshot } from '../snapshot/export.ts';
import type { ExportOrder, ExportReport } from './sqlite-export-protocol.ts';
import { createRowReader } from './sqlite-rows.ts';
import { toBytes } from './version.ts';

const order = workerData as ExportOrder;
const port = parentPort!;
const report = (message: ExportReport) => port.postMessage(message);

function writeAll(bytes: Uint8Array, offset: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(order.file, bytes, done, bytes.length - done, offset + done);
  }
}

function writeFile(database: DatabaseSync): number {
  let size = 0;
  const writer = createBboltWriter({
    append: (bytes) => {
      writeAll(bytes, size);
      size += bytes.length;
    },
  });
  database.exec('BEGIN');
  const applied = database.prepare('SELECT entry FROM applied').get()!;
  const values = database.prepare('SELECT name, value FROM value').all();
  const appliedIndex = Number(applied['entry']);
  let count = 0;
  writeSnapshot(
    writer,
    {
      ...order.context,
      appliedIndex,
      values: new Map(values.map((row) => [row['name'] as string, row['value'] as Uint8Array])),
    },
    (put) => {
      for (const rows of createRowReader(database).rows(0)) {
        for (const row of rows) put(row, toBytes(row.encoded));
        count += rows.length;
      }
    },
  );
  database.exec('COMMIT');
  const { bytes, metaPages } = writer.finish();
  writeAll(metaPages, 0);
  report({ kind: 'written', appliedIndex, revisions: count, bytes });
  return bytes;
}

const partBytes = 1024 * 1024;

function hashFile(bytes: number): Uint8Array {
  const hash = createHash('sha256');
  const part = Buffer.allocUnsafeSlow(partBytes);
  for (let offset = 0; offset < bytes;) {
    const count = readSync(order.file, part, 0, partBytes, offset);
    if (count === 0) throw new Error('the snapshot became shorter while it was read');
    hash.update(part.subarray(0, count));
    offset += count;
  }
  return hash.digest();
}

try {
  const database = new DatabaseSync(order.path, { readOnly: true });
  try {
    const bytes = writeFile(database);
    report({ kind: 'hashed', sha256: hashFile(bytes) });
  } finally {
    database.close();
  }
} catch (error) {
  report({ kind: 'failed', message: (error as Error).message });
}
