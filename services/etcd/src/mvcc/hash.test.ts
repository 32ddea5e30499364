import { expect, it } from 'vitest';
import { crc32c } from '../wal/crc32c.ts';
import { createMemoryBackend } from './memory-backend.ts';
import { MvccStore } from './store.ts';
import { encodeDeleted, encodeKeyValue } from './version.ts';

const value = Buffer.from('v');

interface Row {
  readonly main: number;
  readonly create: number;
  readonly version: number;
  readonly isDelete?: boolean;
}

/** By the recipe itself: the bucket's name, then the key and the value of each row of the key "a". */
function checksum(rows: readonly Row[]): number {
  let crc = crc32c(0, Buffer.from('key'));
  for (const { main, create, version, isDelete = false } of rows) {
    const key = Buffer.alloc(isDelete ? 18 : 17);
    key.writeBigUInt64BE(BigInt(main), 0);
    key.write('_', 8);
    if (isDelete) key.write('t', 17);
    const encoded = isDelete
      ? encodeDeleted('a', 0)
      : encodeKeyValue({
          key: 'a',
          createRevision: create,
          modRevision: main,
          version,
          value,
          lease: 0n,
        });
    crc = crc32c(crc32c(crc, key), Buffer.from(encoded, 'latin1'));
  }
  return crc;
}

function open() {
  const backend = createMemoryBackend();
  const store = new MvccStore(backend);
  let index = 0;
  const write = (change: (txn: ReturnType<MvccStore['begin']>) => void) => {
    const txn = store.begin();
    change(txn);
    txn.end();
  };
  return {
    put: () => write((txn) => txn.put('a', value, 0n)),
    putAndRemove: () =>
      write((txn) => {
        txn.put('a', value, 0n);
        txn.delete('a');
      }),
    remove: () => write((txn) => txn.deleteRange({ from: 'a', to: undefined, single: true })),
    compact: (revision: number) => store.compact(revision),
    forget: () => store.forgetSlice(1_000),
    hash: async (revision: number) => {
      const named = {
        revision: store.revision,
        'compact-revision': store.compactRevision,
        'finished-compact-revision': store.finishedCompactRevision,
      };
      const values = Object.entries(named).map(
        ([name, value]) => [name, Buffer.from(String(value))] as const,
      );
      backend.write({ appliedIndex: ++index, ...store.takeBatch(), values: new Map(values) });
      return backend.hash(revision);
    },
  };
}

it('hashes every revision, deletes too, and says that nothing was ever compacted', async () => {
  const { put, remove, hash } = open();
  put();
  put();
  remove();
  const first = { main: 2, create: 2, version: 1 };
  const second = { main: 3, create: 2, version: 2 };
  const deleted = { main: 4, create: 0, version: 0, isDelete: true };
  expect(await hash(4)).toEqual({
    revision: 4,
    hash: checksum([first, second, deleted]),
    compactRevision: -1,
  });
  expect(await hash(3)).toMatchObject({ hash: checksum([first, second]) });
});

it.each([false, true])(
  'leaves out what compaction kept for its own revision, when a later one is hashed (forgotten: %s)',
  async (isForgotten) => {
    const { put, compact, forget, hash } = open();
    put();
    compact(2);
    put();
    if (isForgotten) forget();
    expect(await hash(2)).toMatchObject({ hash: checksum([{ main: 2, create: 2, version: 1 }]) });
    expect(await hash(3)).toMatchObject({ hash: checksum([{ main: 3, create: 2, version: 2 }]) });
  },
);

it.each([false, true])(
  'leaves nothing out when no key lives at the hashed revision (forgotten: %s)',
  async (isForgotten) => {
    const { put, compact, remove, forget, hash } = open();
    put();
    put();
    compact(3);
    remove();
    if (isForgotten) forget();
    expect(await hash(4)).toMatchObject({
      hash: checksum([
        { main: 3, create: 2, version: 2 },
        { main: 4, create: 0, version: 0, isDelete: true },
      ]),
    });
  },
);

it('forgets a key that was put and deleted in one revision', async () => {
  const { put, putAndRemove, compact, forget, hash } = open();
  put();
  putAndRemove();
  compact(3);
  expect(await hash(3)).toMatchObject({ hash: checksum([]) });
  forget();
  expect(await hash(3)).toMatchObject({ hash: checksum([]), compactRevision: 3 });
});
