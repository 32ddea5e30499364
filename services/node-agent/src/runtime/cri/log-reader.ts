/**
 * Reads a container's log, and follows it, from file to file when it is rotated.
 *
 * 1. Where the reading begins is decided when it is asked for, by the last lines wanted.
 * 2. A log that is followed ends when the container has ended and all of it is read. containerd writes on
 *    for a moment after it has said that a container has ended: until then its log must have been quiet.
 */
import { watch } from 'node:fs';
import { stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock, Millis } from '@drydock/ports';
import type { LogQuery } from '../runtime.ts';
import { findTail, logFiles, openLog } from './log-files.ts';
import { formatTimestamp, parseLogEntry } from './log-line.ts';

/** How often the container's end is asked for while nothing is written. */
const lookMillis: Millis = 1_000;
/** Without a line for so long, the log of a container that has ended is whole. */
const quietMillis: Millis = 250;
const blockBytes = 64 * 1024;
const newline = 0x0a;

export interface LogReaderPowers {
  readonly isRunning: () => Promise<boolean>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export async function* readLog(
  path: string,
  query: LogQuery,
  { isRunning, clock, signal }: LogReaderPowers,
): AsyncGenerator<Uint8Array, void> {
  const files = await openFrom(path, query.tailLines);
  const format = createFormatter(query);
  let current: OpenFile | undefined;
  try {
    for (current = files.shift(); current !== undefined; current = files.shift()) {
      yield* readToEnd(current, format, signal);
      if (files.length > 0 || !query.follow) await current.file.close();
      else break;
    }
    if (!query.follow) return;
    let hasEnded = false;
    while (!signal.aborted) {
      const next = await successorOf(path, current);
      if (current !== undefined) {
        // What was written before the file was moved away.
        yield* readToEnd(current, format, signal);
      }
      if (next !== undefined) {
        await current?.file.close();
        current = next;
        continue;
      }
      hasEnded ||= !(await isRunning());
      const waitMillis = hasEnded ? quietMillis : lookMillis;
      const isQuiet = !(await nextChange(path, current, { clock, signal, waitMillis }));
      if (hasEnded && isQuiet) return;
    }
  } finally {
    await current?.file.close();
    for (const { file } of files) await file.close();
  }
}

interface OpenFile {
  readonly file: FileHandle;
  readonly inode: number;
  position: number;
  /** Of an entry whose end is not written yet. */
  rest: Buffer;
}

async function openFile(path: string, position = 0): Promise<OpenFile | undefined> {
  const file = await openLog(path);
  if (file === undefined) return undefined;
  return { file, inode: (await file.stat()).ino, position, rest: Buffer.alloc(0) };
}

/** All files with wanted lines, oldest first, each at the first of them. */
async function openFrom(path: string, tailLines: number | undefined): Promise<OpenFile[]> {
  const opened: OpenFile[] = [];
  let missing = tailLines ?? Infinity;
  for (const name of (await logFiles(path)).toReversed()) {
    const one = await openFile(name);
    if (one === undefined) continue;
    opened.unshift(one);
    if (tailLines === undefined) continue;
    const { offset, lines } = await findTail(one.file, missing);
    one.position = offset;
    missing -= lines;
    if (missing === 0) break;
  }
  return opened;
}

/** The file that is now at the path, when it is another. */
async function successorOf(
  path: string,
  current: OpenFile | undefined,
): Promise<OpenFile | undefined> {
  if (current === undefined) return openFile(path);
  const now = await stat(path).catch(() => undefined);
  return now === undefined || now.ino === current.inode ? undefined : openFile(path);
}

type Formatter = (line: Buffer) => Uint8Array | undefined;

async function* readToEnd(
  one: OpenFile,
  format: Formatter,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const block = Buffer.alloc(blockBytes);
  while (!signal.aborted) {
    const { bytesRead } = await one.file.read(block, 0, blockBytes, one.position);
    if (bytesRead === 0) return;
    one.position += bytesRead;
    let held = Buffer.concat([one.rest, block.subarray(0, bytesRead)]);
    const pieces: Uint8Array[] = [];
    for (let end = held.indexOf(newline); end >= 0; end = held.indexOf(newline)) {
      const piece = format(held.subarray(0, end));
      if (piece !== undefined) pieces.push(piece);
      held = held.subarray(end + 1);
    }
    one.rest = held;
    if (pieces.length > 0) yield Buffer.concat(pieces);
  }
}

function createFormatter({ timestamps, sinceWallTime = 0 }: LogQuery): Formatter {
  /** The entry before was the end of a line, as each stream sees it. */
  const begins = { stdout: true, stderr: true };
  return (line) => {
    const entry = parseLogEntry(line);
    if (entry === undefined) return undefined;
    const isBeginning = begins[entry.stream];
    begins[entry.stream] = !entry.isPartial;
    if (sinceWallTime > 0 && Date.parse(entry.timestamp) < sinceWallTime) return undefined;
    const stamp = timestamps && isBeginning ? `${formatTimestamp(entry.timestamp)} ` : '';
    return Buffer.concat([
      Buffer.from(stamp),
      entry.text,
      Buffer.from(entry.isPartial ? '' : '\n'),
    ]);
  };
}

/** Whether something was written before the time was over. */
async function nextChange(
  path: string,
  current: OpenFile | undefined,
  { clock, signal, waitMillis }: { clock: Clock; signal: AbortSignal; waitMillis: Millis },
): Promise<boolean> {
  const changed = new AbortController();
  const over = AbortSignal.any([signal, changed.signal]);
  const watcher = watchFolder(dirname(path), () => changed.abort());
  try {
    // It may have been written to before the watch began.
    const now = await stat(path).catch(() => undefined);
    if (now?.ino !== current?.inode || now?.size !== current?.position) return true;
    return await clock.sleep(waitMillis, { signal: over }).then(
      () => false,
      () => true,
    );
  } finally {
    watcher?.close();
  }
}

/** Undefined where there are no more watches to be had, or no folder: then time alone tells. */
function watchFolder(folder: string, onChange: () => void) {
  try {
    return watch(folder, onChange).on('error', onChange);
  } catch {
    return undefined;
  }
}
