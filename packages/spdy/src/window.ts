/**
 * How much a client is willing to take: for each stream, and for the session as stream 0. Without a
 * client that speaks of windows there is no bound (see session.ts).
 */
import { SpdyError } from './error.ts';

const initialBytes = 64 * 1024;
const bytesMax = 0x7fff_ffff;

export interface SendWindow {
  /** Takes at most `wanted` of what is free, and waits until that is more than nothing. */
  take(streamId: number, wanted: number): Promise<number>;
  /** @throws SpdyError when the window becomes larger than any */
  add(streamId: number, bytes: number): void;
  /** For streams open and to come. */
  setInitial(bytes: number): void;
  /** The stream is over: who waits for its window gets 0. */
  forget(streamId: number): void;
  /** Who waits gets 0, now and from now on. */
  close(): void;
}

export function createSendWindow(): SendWindow {
  /** What was sent less what was added, of streams that are in use. */
  const used = new Map<number, number>([[0, 0]]);
  const waiting = new Set<() => void>();
  let initial = initialBytes;
  let isKept = false;
  let isClosed = false;

  const wakeAll = () => {
    for (const wake of waiting) wake();
    waiting.clear();
  };
  const free = (streamId: number) => {
    if (!isKept) return Infinity;
    const ofSession = initialBytes - used.get(0)!;
    return Math.min(ofSession, initial - (used.get(streamId) ?? 0));
  };
  return {
    take: async (streamId, wanted) => {
      if (!used.has(streamId)) used.set(streamId, 0);
      for (;;) {
        if (isClosed || !used.has(streamId)) return 0;
        const granted = Math.min(wanted, free(streamId));
        if (granted > 0) {
          used.set(0, used.get(0)! + granted);
          used.set(streamId, used.get(streamId)! + granted);
          return granted;
        }
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
    },
    add: (streamId, bytes) => {
      isKept = true;
      const before = used.get(streamId);
      if (before === undefined) return wakeAll();
      if (initial - before + bytes > bytesMax) throw new SpdyError('a window is too large');
      used.set(streamId, before - bytes);
      wakeAll();
    },
    setInitial: (bytes) => {
      isKept = true;
      initial = Math.min(bytes, bytesMax);
      wakeAll();
    },
    forget: (streamId) => {
      used.delete(streamId);
      wakeAll();
    },
    close: () => {
      isClosed = true;
      wakeAll();
    },
  };
}
