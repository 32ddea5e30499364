/**
 * The checksum of all revisions, by the original's recipe: CRC-32C over the bucket name "key" and then
 * each stored key and value. Members with the same history agree, and agree with etcd itself.
 */
import { crc32c } from '../wal/crc32c.ts';
import type { Backend } from './backend.ts';
import type { MvccStore } from './store.ts';
import { decodeKeyValue, toByteString } from './version.ts';

/** main as 8 bytes, "_", sub as 8 bytes, and "t" on a tombstone. */
function revisionKey(main: number, sub: number, tombstone: boolean): Buffer {
  const key = Buffer.alloc(tombstone ? 18 : 17);
  key.writeBigUInt64BE(BigInt(main), 0);
  key[8] = 0x5f;
  key.writeBigUInt64BE(BigInt(sub), 9);
  if (tombstone) key[17] = 0x74;
  return key;
}

/** Rows hashed between two breaks, so that others get their turn. */
const rowsPerSlice = 5_000;

/**
 * The checksum of everything up to `revision`; the backend must have it committed. `pause` lets others
 * run.
 */
export async function hashKv(
  store: MvccStore,
  backend: Backend,
  revision: number,
  pause: () => Promise<void>,
): Promise<{ hash: number; compactRevision: number }> {
  const { compactRevision } = store;
  let crc = crc32c(0, Buffer.from('key'));
  let from = 0;
  for (;;) {
    let count = 0;
    let last = from;
    for (const row of backend.scan(from)) {
      // A slice ends between revisions: the next one starts at a revision's first row.
      if (count >= rowsPerSlice && row.main !== last) {
        last = row.main;
        count = -1;
        break;
      }
      last = row.main;
      count++;
      if (row.main > revision) return { hash: crc, compactRevision };
      if (row.main <= compactRevision && !isKept(store, row, revision)) continue;
      crc = crc32c(crc, revisionKey(row.main, row.sub, row.tombstone));
      crc = crc32c(crc, Buffer.from(row.encoded, 'latin1'));
    }
    if (count !== -1) return { hash: crc, compactRevision };
    from = last;
    await pause();
  }
}

/** Rows that compaction has forgotten may still lie in the backend. */
function isKept(
  store: MvccStore,
  row: { main: number; encoded: string },
  revision: number,
): boolean {
  const record = store.keys.get(toByteString(decodeKeyValue(row.encoded).key));
  return record?.at(Math.min(revision, store.compactRevision))?.main === row.main;
}
