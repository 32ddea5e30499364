/**
 * Files, as much of them as a log and a snapshot need. The simulated twin can crash, forget what was
 * not synced, tear writes and be slow, so every durability point is explicit here.
 *
 * 1. Written bytes are durable only after `sync` of their file resolves.
 * 2. A created, renamed or removed name is durable only after `syncDirectory` of its folder resolves.
 * 3. Paths are relative to the disk's root and use `/`.
 */

export interface DiskFile {
  /** Bytes in the file. */
  size(): Promise<number>;
  /** Writes all of `bytes` at the byte offset, extending the file as needed. */
  write(bytes: Uint8Array, offset: number): Promise<void>;
  /** Reads up to `length` bytes; shorter only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
  truncate(size: number): Promise<void>;
  /** Resolves once everything written before the call is durable (fdatasync). */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface Disk {
  /** `create` makes an empty file and fails if it exists; `open` fails if it does not exist. */
  create(path: string): Promise<DiskFile>;
  open(path: string): Promise<DiskFile>;
  /** Names in a folder, sorted; empty when the folder does not exist. */
  list(folder: string): Promise<string[]>;
  makeDirectory(folder: string): Promise<void>;
  /** Atomic within one file system; replaces the target. */
  rename(from: string, to: string): Promise<void>;
  /** No error when the file does not exist. */
  remove(path: string): Promise<void>;
  syncDirectory(folder: string): Promise<void>;
}

/** An operational failure of a disk; `code` is stable, `path` says where. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  readonly code: DiskErrorCode;
  readonly path: string;

  constructor(code: DiskErrorCode, path: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.path = path;
  }
}

export type DiskErrorCode = 'not-found' | 'exists' | 'no-space' | 'io';
