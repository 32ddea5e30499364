/**
 * The key under which the original stores a revision: main as 8 bytes, "_", sub as 8 bytes, and "t" on a
 * tombstone. Checksums and snapshots are made of it.
 */

export interface RevisionKey {
  readonly main: number;
  readonly sub: number;
  readonly tombstone: boolean;
}

const plainBytes = 17;
const separator = 0x5f;
const tombstoneMark = 0x74;

export function encodeRevisionKey({ main, sub, tombstone }: RevisionKey): Buffer {
  const key = Buffer.allocUnsafe(tombstone ? plainBytes + 1 : plainBytes);
  key.writeUInt32BE(Math.floor(main / 2 ** 32), 0);
  key.writeUInt32BE(main >>> 0, 4);
  key[8] = separator;
  key.writeUInt32BE(0, 9);
  key.writeUInt32BE(sub, 13);
  if (tombstone) key[plainBytes] = tombstoneMark;
  return key;
}

/** Undefined for bytes that are none, or a revision above 2^53. */
export function decodeRevisionKey(key: Uint8Array): RevisionKey | undefined {
  const tombstone = key.length === plainBytes + 1 && key[plainBytes] === tombstoneMark;
  if (key.length !== plainBytes && !tombstone) return undefined;
  if (key[8] !== separator) return undefined;
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  const main = view.getUint32(0) * 2 ** 32 + view.getUint32(4);
  if (main > Number.MAX_SAFE_INTEGER || view.getUint32(9) !== 0) return undefined;
  return { main, sub: view.getUint32(13), tombstone };
}
