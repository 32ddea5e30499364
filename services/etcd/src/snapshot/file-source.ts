/** The bytes of a file on disk, read as they are asked for. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { PageSource } from '../bbolt/meta-pages.ts';

export interface FileSource extends PageSource, Disposable {}

/** Read at once while the reads go forward through the file. */
const aheadBytes = 256 * 1024;

/** @throws Error naming the file */
export function openFileSource(path: string): FileSource {
  const file = openForReading(path);
  const { size: bytes } = fstatSync(file);
  let window: Buffer = Buffer.alloc(0);
  let windowAt = 0;
  let expectedAt = 0;
  const load = (offset: number, length: number) => {
    const isForward = offset === expectedAt;
    const wanted = Math.min(bytes - offset, isForward ? Math.max(length, aheadBytes) : length);
    const loaded = Buffer.allocUnsafeSlow(wanted);
    for (let done = 0; done < wanted;) {
      const count = readSync(file, loaded, done, wanted - done, offset + done);
      if (count === 0) throw new Error(`${path} became shorter while it was read`);
      done += count;
    }
    return loaded;
  };
  return {
    bytes,
    read(offset, length) {
      const isLoaded = offset >= windowAt && offset + length <= windowAt + window.length;
      if (!isLoaded) {
        const loaded = load(offset, length);
        expectedAt = offset + length;
        if (loaded.length === length) return loaded;
        window = loaded;
        windowAt = offset;
      }
      expectedAt = offset + length;
      return window.subarray(offset - windowAt, offset - windowAt + length);
    },
    [Symbol.dispose]: () => closeSync(file),
  };
}

function openForReading(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : message;
    throw new Error(`cannot read ${path}: ${reason}`, { cause: error });
  }
}
