/**
 * A lock that ends with its holder, however that ends: SQLite's exclusive lock of a file, which is the
 * kernel's (node:sqlite brings the only one that Node.js has).
 */
import { DatabaseSync } from 'node:sqlite';

const sqliteBusy = 5;

/** Undefined when another process holds it. @throws Error when the file cannot be locked at all */
export function lockFile(path: string): Disposable | undefined {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === sqliteBusy) return undefined;
    throw error;
  }
  return {
    [Symbol.dispose]: () => {
      database.exec('ROLLBACK');
      database.close();
    },
  };
}
