/** A carrier in memory: what the server sends is read as frames, what a client sends is written. */
import type { Carrier } from '../carrier.ts';
import { createFrameReader, encodeFrame, type Frame } from '../frame.ts';

export interface MemoryCarrier extends Carrier {
  readonly sent: Frame[];
  readonly isPaused: boolean;
  readonly isEnded: boolean;
  receive(...frames: readonly Frame[]): void;
  receiveBytes(bytes: Buffer): void;
  /** While blocked, nothing that is sent leaves. */
  block(): void;
  unblock(): void;
  /** What is sent arrives there, too. */
  pipeTo(other: MemoryCarrier): void;
}

export function createMemoryCarrier(): MemoryCarrier {
  const over = new AbortController();
  const reader = createFrameReader();
  const sent: Frame[] = [];
  const blocked: (() => void)[] = [];
  let peer: MemoryCarrier | undefined;
  let isBlocked = false;
  let isPaused = false;
  let isEnded = false;
  let take: (bytes: Buffer) => void = () => undefined;
  const receiveBytes = (bytes: Buffer) => take(bytes);
  const finish = () => {
    isEnded = true;
    over.abort(new Error('the client has gone'));
  };
  return {
    sent,
    signal: over.signal,
    get isPaused() {
      return isPaused;
    },
    get isEnded() {
      return isEnded;
    },
    send: async (bytes) => {
      over.signal.throwIfAborted();
      if (isBlocked) await new Promise<void>((resolve) => blocked.push(resolve));
      sent.push(...reader.push(Buffer.from(bytes)));
      peer?.receiveBytes(Buffer.from(bytes));
    },
    start: (taker) => {
      take = taker;
    },
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
    },
    beat: () => undefined,
    end: () => Promise.resolve(finish()),
    destroy: finish,
    receive: (...frames) => receiveBytes(Buffer.concat(frames.map(encodeFrame))),
    receiveBytes,
    pipeTo: (other) => {
      peer = other;
    },
    block: () => {
      isBlocked = true;
    },
    unblock: () => {
      isBlocked = false;
      for (const resolve of blocked.splice(0)) resolve();
    },
  };
}
