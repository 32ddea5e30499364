/**
 * How a bbolt file stands on disk, version 2 of the format: what reader and writer share.
 *
 *   file    = page...                     0 and 1 are meta pages; the valid one with the higher txid counts
 *   page    = id (u64) flags (u16) count (u16) overflow (u32) body      1 + overflow pages in a row
 *   meta    = magic version pageSize flags (u32 each) root freelist pgid txid checksum (u64 each)
 *   leaf    = { flags pos ksize vsize (u32 each) }... then keys and values
 *   branch  = { pos ksize (u32 each) pgid (u64) }... then keys
 *   bucket  = root page (u64) sequence (u64), and when the root is 0 the bucket's one leaf page inline
 *
 * 1. All numbers are little-endian. `pos` counts from the element that it stands in.
 * 2. `root` of a meta page is a bucket (16 bytes); `pgid` is the first page id that is not in use.
 * 3. The checksum is 64-bit FNV-1a over the meta before it.
 *
 * Source: the format of go.etcd.io/bbolt as its files show it.
 */

export const pageHeaderBytes = 16;
/** Of leaf pages and of branch pages alike. */
export const elementBytes = 16;
export const bucketHeaderBytes = 16;
export const metaBytes = 64;
export const pageIdBytes = 8;

export const pageFlags = { branch: 0x01, leaf: 0x02, meta: 0x04, freelist: 0x10 } as const;
/** In the flags of a leaf's element: its value is a bucket. */
export const bucketFlag = 0x01;
/** A freelist page with this count has the real one as its first id. */
export const freelistCountMax = 0xffff;

/** A position in the file, in pages; numbers above 2^53 are rounded, and so beyond the end of any file. */
export type PageId = number;

export interface Meta {
  readonly pageBytes: number;
  readonly root: PageId;
  readonly rootSequence: number;
  /** Undefined when the freelist is not stored and must be worked out. */
  readonly freelist: PageId | undefined;
  /** Pages of the file that count: ids from 0 to this, which is not in use. */
  readonly pageCount: number;
  readonly transaction: number;
}

const magic = 0xed0cdaed;
const version = 2;
const checksumOffset = 56;
const freelistNotStored = 2n ** 64n - 1n;

const two32 = 2 ** 32;

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function readUint64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * two32 + view.getUint32(at, true);
}

export function writeUint64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % two32, true);
  view.setUint32(at + 4, Math.floor(value / two32), true);
}

export function writePageHeader(
  view: DataView,
  at: number,
  header: { id: PageId; flags: number; count: number; overflow: number },
): void {
  writeUint64(view, at, header.id);
  view.setUint16(at + 8, header.flags, true);
  view.setUint16(at + 10, header.count, true);
  view.setUint32(at + 12, header.overflow, true);
}

function fnv1a64(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash;
}

/** The body of a meta page. */
export function encodeMeta(meta: Meta): Uint8Array {
  const bytes = new Uint8Array(metaBytes);
  const view = viewOf(bytes);
  view.setUint32(0, magic, true);
  view.setUint32(4, version, true);
  view.setUint32(8, meta.pageBytes, true);
  writeUint64(view, 16, meta.root);
  writeUint64(view, 24, meta.rootSequence);
  view.setBigUint64(
    32,
    meta.freelist === undefined ? freelistNotStored : BigInt(meta.freelist),
    true,
  );
  writeUint64(view, 40, meta.pageCount);
  writeUint64(view, 48, meta.transaction);
  view.setBigUint64(checksumOffset, fnv1a64(bytes.subarray(0, checksumOffset)), true);
  return bytes;
}

/** What the body of a meta page says, or why it cannot be one. */
export function decodeMeta(bytes: Uint8Array): Meta | string {
  if (bytes.length < metaBytes) return 'the file ends inside it';
  const view = viewOf(bytes);
  if (view.getUint32(0, true) !== magic) return 'it does not begin with the magic number of bbolt';
  const found = view.getUint32(4, true);
  if (found !== version) return `it is of version ${found} of the format, not ${version}`;
  const sum = fnv1a64(bytes.subarray(0, checksumOffset));
  if (view.getBigUint64(checksumOffset, true) !== sum) return 'its checksum does not match';
  const freelist = view.getBigUint64(32, true);
  return {
    pageBytes: view.getUint32(8, true),
    root: readUint64(view, 16),
    rootSequence: readUint64(view, 24),
    freelist: freelist === freelistNotStored ? undefined : Number(freelist),
    pageCount: readUint64(view, 40),
    transaction: readUint64(view, 48),
  };
}

/** Byte order: negative when `a` comes first, 0 when they are equal. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const difference = a[index]! - b[index]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
