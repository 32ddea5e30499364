import { createSeededRandom } from '@drydock/ports';
import { expect, test } from 'vitest';
import { describeDisk } from '../disk-suite.ts';
import { createSimulatedDisk } from './disk.ts';
import { createScheduler } from './scheduler.ts';

describeDisk('the simulated disk', () => createSimulatedDisk());

const seeds = Array.from({ length: 100 }, (_, at) => at + 1);

/** What a file of 2,000 ones holds after a crash, with and without a sync before it. */
async function crashAfterWrite(seed: number, options: { sync: boolean }): Promise<Uint8Array> {
  const disk = createSimulatedDisk({ random: createSeededRandom(seed) });
  const file = await disk.create('file');
  await disk.syncDirectory('');
  await file.write(new Uint8Array(2_000).fill(1), 0);
  if (options.sync) await file.sync();
  disk.crash();
  return disk.readBytes('file');
}

test('a crash keeps what was synced', async () => {
  for (const seed of seeds) {
    expect(await crashAfterWrite(seed, { sync: true })).toEqual(new Uint8Array(2_000).fill(1));
  }
});

test('a crash keeps all, none or some sectors of what was not', async () => {
  const outcomes = new Set<string>();
  for (const seed of seeds) {
    const bytes = await crashAfterWrite(seed, { sync: false });
    const ones = bytes.filter((byte) => byte === 1).length;
    outcomes.add(ones === 0 ? 'none' : ones === 2_000 ? 'all' : 'torn');
  }
  expect([...outcomes].sort()).toEqual(['all', 'none', 'torn']);
});

test('a name that was not synced may be gone after a crash, one that was is there', async () => {
  const counts = new Set<number>();
  for (const seed of seeds) {
    const disk = createSimulatedDisk({ random: createSeededRandom(seed) });
    await disk.create('first');
    await disk.syncDirectory('');
    await disk.create('second');
    disk.crash();
    const names = await disk.list('');
    expect(names).toContain('first');
    counts.add(names.length);
  }
  expect(counts.size).toBe(2);
});

test('after a crash, old handles are dead and what was under way never ends', async () => {
  const scheduler = createScheduler();
  const disk = createSimulatedDisk({ scheduler, syncLatency: 5 });
  let file: Awaited<ReturnType<typeof disk.create>> | undefined;
  void disk.create('file').then((created) => (file = created));
  await scheduler.runUntil(1);
  let ended = false;
  const end = () => (ended = true);
  file!.sync().then(end, end);
  scheduler.schedule(1, () => disk.crash());
  await scheduler.runUntil(100);
  expect(ended).toBe(false);
});

test('a failure that is switched on makes writes and syncs fail', async () => {
  const disk = createSimulatedDisk();
  const file = await disk.create('file');
  disk.failure = 'no-space';
  await expect(file.write(new Uint8Array(1), 0)).rejects.toMatchObject({ code: 'no-space' });
  await expect(file.sync()).rejects.toMatchObject({ code: 'no-space' });
});

test('a disk that lies about a sync loses what it promised in a crash, and nothing in a kill', async () => {
  const kept = { crash: 0, kill: 0 };
  for (const seed of seeds) {
    for (const end of ['crash', 'kill'] as const) {
      const disk = createSimulatedDisk({ random: createSeededRandom(seed) });
      const file = await disk.create('file');
      await disk.syncDirectory('');
      disk.lie = 'lost-sync';
      await file.write(new Uint8Array(100).fill(1), 0);
      await file.sync();
      disk[end]();
      if (disk.readBytes('file').includes(1)) kept[end]++;
    }
  }
  expect(kept.kill).toBe(seeds.length);
  expect(kept.crash).toBeGreaterThan(0);
  expect(kept.crash).toBeLessThan(seeds.length);
});

test('reordered syncs keep later writes without earlier ones; an honest sync makes up for it', async () => {
  let holes = 0;
  for (const seed of seeds) {
    const disk = createSimulatedDisk({ random: createSeededRandom(seed) });
    const file = await disk.create('file');
    await disk.syncDirectory('');
    disk.lie = 'reordered-sync';
    for (const at of [0, 1]) {
      await file.write(Uint8Array.of(at + 1), at);
      await file.sync();
    }
    if (seed % 2 === 0) {
      disk.lie = undefined;
      await file.sync();
    }
    disk.crash();
    const [first, second] = disk.readBytes('file');
    if (seed % 2 === 0) expect([first, second]).toEqual([1, 2]);
    else if (first !== 1 && second === 2) holes++;
  }
  expect(holes).toBeGreaterThan(0);
});
