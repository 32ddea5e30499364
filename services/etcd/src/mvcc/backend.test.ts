/** One suite for the real backend and the one in memory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Backend, Batch, Row } from './backend.ts';
import { createMemoryBackend } from './memory-backend.ts';
import { createSqliteBackend } from './sqlite-backend.ts';
import { encodeKeyValue } from './version.ts';

let folder: string;
let count = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backend-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const kinds: [string, () => Promise<Backend>][] = [
  ['SQLite', () => createSqliteBackend(join(folder, `state-${count++}.db`))],
  ['memory', () => Promise.resolve(createMemoryBackend())],
];

const row = (main: number, sub = 0, tombstone = false): Row => ({
  main,
  sub,
  tombstone,
  encoded: encodeKeyValue({
    key: `k\u00ff\0${main}`,
    createRevision: main,
    modRevision: main,
    version: tombstone ? 0 : 1,
    value: Uint8Array.of(0, 255, main),
    lease: 2n ** 62n + 1n,
  }),
});
const batch = (appliedIndex: number, partial: Partial<Batch>): Batch => ({
  appliedIndex,
  rows: [],
  drop: [],
  values: new Map(),
  ...partial,
});

describe.each(kinds)('a backend on %s', (_name, create) => {
  it('keeps rows in order, byte for byte, and drops what it is told to', async () => {
    await using backend = await create();
    backend.write(batch(5, { rows: [row(2), row(3, 0), row(3, 1, true)] }));
    backend.write(batch(6, { rows: [row(4)], drop: [2, 0] }));
    await backend.sync();
    expect([...backend.scan(0)]).toEqual([row(3, 0), row(3, 1, true), row(4)]);
    expect([...backend.scan(4)]).toEqual([row(4)]);
    expect(backend.read(3, 1)).toBe(row(3, 1, true).encoded);
    expect(backend.read(2, 0)).toBeUndefined();
    expect(backend.appliedIndex).toBe(6);
  });

  it('keeps named values', async () => {
    await using backend = await create();
    backend.write(
      batch(1, {
        values: new Map([
          ['a', Uint8Array.of(1)],
          ['b', Uint8Array.of(2)],
        ]),
      }),
    );
    backend.write(batch(2, { values: new Map([['a', undefined]]) }));
    await backend.sync();
    expect([...backend.values()].map(([name, value]) => [name, ...value])).toEqual([['b', 2]]);
  });

  it('tells what is committed, in order', async () => {
    await using backend = await create();
    const committed: number[] = [];
    backend.listen({
      onCommitted: (index) => committed.push(index),
      onFailure: (error) => expect.fail(error.message),
    });
    for (const index of [1, 2, 3]) backend.write(batch(index, { rows: [row(index + 1)] }));
    await backend.sync();
    expect(committed).toEqual([1, 2, 3]);
  });

  it('is copied by a snapshot, while it goes on', async () => {
    await using source = await create();
    await using target = await create();
    source.write(batch(7, { rows: [row(2)] }));
    const snapshot = await source.snapshot();
    source.write(batch(8, { rows: [row(3)] }));
    target.write(batch(1, { rows: [row(9)] }));
    await target.install(snapshot.body);
    await snapshot.close();
    expect(snapshot.appliedIndex).toBe(7);
    expect(target.appliedIndex).toBe(7);
    expect([...target.scan(0)]).toEqual([row(2)]);
    target.write(batch(8, { rows: [row(3)] }));
    await target.sync();
    expect([...target.scan(0)]).toEqual([row(2), row(3)]);
  });
});

describe('the SQLite backend', () => {
  it('finds again what it had when it is opened', async () => {
    const path = join(folder, 'again.db');
    {
      await using backend = await createSqliteBackend(path);
      backend.write(batch(3, { rows: [row(2)] }));
      await backend.defragment();
    }
    await using backend = await createSqliteBackend(path);
    expect(backend.appliedIndex).toBe(3);
    expect([...backend.scan(0)]).toEqual([row(2)]);
  });

  it('keeps its state when a snapshot turns out to be damaged', async () => {
    await using backend = await createSqliteBackend(join(folder, 'kept.db'));
    backend.write(batch(3, { rows: [row(2)] }));
    await backend.sync();
    const damaged = (async function* () {
      yield await Promise.resolve(Buffer.alloc(8_192, 'not a database'));
    })();
    await expect(backend.install(damaged)).rejects.toThrow(/not a database/);
    expect([...backend.scan(0)]).toEqual([row(2)]);
  });
});
