import { describe, expect, test } from 'vitest';
import { formatWindow, measure, podUsages } from './rates.ts';

const sample = (time: number, cpuMicros: number, workingSetBytes = 0) => ({
  time,
  cpuMicros,
  workingSetBytes,
});
const samples = (cpuMicros: number, workingSetBytes = 0) => ({
  previous: sample(1_000, 0),
  last: sample(16_000, cpuMicros, workingSetBytes),
});

describe('a rate', () => {
  test('is cores, exact to the billionth, and memory in the largest suffix that fits', () => {
    expect(measure(samples(3_750_000, 64 * 1024 * 1024))).toEqual({
      wallTime: 16_000,
      windowMillis: 15_000,
      usage: { cpu: '250m', memory: '64Mi' },
    });
    expect(measure(samples(1_234_567))?.usage.cpu).toBe('82304467n');
    expect(measure(samples(0))?.usage).toEqual({ cpu: '0', memory: '0' });
  });
  test('needs two samples, one after the other', () => {
    expect(measure(null)).toBeUndefined();
    expect(measure({ previous: null, last: sample(1, 1) })).toBeUndefined();
    expect(measure({ previous: sample(5, 1), last: sample(5, 2) })).toBeUndefined();
  });
});

test('a pod is told of when all of its containers have a rate, and as old as the oldest', () => {
  const place = { namespace: 'default', pod: 'web', startedAt: 0 };
  const of = (podUid: string, container: string, one: ReturnType<typeof samples>) => ({
    ...place,
    podUid,
    container,
    samples: one,
  });
  const late = { previous: sample(0, 0), last: sample(20_000, 20_000) };
  const usages = podUsages({
    node: null,
    containers: [
      of('both', 'late', late),
      of('both', 'early', samples(15_000)),
      of('half', 'known', late),
      { ...of('half', 'new', late), samples: { previous: null, last: sample(1, 1) } },
    ],
  });
  expect([...usages.keys()]).toEqual(['both']);
  expect(usages.get('both')).toMatchObject({
    wallTime: 16_000,
    windowMillis: 15_000,
    containers: [{ name: 'late' }, { name: 'early', usage: { cpu: '1m' } }],
  });
});

test.each([
  [15_003, '15.003s'],
  [60_000, '1m0s'],
  [3_723_500, '1h2m3.5s'],
  [250, '250ms'],
  [0, '0s'],
])('%i ms are a window of %s', (millis, text) => expect(formatWindow(millis)).toBe(text));
