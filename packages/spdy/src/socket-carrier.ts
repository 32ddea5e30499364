/** SPDY's carrier after `Upgrade: SPDY/3.1`: the connection itself. */
import type { Duplex } from 'node:stream';
import { goneError, goodbyeMillisMax, type Carrier } from './carrier.ts';

/** `head` is what came with the request and is no part of it. */
export function createSocketCarrier(
  socket: Duplex,
  { head, beat }: { readonly head: Buffer; readonly beat: (carrier: Carrier) => void },
): Carrier {
  const over = new AbortController();
  const closed = Promise.withResolvers<void>();
  socket.on('close', () => {
    over.abort(goneError());
    closed.resolve();
  });
  // 'close' follows an error, and tells all that matters.
  socket.on('error', () => undefined);
  // SPDY has no half of a session: a client that ends its side has gone.
  socket.on('end', () => socket.end());
  let take: ((bytes: Buffer) => void) | undefined;

  const carrier: Carrier = {
    signal: over.signal,
    send: (bytes) =>
      new Promise((resolve, reject) => {
        if (over.signal.aborted || socket.writableEnded) {
          reject(goneError());
          return;
        }
        socket.write(bytes, (error) => (error ? reject(goneError()) : resolve()));
      }),
    start: (taker) => {
      take = taker;
      socket.on('data', (bytes: Buffer) => take?.(bytes));
      if (head.length > 0) taker(head);
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    beat: () => beat(carrier),
    end: async () => {
      take = undefined;
      // Unread input would turn the goodbye into a reset, and that could overtake the last answer.
      socket.resume();
      socket.end();
      const deadline = setTimeout(() => socket.destroy(), goodbyeMillisMax);
      await closed.promise;
      clearTimeout(deadline);
    },
    destroy: () => void socket.destroy(),
  };
  return carrier;
}
