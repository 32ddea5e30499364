import { describe, expect, it } from 'vitest';
import { defaultHard, isMet, parseThresholds } from './thresholds.ts';

const none = { hard: [], soft: [], softGracePeriod: [], minimumReclaim: [] };

describe('thresholds', () => {
  it('are amounts or parts of what there is, hard or after a grace period', () => {
    const read = parseThresholds({
      hard: ['memory.available<100Mi', 'nodefs.available<10%'],
      soft: ['memory.available<1Gi'],
      softGracePeriod: ['memory.available=1m30s'],
      minimumReclaim: ['nodefs.available=500Mi'],
    });
    expect(read).toEqual([
      { signal: 'memory.available', amount: { units: 100 * 2 ** 20 } },
      {
        signal: 'nodefs.available',
        amount: { part: 0.1 },
        minReclaim: { units: 500 * 2 ** 20 },
      },
      { signal: 'memory.available', amount: { units: 2 ** 30 }, graceMillis: 90_000 },
    ]);
  });

  it('are kubelet’s unless told otherwise', () => {
    expect(parseThresholds({ ...none, hard: defaultHard }).map(({ signal }) => signal)).toEqual([
      'memory.available',
      'nodefs.available',
      'nodefs.inodesFree',
      'imagefs.available',
      'imagefs.inodesFree',
    ]);
  });

  it('of 0% and 100% turn their signal off', () => {
    const hard = ['nodefs.available<0%', 'imagefs.available<100%'];
    expect(parseThresholds({ ...none, hard })).toEqual([]);
  });

  it.each([
    [{ hard: ['memory.free<1Gi'] }, '--eviction-hard: unsupported eviction signal memory.free'],
    [{ hard: ['memory.available'] }, '--eviction-hard: malformed pair "memory.available"'],
    [
      { hard: ['memory.available<0'] },
      '--eviction-hard: eviction threshold memory.available must be positive: 0',
    ],
    [{ hard: ['nodefs.available<101%'] }, 'must be <= 100%: 101%'],
    [
      { soft: ['memory.available<1Gi'] },
      '--eviction-soft: grace period must be specified for the soft eviction threshold memory.available',
    ],
    [
      { softGracePeriod: ['memory.available=-1s'] },
      '--eviction-soft-grace-period: invalid eviction grace period specified: -1s must be a positive value',
    ],
    [{ minimumReclaim: ['memory.available=-1'] }, '--eviction-minimum-reclaim: negative eviction'],
  ])('that are wrong are refused: %j', (flags, message) => {
    expect(() => parseThresholds({ ...none, ...flags })).toThrow(message);
  });

  it('are met below the amount, and until the reclaim is free when that is asked', () => {
    const [threshold] = parseThresholds({
      ...none,
      hard: ['memory.available<10%'],
      minimumReclaim: ['memory.available=5'],
    });
    const met = (available: number, withReclaim: boolean) =>
      isMet(threshold!, { available, capacity: 100 }, withReclaim);
    expect([met(9, false), met(10, false), met(14, true), met(15, true)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});
