/** Snapshot files of a real database, made while it goes on. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBbolt } from '../bbolt/reader.ts';
import { storedRevisions } from '../snapshot/revisions.ts';
import { sourceOf } from '../testing/snapshot-bytes.ts';
import type { Row } from './backend.ts';
import { createSqliteBackend } from './sqlite-backend.ts';
import { createSnapshotExporter, type SnapshotFile } from './sqlite-export.ts';
import { encodeKeyValue } from './version.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'export-'));
  path = join(folder, 'state.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const context = {
  term: 3,
  clusterVersion: '3.5.0',
  configuration: {
    voters: [1],
    votersOutgoing: [],
    learners: [],
    learnersNext: [],
    autoLeave: false,
  },
};

const row = (main: number): Row => ({
  main,
  sub: 0,
  tombstone: false,
  encoded: encodeKeyValue({
    key: `key ${main}`,
    createRevision: main,
    modRevision: main,
    version: 1,
    value: Buffer.alloc(200, main),
    lease: 0n,
  }),
});
const batch = (appliedIndex: number, rows: readonly Row[]) => ({
  appliedIndex,
  rows,
  drop: [],
  values: new Map<string, Uint8Array>(),
});

async function mainsOf(file: SnapshotFile): Promise<number[]> {
  const bytes = await file.read(0, file.bytes);
  expect(createHash('sha256').update(bytes).digest()).toEqual(Buffer.from(await file.sha256));
  const opened = openBbolt(sourceOf(bytes));
  opened.check();
  return Array.from(storedRevisions(opened), ({ main }) => main);
}

describe('a snapshot file', () => {
  it('is of one state, while the database goes on, and leaves nothing behind', async () => {
    await using backend = await createSqliteBackend(path);
    await using exporter = createSnapshotExporter(path);
    const rows = Array.from({ length: 5_000 }, (_, index) => row(index + 2));
    backend.write(batch(7, rows));
    await backend.sync();
    const names = readdirSync(folder);
    const making = exporter.make(context);
    for (let index = 8; index < 60; index++) backend.write(batch(index, [row(5_000 + index)]));
    {
      await using file = (await making)!;
      const mains = await mainsOf(file);
      expect(mains.slice(0, rows.length)).toEqual(rows.map(({ main }) => main));
      // Whatever came in between is there with the index of its entry, or neither is.
      expect(mains.length - rows.length).toBe(file.appliedIndex - 7);
      expect(file.revisions).toBe(mains.length);
    }
    await backend.sync();
    expect(readdirSync(folder)).toEqual(names);
  });

  it('is one of a few that are open at once', async () => {
    await using backend = await createSqliteBackend(path);
    backend.write(batch(1, [row(2)]));
    await backend.sync();
    await using exporter = createSnapshotExporter(path);
    const asked = await Promise.all(Array.from({ length: 5 }, () => exporter.make(context)));
    const [first, ...others] = asked.filter((file) => file !== undefined);
    expect(others).toHaveLength(3);
    expect(await exporter.make(context)).toBeUndefined();
    await first![Symbol.asyncDispose]();
    const next = await exporter.make(context);
    expect(await mainsOf(next!)).toEqual([2]);
    for (const file of [...others, next!]) await file[Symbol.asyncDispose]();
  });

  it('that cannot be made says why, and does not count as open', async () => {
    await using exporter = createSnapshotExporter(path);
    for (let attempt = 0; attempt < 6; attempt++) {
      await expect(exporter.make(context)).rejects.toThrow(
        /^cannot make a snapshot of .*state\.db/,
      );
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is given up when the member stops', async () => {
    await using backend = await createSqliteBackend(path);
    backend.write(
      batch(
        1,
        Array.from({ length: 20_000 }, (_, index) => row(index + 2)),
      ),
    );
    await backend.sync();
    const exporter = createSnapshotExporter(path);
    const making = exporter.make(context);
    const settled = making.then(
      (file) => file?.[Symbol.asyncDispose](),
      (error: Error) => expect(error.message).toMatch(/interrupted|the member stops/),
    );
    await exporter[Symbol.asyncDispose]();
    await settled;
    await expect(exporter.make(context)).rejects.toThrow('the member stops');
  });
});
