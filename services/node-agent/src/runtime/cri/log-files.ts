/**
 * The files of a container's log: the one that is written to, and those that were moved away when they
 * had become large, whose names have the time of that behind the first one's.
 */
import { open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parseLogEntry } from './log-line.ts';

const blockBytes = 64 * 1024;
const newline = 0x0a;

/** Those moved away, oldest first, and then the current one. */
export async function logFiles(path: string): Promise<readonly string[]> {
  return [...(await rotatedFiles(path)), path];
}

/** Oldest first. */
export async function rotatedFiles(path: string): Promise<readonly string[]> {
  const prefix = `${basename(path)}.`;
  const names = await readdir(dirname(path)).catch(() => []);
  return names
    .filter((name) => name.startsWith(prefix) && /^\d{8}-\d{6}/.test(name.slice(prefix.length)))
    .toSorted()
    .map((name) => join(dirname(path), name));
}

export async function removeLog(path: string): Promise<void> {
  for (const file of await logFiles(path)) await rm(file, { force: true });
}

/** Undefined when it is not there. */
export async function openLog(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export interface TailStart {
  /** Where the last lines begin. */
  readonly offset: number;
  /** How many lines of the container there are from there on. */
  readonly lines: number;
}

/** Where the last `wanted` lines of a file begin: an entry that goes on is no line of its own. */
export async function findTail(file: FileHandle, wanted: number): Promise<TailStart> {
  const { size } = await file.stat();
  if (wanted === 0) return { offset: size, lines: 0 };
  let lines = 0;
  let end = size;
  /** The beginning of an entry that continues in what was read before. */
  let rest: Buffer = Buffer.alloc(0);
  while (end > 0) {
    const start = Math.max(0, end - blockBytes);
    const block = Buffer.alloc(end - start);
    await file.read(block, 0, block.length, start);
    let held = Buffer.concat([block, rest]);
    for (;;) {
      // The entry behind the last end of a line but one.
      const body = held.at(-1) === newline ? held.length - 1 : held.length;
      const from = body === 0 ? -1 : held.lastIndexOf(newline, body - 1);
      if (from < 0 && start > 0) break;
      const entry = parseLogEntry(held.subarray(from + 1, body));
      if (entry !== undefined && !entry.isPartial) {
        if (lines === wanted) return { offset: start + held.length, lines };
        lines += 1;
      }
      if (from < 0) break;
      held = held.subarray(0, from + 1);
    }
    rest = held;
    end = start;
  }
  return { offset: 0, lines };
}
