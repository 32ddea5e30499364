/** Bodies on their way: read up to a bound, written as fast as the client takes them. */
import type { Readable, Writable } from 'node:stream';
import { requestEntityTooLargeError } from '@drydock/api';
import type { ResponseStream } from '../exchange.ts';

export const goneError = () => new Error('the client has gone');

/** Aborts on demand: most requests never ask. */
export function lazySignal(closed: (listener: () => void) => void, isClosed: () => boolean) {
  let controller: AbortController | undefined;
  return () => {
    if (controller === undefined) {
      const made = new AbortController();
      controller = made;
      if (isClosed()) made.abort(goneError());
      else closed(() => made.abort(goneError()));
    }
    return controller.signal;
  };
}

/** @throws ApiError 413 as soon as there is more than the bound */
export function readAll(readable: Readable, bytesMax: number, announced: number): Promise<Buffer> {
  if (announced > bytesMax) return Promise.reject(requestEntityTooLargeError(bytesMax));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= bytesMax) return;
      readable.off('data', take);
      readable.pause();
      reject(requestEntityTooLargeError(bytesMax));
    };
    readable.on('data', take);
    readable.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    readable.on('error', reject);
    readable.on('close', () => {
      if (!readable.readableEnded) reject(goneError());
    });
  });
}

export function writer(writable: Writable): ResponseStream {
  return {
    write: async (bytes) => {
      if (writable.destroyed) throw goneError();
      if (writable.write(bytes)) return;
      await new Promise<void>((resolve, reject) => {
        const onDrain = () => {
          writable.off('close', onClose);
          resolve();
        };
        const onClose = () => {
          writable.off('drain', onDrain);
          reject(goneError());
        };
        writable.once('drain', onDrain);
        writable.once('close', onClose);
      });
    },
    end: () => void writable.end(),
    cut: () => void writable.destroy(goneError()),
  };
}

/** What the client says its body has; 0 when it does not. */
export const lengthOf = (headers: { 'content-length'?: string | undefined }) =>
  Number(headers['content-length'] ?? 0);
