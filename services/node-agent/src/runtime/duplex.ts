/** Node's duplex streams as the runtime interface's connections. */
import type { Duplex, Writable } from 'node:stream';
import type { PortConnection } from './runtime.ts';

/** Resolves when the other side takes more; what it will never take is dropped. */
export function writeTo(writable: Writable, data: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (writable.destroyed || writable.writableEnded) {
      resolve();
      return;
    }
    const settle = () => {
      writable.off('close', settle);
      resolve();
    };
    writable.once('close', settle);
    writable.write(data, settle);
  });
}

export function connectionOf(duplex: Duplex): PortConnection {
  // The reader learns of failures; one that has stopped to read has no use for them.
  duplex.on('error', () => undefined);
  return {
    input: duplex,
    write: (data) => writeTo(duplex, data),
    end: () => void duplex.end(),
    close: () => void duplex.destroy(),
  };
}
