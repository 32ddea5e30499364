import { createSeededRandom, DiskError, type Clock } from '@drydock/ports';
import { createSimulatedDisk, type SimulatedDisk } from '@drydock/testing/simulation';
import { describe, expect, test } from 'vitest';
import type { Entry, SnapshotMeta } from '../raft/types.ts';
import { WalError } from './error.ts';
import { openWal, type RecoveredLog, type Wal, type WalOptions } from './wal.ts';
import { plainConfiguration } from '../raft/configuration.ts';

const folder = 'wal';
const configuration = plainConfiguration([1, 2, 3]);
const firstBase: SnapshotMeta = { index: 0, term: 0, configuration };
const identity = { clusterId: 0xfedc_ba98_7654_3210n, memberId: 1 };
const clock = { now: () => 0 } as Clock;

interface Opened {
  readonly wal: Wal;
  readonly log: RecoveredLog;
  readonly cutBytes: number;
  /** Resolves when the batch is durable, rejects when the log fails. */
  readonly append: (batch: {
    term?: number;
    entries?: Entry[];
    snapshot?: SnapshotMeta;
  }) => Promise<void>;
}

async function open(disk: SimulatedDisk, options: Partial<WalOptions> = {}): Promise<Opened> {
  const waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  let sequence = 0;
  const { wal, log, cutBytes } = await openWal({
    disk,
    clock,
    folder,
    identity,
    firstBase,
    segmentBytesMax: 1 << 20,
    preallocateBytes: 0,
    onDurable: (upTo) => {
      for (const [at, { resolve }] of waiting) if (at <= upTo) resolve();
    },
    onFailure: (error) => {
      for (const { reject } of waiting.values()) reject(error);
    },
    ...options,
  });
  return {
    wal,
    log,
    cutBytes,
    append: ({ term, entries = [], snapshot }) => {
      const hardState = term === undefined ? undefined : { term, vote: 1, commit: 0 };
      return new Promise((resolve, reject) => {
        waiting.set(++sequence, { resolve, reject });
        wal.append({ sequence, snapshot, hardState, entries });
      });
    },
  };
}

function entry(index: number, term = 1, bytes = 20): Entry {
  return {
    index,
    term,
    kind: 'data',
    origin: 5,
    sequence: index,
    data: new Uint8Array(bytes).fill(index),
  };
}

const entries = (from: number, to: number, term = 1) =>
  Array.from({ length: to - from + 1 }, (_, at) => entry(from + at, term));

async function segmentPaths(disk: SimulatedDisk): Promise<string[]> {
  return (await disk.list(folder)).map((name) => `${folder}/${name}`);
}

test('what was durable is there again: hard state, entries, and later ones over earlier ones', async () => {
  const disk = createSimulatedDisk();
  const { append, wal } = await open(disk);
  await append({ term: 1, entries: entries(1, 5) });
  await append({ term: 2, entries: entries(4, 6, 2) });
  await wal.close();
  const { log } = await open(disk);
  expect(log.hardState).toEqual({ term: 2, vote: 1, commit: 0 });
  expect(log.base).toEqual(firstBase);
  expect(log.entries).toEqual([...entries(1, 3), ...entries(4, 6, 2)]);
});

test('batches that wait while another is synced share one sync', async () => {
  const { append, wal } = await open(createSimulatedDisk());
  await Promise.all(Array.from({ length: 50 }, (_, at) => append({ entries: [entry(at + 1)] })));
  expect(wal.syncs.count).toBe(2);
});

test('a received snapshot replaces the log', async () => {
  const disk = createSimulatedDisk();
  const { append } = await open(disk);
  await append({ term: 1, entries: entries(1, 5) });
  const snapshot = { index: 100, term: 3, configuration };
  await append({ term: 3, snapshot });
  await append({ entries: entries(101, 102, 3) });
  const { log } = await open(disk);
  expect(log.base).toEqual(snapshot);
  expect(log.entries).toEqual(entries(101, 102, 3));
});

describe('segments', () => {
  test('the log goes on over many, and old ones go when the state machine has them', async () => {
    const disk = createSimulatedDisk();
    const { append, wal } = await open(disk, { segmentBytesMax: 500 });
    for (let at = 1; at <= 40; at++) await append({ term: 1, entries: [entry(at)] });
    const before = (await segmentPaths(disk)).length;
    expect(before).toBeGreaterThan(3);
    await wal.release({ index: 30, term: 1, configuration });
    expect((await segmentPaths(disk)).length).toBeLessThan(before - 1);
    await append({ entries: [entry(41)] });
    const { log } = await open(disk);
    expect(log.base.index).toBe(30);
    expect(log.hardState.term).toBe(1);
    expect(log.entries).toEqual(entries(31, 41));
  });

  test('one that is missing in the middle is an error', async () => {
    const disk = createSimulatedDisk();
    const { append } = await open(disk, { segmentBytesMax: 500 });
    for (let at = 1; at <= 40; at++) await append({ term: 1, entries: [entry(at)] });
    await disk.remove((await segmentPaths(disk))[2]!);
    await expect(open(disk)).rejects.toThrow(/the segment before it is missing/);
  });

  test('one that lost its last records is an error, though it reads well by itself', async () => {
    const disk = createSimulatedDisk();
    const { append } = await open(disk, { segmentBytesMax: 500 });
    const ends: number[] = [];
    const [first] = await segmentPaths(disk);
    for (let at = 1; at <= 40; at++) {
      ends.push(disk.readBytes(first!).length);
      await append({ term: 1, entries: [entry(at)] });
    }
    disk.writeBytes(first!, disk.readBytes(first!).subarray(0, ends[2]));
    await expect(open(disk)).rejects.toThrow(`${first} at byte ${ends[2]}`);
  });
});

describe('a log that was cut at any byte', () => {
  test.each([0, 64])('gives back every batch before the cut (preallocation %i)', async (bytes) => {
    const disk = createSimulatedDisk();
    const { append, wal } = await open(disk, { preallocateBytes: bytes });
    const [path] = await segmentPaths(disk);
    const ends = [wal.bytes];
    for (let at = 1; at <= 8; at++) {
      await append({ term: at, entries: [entry(at, 1, at * 3)] });
      ends.push(wal.bytes);
    }
    const whole = disk.readBytes(path!);
    for (let cut = ends[0]!; cut <= whole.length; cut++) {
      const damaged = createSimulatedDisk();
      await (await damaged.create(path!)).close();
      damaged.writeBytes(path!, whole.subarray(0, cut));
      const { log, append } = await open(damaged);
      const survivors = ends.filter((end) => end <= cut).length - 1;
      expect(log.entries.map(({ index }) => index)).toEqual(
        Array.from({ length: survivors }, (_, at) => at + 1),
      );
      expect(log.hardState.term).toBe(survivors);
      // And the log goes on from there.
      await append({ entries: [entry(survivors + 1)] });
      expect((await open(damaged)).log.entries).toHaveLength(survivors + 1);
    }
  });
});

describe('a flipped bit', () => {
  test('anywhere but in the last batch is an error that names file and place; in the last it cuts that batch', async () => {
    const disk = createSimulatedDisk();
    const { append } = await open(disk);
    const [path] = await segmentPaths(disk);
    const ends = [disk.readBytes(path!).length];
    for (let at = 1; at <= 6; at++) {
      await append({ term: at, entries: [entry(at)] });
      ends.push(disk.readBytes(path!).length);
    }
    const whole = disk.readBytes(path!);
    for (let at = 0; at < whole.length; at++) {
      const bytes = whole.slice();
      bytes[at]! ^= 1 << (at % 8);
      disk.writeBytes(path!, bytes);
      if (at >= ends[5]!) {
        const { log, cutBytes } = await open(disk);
        expect(log.entries).toHaveLength(5);
        expect(cutBytes).toBeGreaterThan(0);
      } else {
        const start = ends.findLast((end) => end <= at) ?? 0;
        const error: unknown = await open(disk).catch((error: unknown) => error);
        expect(error).toBeInstanceOf(WalError);
        expect(error).toMatchObject({ code: 'corrupt', path });
        if (start > 0) expect((error as Error).message).toContain(`at byte ${start}:`);
      }
    }
  });
});

test('a batch that was torn in its middle is cut though its later sectors are whole', async () => {
  const disk = createSimulatedDisk();
  const { append } = await open(disk);
  const [path] = await segmentPaths(disk);
  await append({ term: 1, entries: [entry(1)] });
  const kept = disk.readBytes(path!).length;
  await append({ entries: entries(2, 200) });
  const bytes = disk.readBytes(path!);
  bytes.fill(0, kept, kept + 512);
  disk.writeBytes(path!, bytes);
  const { log } = await open(disk);
  expect(log.entries).toEqual([entry(1)]);
});

test('after any crash every batch that was reported durable is there, and nothing that was never written', async () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = createSeededRandom(seed);
    const disk = createSimulatedDisk({ random });
    const options = { segmentBytesMax: 600, preallocateBytes: random.pick([0, 128]) };
    let expected: Entry[] = [];
    let durable = 0;
    for (let life = 0; life < 4; life++) {
      const { log, append } = await open(disk, options);
      expect(log.entries.length).toBeGreaterThanOrEqual(durable);
      expect(log.entries).toEqual(expected.slice(0, log.entries.length));
      expected = [...log.entries];
      for (let batch = 0; batch < 10; batch++) {
        const from = expected.length + 1;
        const added = entries(from, from + random.between(0, 3), life + 1);
        expected.push(...added);
        await append({ entries: added });
      }
      durable = expected.length;
      // The last batch is written, but the power goes before its sync.
      const lost = entries(durable + 1, durable + 20, life + 1);
      disk.onSync = () => {
        disk.onSync = undefined;
        disk.crash();
      };
      expected.push(...lost);
      append({ entries: lost }).catch(() => undefined);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  }
});

test('a full disk is reported once, and nothing is called durable afterwards', async () => {
  const disk = createSimulatedDisk();
  const failures: Error[] = [];
  const durable: number[] = [];
  const { wal } = await open(disk, {
    onFailure: (error) => failures.push(error),
    onDurable: (sequence) => durable.push(sequence),
  });
  disk.failure = 'no-space';
  wal.append({ sequence: 1, snapshot: undefined, hardState: undefined, entries: entries(1, 2) });
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  disk.failure = undefined;
  wal.append({ sequence: 2, snapshot: undefined, hardState: undefined, entries: entries(3, 4) });
  await wal.release({ index: 2, term: 1, configuration });
  expect(failures).toHaveLength(1);
  expect(failures[0]).toBeInstanceOf(DiskError);
  expect(durable).toEqual([]);
});

test('a folder of another cluster or member is refused', async () => {
  const disk = createSimulatedDisk();
  await (await open(disk)).append({ term: 1 });
  const other = { ...identity, memberId: 2 };
  await expect(open(disk, { identity: other })).rejects.toMatchObject({ code: 'wrong-folder' });
});

test('a creation that was interrupted leaves nothing behind', async () => {
  const disk = createSimulatedDisk();
  await (await disk.create(`${folder}/0000000000000001-0000000000000000.wal.tmp`)).close();
  await (await open(disk)).append({ term: 1 });
  expect(await segmentPaths(disk)).toHaveLength(1);
});

test('whatever a segment holds, opening gives a log or a WalError', async () => {
  const disk = createSimulatedDisk();
  const { append } = await open(disk);
  const [path] = await segmentPaths(disk);
  for (let at = 1; at <= 5; at++) await append({ term: at, entries: [entry(at)] });
  const whole = disk.readBytes(path!);
  const random = createSeededRandom(1);
  for (let round = 0; round < 2_000; round++) {
    const bytes = whole.slice(0, random.between(0, whole.length));
    for (let damage = random.between(0, 4); damage > 0 && bytes.length > 0; damage--) {
      bytes[random.between(0, bytes.length - 1)] = random.between(0, 255);
    }
    disk.writeBytes(path!, bytes);
    const outcome = await open(disk).catch((error: unknown) => error);
    if (outcome instanceof Error) expect(outcome).toBeInstanceOf(WalError);
  }
});
