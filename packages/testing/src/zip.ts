/**
 * Reads a zip archive: APPNOTE.TXT 6.3, sections 4.3.7 (local header), 4.3.12 (central directory) and
 * 4.3.16 (its end). Files may be stored or deflated; archives above 4 GB are refused.
 */
import { inflateRawSync } from 'node:zlib';

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const endLength = 22;
/** Longest comment that may follow the end of the directory. */
const commentLengthMax = 0xffff;

/**
 * The files by name; a function unpacks one.
 * @throws Error when the directory cannot be read
 */
export function readZip(archive: Buffer): ReadonlyMap<string, () => Buffer> {
  const end = findEnd(archive);
  const files = new Map<string, () => Buffer>();
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    if (archive.readUInt32LE(at) !== entrySignature) {
      throw new Error(`the zip archive has no entry at byte ${at}`);
    }
    const method = archive.readUInt16LE(at + 10);
    const length = archive.readUInt32LE(at + 20);
    const nameLength = archive.readUInt16LE(at + 28);
    const local = archive.readUInt32LE(at + 42);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    if (!name.endsWith('/')) {
      files.set(name, () => {
        // The local header has a name and extra fields of its own lengths.
        const start =
          local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
        const data = archive.subarray(start, start + length);
        if (method === 0) return data;
        if (method === 8) return inflateRawSync(data);
        throw new Error(`${name} is packed by method ${method}, which is not known here`);
      });
    }
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return files;
}

function findEnd(archive: Buffer): number {
  const first = Math.max(0, archive.length - endLength - commentLengthMax);
  for (let at = archive.length - endLength; at >= first; at--) {
    if (archive.readUInt32LE(at) === endSignature) return at;
  }
  throw new Error(`these ${archive.length} bytes are no zip archive`);
}
