import { describe, expect, it } from 'vitest';
import { addUsage, firstSamples, nextSamples } from './usage.ts';

const sample = (wallTime: number, cpuMicros: number, workingSetBytes = 100) => ({
  wallTime,
  cpuMicros,
  workingSetBytes,
});

describe('samples', () => {
  it('are the last two', () => {
    const first = nextSamples(undefined, sample(0, 0));
    expect(first).toEqual({ previous: undefined, last: sample(0, 0) });
    const second = nextSamples(first, sample(10, 5));
    expect(second).toEqual({ previous: sample(0, 0), last: sample(10, 5) });
    expect(nextSamples(second, sample(20, 9)).previous).toEqual(sample(10, 5));
  });
  it('that were measured at one time are one', () => {
    const two = { previous: sample(0, 0), last: sample(10, 5) };
    expect(nextSamples(two, sample(10, 6))).toBe(two);
  });
  it('begin anew when the counter does', () => {
    expect(nextSamples({ previous: sample(0, 50), last: sample(10, 60) }, sample(20, 3))).toEqual({
      previous: undefined,
      last: sample(20, 3),
    });
  });
  it('of a container that has run for a while begin with its start', () => {
    const seen = sample(12_000, 600);
    expect(firstSamples(seen, { startedAt: 1_000, ranMillis: 11_000 }).previous).toEqual(
      sample(1_000, 0, 0),
    );
    expect(firstSamples(seen, { startedAt: 3_000, ranMillis: 9_000 }).previous).toBeUndefined();
  });
});

describe('the usage of a node', () => {
  const old = (before: number, now: number) => ({
    samples: { previous: sample(0, before), last: sample(10, now) },
    isNew: false,
  });
  it('begins with nothing, whatever was used before', () => {
    expect(addUsage(undefined, [old(10, 20)], 10)).toEqual(sample(10, 0, 100));
  });
  it('grows by what each part has used, all of it of a new one', () => {
    const fresh = { samples: { previous: undefined, last: sample(10, 7) }, isNew: true };
    expect(addUsage(sample(0, 1_000), [old(10, 20), fresh], 10)).toEqual(sample(10, 1_017, 200));
  });
  it('does not shrink when a part ends', () => {
    expect(addUsage(sample(0, 1_000), [], 10)).toEqual(sample(10, 1_000, 0));
  });
  it('does not count a life of which only the last sample is known', () => {
    const restarted = { samples: { previous: undefined, last: sample(10, 7) }, isNew: false };
    expect(addUsage(sample(0, 1_000), [restarted], 10).cpuMicros).toBe(1_000);
  });
});
