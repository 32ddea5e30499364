/** A pipe without a buffer: who writes waits until the value is read, so a slow reader stalls it. */
export interface Pipe<T> extends AsyncIterable<T> {
  /** Resolves when the value was read, or will never be. */
  write(value: T): Promise<void>;
  /** No more will be written; what waits is still read. */
  end(): void;
  /** No more will be read: who waits to write goes on. */
  close(): void;
}

export function createPipe<T>(): Pipe<T> {
  const waiting: { readonly value: T; readonly taken: () => void }[] = [];
  let isEnded = false;
  let isClosed = false;
  let wake: (() => void) | undefined;
  const tell = () => {
    wake?.();
    wake = undefined;
  };
  const close = () => {
    isClosed = true;
    for (const { taken } of waiting.splice(0)) taken();
    tell();
  };
  async function* read(): AsyncGenerator<T, void> {
    try {
      for (;;) {
        const next = waiting.shift();
        if (next !== undefined) {
          next.taken();
          yield next.value;
        } else if (isEnded || isClosed) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      close();
    }
  }
  const reader = read();
  return {
    write: (value) => {
      if (isEnded || isClosed) return Promise.resolve();
      return new Promise((taken) => {
        waiting.push({ value, taken });
        tell();
      });
    },
    end: () => {
      isEnded = true;
      tell();
    },
    close,
    [Symbol.asyncIterator]: () => reader,
  };
}
