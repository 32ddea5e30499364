/**
 * The tables of the database, and the way of older ones to them.
 *
 * Free pages are given back a few at a time (`auto_vacuum = INCREMENTAL`), so that a defragmentation can be
 * cut into slices.
 */
import { DatabaseSync } from 'node:sqlite';
import { splitRow } from './sqlite-rows.ts';

const incremental = 2;

const tables = `
  CREATE TABLE IF NOT EXISTS revision (
    main INTEGER NOT NULL,
    sub INTEGER NOT NULL,
    head BLOB NOT NULL,
    rest BLOB NOT NULL,
    PRIMARY KEY (main, sub)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS value (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS applied (one INTEGER PRIMARY KEY CHECK (one = 1), entry INTEGER NOT NULL);
  INSERT OR IGNORE INTO applied VALUES (1, 0);
`;

/** For the one connection that writes. */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec(`
    PRAGMA auto_vacuum = INCREMENTAL;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA cache_size = -16000;
    PRAGMA journal_size_limit = 67108864;
  `);
  const columns = database.prepare('PRAGMA table_info(revision)').all();
  if (columns.some((column) => column['name'] === 'kv')) splitRows(database);
  else database.exec(tables);
  const { auto_vacuum: mode } = database.prepare('PRAGMA auto_vacuum').get()!;
  // Only a rewrite of the file changes it.
  if (mode !== incremental) database.exec('VACUUM');
  return database;
}

/** The first schema held each KeyValue in one piece. All or nothing: a crash leaves the old table. */
function splitRows(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE; ALTER TABLE revision RENAME TO whole');
  database.exec(tables);
  const insert = database.prepare('INSERT INTO revision VALUES (?, ?, ?, ?)');
  const whole = database.prepare('SELECT main, sub, tombstone, kv FROM whole ORDER BY main, sub');
  whole.setReturnArrays(true);
  const rows = whole.iterate() as unknown as Iterable<[number, number, number, Uint8Array]>;
  for (const [main, sub, tombstone, kv] of rows) {
    const { head, rest } = splitRow({ main, sub, tombstone: tombstone === 1 }, kv);
    insert.run(main, sub, head, rest);
  }
  database.exec('DROP TABLE whole; COMMIT');
}
