import { totalmem } from 'node:os';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { createMachineObserver, createSimulatedObserver, machineMemory } from './resources.ts';

it('a machine has the memory that the kernel says can be had', () => {
  const text = 'MemTotal:  100 kB\nMemFree:  10 kB\nMemAvailable:      40 kB\n';
  expect(machineMemory(text)).toEqual({ available: 40 * 1024, capacity: totalmem() });
});

it('a node tells what is left of this machine', async () => {
  const observe = createMachineObserver({
    rootFolder: tmpdir(),
    memoryLimitBytes: undefined,
    used: () => undefined,
  });
  const seen = await observe();
  for (const observation of Object.values(seen)) {
    expect(observation.available).toBeGreaterThan(0);
    expect(observation.capacity).toBeGreaterThanOrEqual(observation.available);
  }
  expect(Object.keys(seen)).toContain('memory.available');
  expect(Object.keys(seen)).toContain('pid.available');
});

it('a node with a limit has what its containers leave of it', async () => {
  const limit = 64 * 2 ** 20;
  const options = { rootFolder: tmpdir(), memoryLimitBytes: limit };
  const usedOf = (workingSetBytes: number) => () => ({ workingSetBytes, wallTime: 7 });
  const observe = createMachineObserver({ ...options, used: usedOf(limit - 1000) });
  expect((await observe())['memory.available']).toEqual({
    available: 1000,
    capacity: limit,
    measuredAt: 7,
  });
  const beyond = createMachineObserver({ ...options, used: usedOf(limit + 1000) });
  expect((await beyond())['memory.available']).toMatchObject({ available: 0, capacity: limit });
});

it('a simulated node has what the scripts of its containers leave', async () => {
  const totals = () => ({ memoryBytes: 30, diskBytes: 60, processes: 8 });
  const seen = await createSimulatedObserver({ memoryBytes: 100, diskBytes: 50, totals })();
  expect(seen['memory.available']).toEqual({ available: 70, capacity: 100 });
  expect(seen['nodefs.available']).toEqual({ available: 0, capacity: 50 });
  expect(seen['pid.available']).toEqual({ available: 32_760, capacity: 32_768 });
});
