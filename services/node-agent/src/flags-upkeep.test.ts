import { expect, it } from 'vitest';
import { reservations, upkeepFlags, upkeepOptions } from './flags-upkeep.ts';

const defaults = Object.fromEntries(
  Object.entries(upkeepFlags).map(([name, flag]) => [name, flag.default]),
) as Parameters<typeof upkeepOptions>[0];

it('upkeep is as kubelet’s unless told otherwise', () => {
  expect(upkeepOptions(defaults)).toMatchObject({
    eviction: { transitionMillis: 300_000, maxPodGraceSeconds: 0 },
    containers: { ageMillisMin: 0, perContainerMax: 1, totalMax: -1 },
    images: {
      highThresholdPercent: 85,
      lowThresholdPercent: 80,
      ageMillisMin: 120_000,
      ageMillisMax: 0,
    },
  });
  expect(reservations(defaults)).toEqual([
    { cpuMillis: 0, memoryBytes: 0, diskBytes: 0 },
    { cpuMillis: 0, memoryBytes: 0, diskBytes: 0 },
  ]);
});

it('the low threshold of images must be below the high one', () => {
  const wrong = { ...defaults, 'image-gc-low-threshold': 85 };
  expect(() => upkeepOptions(wrong)).toThrow(
    '--image-gc-low-threshold 85 must be less than --image-gc-high-threshold 85',
  );
});
