/** One stream of a SPDY session: two directions, each of which ends by itself. */
import { goneError } from './carrier.ts';
import { createByteQueue } from './byte-queue.ts';
import { resetStatus } from './error.ts';
import { encodeFrame } from './frame.ts';
import type { Headers } from './headers.ts';
import type { SendWindow } from './window.ts';

/** As who serves it, or who has opened it, sees it. */
export interface SpdyStream {
  readonly id: number;
  readonly headers: Headers;
  /** Ends when the peer has no more to send; fails when the stream is reset. One reader. */
  readonly input: AsyncIterable<Buffer>;
  /** Resolves when the peer takes more. One write at a time. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Nothing more will be written. */
  readonly end: () => Promise<void>;
  /** Both directions end here and now. */
  reset(): void;
}

/** As the session sees it. */
export interface OpenStream {
  readonly facade: SpdyStream;
  readonly isInputEnded: boolean;
  receive(bytes: Buffer, fin: boolean): void;
  /** The client is through with it. */
  fail(error: Error): void;
  /** Neither side sends any more; what has come is read. */
  finish(): void;
}

export interface SpdyStreamPowers {
  readonly send: (bytes: Uint8Array) => Promise<void>;
  readonly window: SendWindow;
  readonly onTaken: (bytes: number) => void;
  /** Both directions have ended. */
  readonly onOver: () => void;
}

const frameBytesMax = 32 * 1024;

export function createSpdyStream(
  { id, headers }: { readonly id: number; readonly headers: Headers },
  { send, window, onTaken, onOver }: SpdyStreamPowers,
): OpenStream {
  const input = createByteQueue(onTaken);
  let isInputEnded = false;
  let isOutputEnded = false;
  const endIfOver = () => {
    if (!isInputEnded || !isOutputEnded) return;
    window.forget(id);
    onOver();
  };
  const fail = (error: Error) => {
    isInputEnded = true;
    isOutputEnded = true;
    input.fail(error);
    endIfOver();
  };
  const frame = (data: Buffer, fin: boolean) =>
    encodeFrame({ kind: 'data', streamId: id, fin, data });

  return {
    get isInputEnded() {
      return isInputEnded;
    },
    receive: (bytes, fin) => {
      if (bytes.length > 0) input.push(bytes);
      if (!fin) return;
      isInputEnded = true;
      input.end();
      endIfOver();
    },
    fail,
    finish: () => {
      isInputEnded = true;
      isOutputEnded = true;
      input.end();
      endIfOver();
    },
    facade: {
      id,
      headers,
      input,
      write: async (bytes) => {
        let rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
        while (rest.length > 0) {
          const granted = isOutputEnded
            ? 0
            : await window.take(id, Math.min(rest.length, frameBytesMax));
          if (granted === 0) throw goneError();
          await send(frame(rest.subarray(0, granted), false));
          rest = rest.subarray(granted);
        }
      },
      end: async () => {
        if (isOutputEnded) return;
        isOutputEnded = true;
        endIfOver();
        await send(frame(Buffer.alloc(0), true));
      },
      reset: () => {
        if (isInputEnded && isOutputEnded) return;
        fail(goneError());
        const bytes = { kind: 'rst-stream', streamId: id, status: resetStatus.cancel } as const;
        send(encodeFrame(bytes)).catch(() => undefined);
      },
    },
  };
}
