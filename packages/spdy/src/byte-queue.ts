/** Input of one stream on its way to who reads it. */
export interface ByteQueue extends AsyncIterable<Buffer> {
  push(bytes: Buffer): void;
  /** No more follows. */
  end(): void;
  /** What is queued is dropped, and the reader learns why. */
  fail(error: Error): void;
}

/** `onTaken` is told of every piece that leaves the queue, read or dropped. One reader. */
export function createByteQueue(onTaken: (bytes: number) => void): ByteQueue {
  const pieces: Buffer[] = [];
  let state: 'open' | 'ended' | Error = 'open';
  let wake: (() => void) | undefined;
  const tell = () => {
    wake?.();
    wake = undefined;
  };
  const drop = () => {
    for (const piece of pieces.splice(0)) onTaken(piece.length);
  };
  async function* read(): AsyncGenerator<Buffer, void> {
    try {
      for (;;) {
        const piece = pieces.shift();
        if (piece !== undefined) {
          yield piece;
          // Only now has its reader dealt with it.
          onTaken(piece.length);
        } else if (state instanceof Error) throw state;
        else if (state === 'ended') return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      state = 'ended';
      drop();
    }
  }
  const reader = read();
  return {
    push: (bytes) => {
      if (state === 'open') pieces.push(bytes);
      else onTaken(bytes.length);
      tell();
    },
    end: () => {
      if (state === 'open') state = 'ended';
      tell();
    },
    fail: (error) => {
      if (state === 'open') state = error;
      drop();
      tell();
    },
    [Symbol.asyncIterator]: () => reader,
  };
}
