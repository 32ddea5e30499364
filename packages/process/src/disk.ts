/**
 * The real Disk (see @drydock/ports): a folder of the machine's file system.
 *
 * 1. Small writes are made on the calling thread: they end in the page cache within microseconds,
 *    which is less than handing them to another thread takes. Syncs never are.
 * 2. Every failure is a DiskError that names the path and says what the system said.
 */
import {
  close,
  constants,
  fdatasync,
  fstat,
  fsync,
  ftruncate,
  mkdir,
  open,
  read,
  readdir,
  rename,
  rm,
  write,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DiskError, type Disk, type DiskErrorCode, type DiskFile } from '@drydock/ports';

const inlineWriteBytesMax = 64 * 1024;

const codes: Readonly<Record<string, DiskErrorCode>> = {
  ENOENT: 'not-found',
  EEXIST: 'exists',
  ENOSPC: 'no-space',
  EDQUOT: 'no-space',
};

const hints: Readonly<Record<DiskErrorCode, string>> = {
  'not-found': 'the file does not exist',
  exists: 'the file exists already',
  'no-space': 'the disk is full; free some space and start again',
  io: 'the disk failed',
};

function toDiskError(error: unknown, path: string, action: string): DiskError {
  if (error instanceof DiskError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  const kind = codes[code] ?? 'io';
  return new DiskError(kind, path, `cannot ${action} ${path}: ${hints[kind]} (${message})`, error);
}

async function attempt<T>(path: string, action: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toDiskError(error, path, action);
  }
}

const asyncOpen = promisify(open);
const asyncClose = promisify(close);
const asyncRead = promisify(read);
const asyncWrite = promisify(write);

/** Paths are relative to `root`, which must exist. */
export function createSystemDisk(root: string): Disk {
  const openWith = (path: string, flags: number, action: string) =>
    attempt(path, action, async () => systemFile(await asyncOpen(join(root, path), flags), path));

  return {
    create: (path) =>
      openWith(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 'create'),
    open: (path) => openWith(path, constants.O_RDWR, 'open'),
    list: (folder) =>
      attempt(folder, 'list', async () => {
        try {
          return (await promisify(readdir)(join(root, folder))).sort();
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
          throw error;
        }
      }),
    makeDirectory: (folder) =>
      attempt(folder, 'make the folder', async () => {
        await promisify(mkdir)(join(root, folder), { recursive: true });
      }),
    rename: (from, to) =>
      attempt(from, 'rename', () => promisify(rename)(join(root, from), join(root, to))),
    remove: (path) =>
      attempt(path, 'remove', () => promisify(rm)(join(root, path), { force: true })),
    syncDirectory: (folder) =>
      attempt(folder, 'sync the folder', async () => {
        const descriptor = await asyncOpen(join(root, folder), constants.O_RDONLY);
        try {
          await promisify(fsync)(descriptor);
        } finally {
          await asyncClose(descriptor);
        }
      }),
  };
}

function systemFile(descriptor: number, path: string): DiskFile {
  const sync = promisify(fdatasync);
  return {
    size: () => attempt(path, 'inspect', async () => (await promisify(fstat)(descriptor)).size),
    write: (bytes, offset) =>
      attempt(path, 'write', async () => {
        let done = 0;
        while (done < bytes.length) {
          const left = bytes.length - done;
          if (left <= inlineWriteBytesMax) {
            done += writeSync(descriptor, bytes, done, left, offset + done);
          } else {
            const { bytesWritten } = await asyncWrite(descriptor, bytes, done, left, offset + done);
            done += bytesWritten;
          }
        }
      }),
    read: (offset, length) =>
      attempt(path, 'read', async () => {
        const bytes = new Uint8Array(length);
        let done = 0;
        while (done < length) {
          const { bytesRead } = await asyncRead(
            descriptor,
            bytes,
            done,
            length - done,
            offset + done,
          );
          if (bytesRead === 0) break;
          done += bytesRead;
        }
        return bytes.subarray(0, done);
      }),
    truncate: (size) =>
      attempt(path, 'truncate', async () => {
        await promisify(ftruncate)(descriptor, size);
      }),
    sync: () => attempt(path, 'sync', () => sync(descriptor)),
    close: () => attempt(path, 'close', () => asyncClose(descriptor)),
  };
}
