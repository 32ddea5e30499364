/**
 * The SHA-256 that follows the database in what `etcdctl snapshot save` writes. Nothing says that it is
 * there but the size of the file: a database is a multiple of 512 bytes.
 */
import { createHash } from 'node:crypto';
import type { PageSource } from '../bbolt/meta-pages.ts';
import { SnapshotError } from './error.ts';

const sumBytes = 32;
const sectorBytes = 512;
const partBytes = 1024 * 1024;

function hasChecksum(source: PageSource): boolean {
  return source.bytes % sectorBytes === sumBytes;
}

/** `onPart` is told how many bytes are done. @throws SnapshotError when it is missing or does not match */
export function verifyChecksum(
  source: PageSource,
  onPart: (bytes: number) => void = () => {},
): void {
  if (!hasChecksum(source)) {
    throw new SnapshotError(
      'checksum-missing',
      'snapshot missing hash but --skip-hash-check=false: the file is cut short, or it was copied from a data directory; only in that case give --skip-hash-check',
    );
  }
  const end = source.bytes - sumBytes;
  const hash = createHash('sha256');
  for (let offset = 0; offset < end; offset += partBytes) {
    const length = Math.min(partBytes, end - offset);
    hash.update(source.read(offset, length));
    onPart(offset + length);
  }
  const expected = Buffer.from(source.read(end, sumBytes)).toString('hex');
  const actual = hash.digest('hex');
  if (actual === expected) return;
  throw new SnapshotError(
    'checksum-mismatch',
    `expected sha256 ${expected}, got ${actual}: the file was changed or damaged after it was saved; take another snapshot`,
  );
}
