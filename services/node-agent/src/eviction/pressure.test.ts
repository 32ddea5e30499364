import { describe, expect, it } from 'vitest';
import { isRelieved, lookAt, noPressure } from './pressure.ts';
import type { Observations } from './signals.ts';
import { parseThresholds } from './thresholds.ts';

const thresholds = parseThresholds({
  hard: ['nodefs.available<10', 'memory.available<10'],
  soft: ['memory.available<20'],
  softGracePeriod: ['memory.available=1m'],
  minimumReclaim: ['memory.available=5'],
});
const settings = { thresholds, transitionMillis: 300_000 };
const left = (memory: number, disk = 50): Observations => ({
  'memory.available': { available: memory, capacity: 100 },
  'nodefs.available': { available: disk, capacity: 100 },
});

/** Looks at what is left, each time at so many seconds. */
function looks(...steps: readonly (readonly [number, Observations])[]) {
  let memory = noPressure;
  return steps.map(([seconds, observations]) => {
    const view = lookAt(memory, observations, { ...settings, now: seconds * 1000 });
    memory = view.memory;
    return { pressures: view.pressures, due: view.due.map((one) => thresholds.indexOf(one)) };
  });
}

describe('pressure', () => {
  it('is none while enough is left, and none where nothing can be told', () => {
    expect(looks([0, left(20)], [10, {}])).toEqual([
      { pressures: [], due: [] },
      { pressures: [], due: [] },
    ]);
  });

  it('of a hard threshold is acted upon at once, memory first', () => {
    expect(looks([0, left(9, 9)])).toEqual([
      { pressures: ['DiskPressure', 'MemoryPressure'], due: [1, 0] },
    ]);
  });

  it('of a soft threshold is a condition at once, and acted upon after its grace period', () => {
    expect(looks([0, left(15)], [59, left(15)], [60, left(15)])).toEqual([
      { pressures: ['MemoryPressure'], due: [] },
      { pressures: ['MemoryPressure'], due: [] },
      { pressures: ['MemoryPressure'], due: [2] },
    ]);
  });

  it('begins its grace period anew after a break', () => {
    const seen = looks([0, left(15)], [30, left(30)], [60, left(15)], [119, left(15)]);
    expect(seen.map(({ due }) => due)).toEqual([[], [], [], []]);
  });

  it('lasts until the minimum to reclaim is free', () => {
    const seen = looks([0, left(9)], [10, left(14)], [20, left(15)]);
    expect(seen.map(({ due }) => due.includes(1))).toEqual([true, true, false]);
  });

  it('stays a condition for the transition period', () => {
    const seen = looks([0, left(9)], [299, left(50)], [300, left(50)], [310, left(50)]);
    expect(seen.map(({ pressures }) => pressures)).toEqual([
      ['MemoryPressure'],
      ['MemoryPressure'],
      [],
      [],
    ]);
  });

  it('is relieved when all has room, the minimum to reclaim included', () => {
    expect(isRelieved(thresholds, left(14))).toBe(false);
    expect(isRelieved(thresholds, left(30))).toBe(true);
  });
});
