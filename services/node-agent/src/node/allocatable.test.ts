import { describe, expect, it } from 'vitest';
import { parseThresholds } from '../eviction/thresholds.ts';
import { allocatableOf, parseReserved } from './allocatable.ts';

const mebibyte = 2 ** 20;
const capacity = {
  cpuMillis: 4000,
  memoryBytes: 8192 * mebibyte,
  diskBytes: 1000 * mebibyte,
  pods: 110,
  hugepages: { 'hugepages-2Mi': 64 * mebibyte },
};
const thresholds = parseThresholds({
  hard: ['memory.available<100Mi', 'nodefs.available<10%', 'imagefs.available<15%'],
  soft: ['memory.available<1Gi'],
  softGracePeriod: ['memory.available=1m'],
  minimumReclaim: [],
});

describe('what pods may ask for', () => {
  it('is what there is, less reservations, huge pages and what hard thresholds keep free', () => {
    const reserved = [
      parseReserved('--system-reserved', ['cpu=100m', 'memory=200Mi', 'ephemeral-storage=50Mi']),
      parseReserved('--kube-reserved', ['cpu=400m']),
    ];
    expect(allocatableOf(capacity, reserved, thresholds)).toEqual({
      ...capacity,
      cpuMillis: 3500,
      memoryBytes: (8192 - 64 - 200 - 100) * mebibyte,
      diskBytes: (1000 - 50 - 100) * mebibyte,
    });
  });

  it('is never less than nothing', () => {
    const all = parseReserved('--kube-reserved', ['memory=1Ti']);
    expect(allocatableOf(capacity, [all], []).memoryBytes).toBe(0);
  });
});

it('a reservation that is no amount of a known resource is refused', () => {
  const read = (text: string) => () => parseReserved('--kube-reserved', [text]);
  expect(read('cpu')).toThrow('--kube-reserved: expected resource=quantity, got "cpu"');
  expect(read('gpu=1')).toThrow('--kube-reserved: cannot reserve "gpu" resource');
  expect(read('cpu=-1')).toThrow('--kube-reserved: cpu must not be negative: -1');
});
