/** One suite for the real backend and the one in memory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
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
    expect([...backend.scan(0)].flat()).toEqual([row(3, 0), row(3, 1, true), row(4)]);
    expect([...backend.scan(4)].flat()).toEqual([row(4)]);
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

  it('lists the versions of all rows, in blocks, whatever their sizes', async () => {
    await using backend = await create();
    const sizes = [...Array.from({ length: 150 }, () => 3), 3_000_000, 1, 0, 900_000];
    const rows = sizes.map((size, index) => ({
      ...row(index + 2),
      encoded: encodeKeyValue({
        key: `key-${index}`,
        createRevision: 2,
        modRevision: index + 2,
        version: 3,
        value: Buffer.alloc(size, 'v'),
        lease: index % 2 === 0 ? 0n : -5n,
      }),
    }));
    backend.write(batch(1, { rows: [...rows, row(1_000, 2 ** 31, true)] }));
    await backend.sync();
    const versions = [...backend.versions()].flat();
    expect(versions.map((one) => one.key)).toEqual([
      ...rows.map((_, index) => `key-${index}`),
      'k\u00ff\x001000',
    ]);
    expect(versions[1]).toMatchObject({
      main: 3,
      sub: 0,
      createRevision: 2,
      version: 3,
      lease: -5n,
    });
    expect(versions.at(-1)).toMatchObject({ main: 1_000, sub: 2 ** 31, version: 0 });
    expect([...backend.scan(0)].flat().slice(0, -1)).toEqual(rows);
  });

  it('sums up a history up to a revision, whatever follows', async () => {
    await using backend = await create();
    const values = new Map([['revision', Buffer.from('3')]]);
    backend.write(batch(1, { rows: [row(2), row(3)], values }));
    const whole = await backend.hash(0);
    expect(whole).toMatchObject({ revision: 3, compactRevision: -1 });
    // The sum of the bucket's name alone, as etcd 3.4.23 has it.
    expect(await backend.hash(-1)).toMatchObject({ revision: 3, hash: 1_084_519_789 });
    backend.write(batch(2, { rows: [row(4)] }));
    expect(await backend.hash(3)).toEqual(whole);
    expect((await backend.hash(4))!.hash).not.toBe(whole!.hash);
    backend.write(batch(3, { values: new Map([['compact-revision', Buffer.from('4')]]) }));
    expect(await backend.hash(3)).toBeUndefined();
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
    expect([...target.scan(0)].flat()).toEqual([row(2)]);
    target.write(batch(8, { rows: [row(3)] }));
    await target.sync();
    expect([...target.scan(0)].flat()).toEqual([row(2), row(3)]);
  });
});

describe('the SQLite backend', () => {
  it('gives free space back while batches go on', async () => {
    await using backend = await createSqliteBackend(join(folder, 'shrinks.db'));
    const rows = Array.from({ length: 4_000 }, (_, index) => ({
      ...row(index + 2),
      encoded: encodeKeyValue({
        key: `key-${index}`,
        createRevision: 2,
        modRevision: 2,
        version: 1,
        value: Buffer.alloc(4_000, 'v'),
        lease: 0n,
      }),
    }));
    backend.write(batch(1, { rows }));
    backend.write(batch(2, { drop: rows.slice(1).flatMap(({ main, sub }) => [main, sub]) }));
    await backend.sync();
    const before = backend.size;
    expect(before.bytes).toBeGreaterThan(before.bytesInUse * 10);
    const defragmented = backend.defragment();
    backend.write(batch(3, { rows: [row(9_000)] }));
    await defragmented;
    expect(backend.size.bytes).toBeLessThan(200_000);
    expect([...backend.scan(0)].flat()).toEqual([rows[0], row(9_000)]);
  });

  it('answers nothing from a row whose key or value is not what was written', async () => {
    const path = join(folder, 'flipped.db');
    {
      await using backend = await createSqliteBackend(path);
      backend.write(batch(1, { rows: [row(2), row(3), row(4)] }));
    }
    const damaging = new DatabaseSync(path);
    const flip = (main: number, column: string, at: number) => {
      const found = damaging
        .prepare(`SELECT ${column} AS it FROM revision WHERE main = ?`)
        .get(main);
      const bytes = found!['it'] as Uint8Array;
      bytes[at]! ^= 0x10;
      damaging.prepare(`UPDATE revision SET ${column} = ? WHERE main = ?`).run(bytes, main);
    };
    flip(3, 'rest', 3);
    damaging.close();
    await using backend = await createSqliteBackend(path);
    const failures: string[] = [];
    backend.listen({ onCommitted: () => {}, onFailure: (error) => failures.push(error.message) });
    expect([...backend.versions()].flat()).toHaveLength(3);
    expect(backend.read(2, 0)).toBe(row(2).encoded);
    expect(() => backend.read(3, 0)).toThrow('the database is damaged');
    expect(() => [...backend.scan(0)]).toThrow('the database is damaged');
    await expect(backend.verify()).rejects.toThrow('the database is damaged');
    const damage = expect.stringMatching(/flipped.db cannot be read.*damaged/) as string;
    expect(failures).toEqual([damage, damage]);
    for (let at = 0; at < 12; at++) {
      const again = new DatabaseSync(path);
      const head = again.prepare('SELECT head FROM revision WHERE main = 4').get()!['head'];
      const flipped = Uint8Array.from(head as Uint8Array);
      flipped[at]! ^= 0x81;
      again.prepare('UPDATE revision SET head = ? WHERE main = 4').run(flipped);
      expect(() => [...backend.versions()]).toThrow('the database is damaged');
      again.prepare('UPDATE revision SET head = ? WHERE main = 4').run(head!);
      again.close();
    }
  });

  it('takes over a database whose rows are in one piece', async () => {
    const path = join(folder, 'old.db');
    const old = new DatabaseSync(path);
    old.exec(`
      CREATE TABLE revision (main INTEGER NOT NULL, sub INTEGER NOT NULL, tombstone INTEGER NOT NULL,
        kv BLOB NOT NULL, PRIMARY KEY (main, sub)) WITHOUT ROWID;
      CREATE TABLE value (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
      CREATE TABLE applied (one INTEGER PRIMARY KEY CHECK (one = 1), entry INTEGER NOT NULL);
      INSERT INTO applied VALUES (1, 12);
    `);
    const rows = [row(2), row(3), row(3, 1, true)];
    for (const { main, sub, tombstone, encoded } of rows) {
      const insert = old.prepare('INSERT INTO revision VALUES (?, ?, ?, ?)');
      insert.run(main, sub, tombstone ? 1 : 0, Buffer.from(encoded, 'latin1'));
    }
    old.close();
    await using backend = await createSqliteBackend(path);
    expect(backend.appliedIndex).toBe(12);
    expect([...backend.scan(0)].flat()).toEqual(rows);
  });

  it('finds again what it had when it is opened', async () => {
    const path = join(folder, 'again.db');
    {
      await using backend = await createSqliteBackend(path);
      backend.write(batch(3, { rows: [row(2)] }));
      await backend.defragment();
    }
    await using backend = await createSqliteBackend(path);
    expect(backend.appliedIndex).toBe(3);
    expect([...backend.scan(0)].flat()).toEqual([row(2)]);
  });

  it('keeps its state when a snapshot turns out to be damaged', async () => {
    await using backend = await createSqliteBackend(join(folder, 'kept.db'));
    backend.write(batch(3, { rows: [row(2)] }));
    await backend.sync();
    const damaged = (async function* () {
      yield await Promise.resolve(Buffer.alloc(8_192, 'not a database'));
    })();
    await expect(backend.install(damaged)).rejects.toThrow(/not a database/);
    expect([...backend.scan(0)].flat()).toEqual([row(2)]);
  });
});
