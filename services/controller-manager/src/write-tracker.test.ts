import { createManualClock } from '@drydock/testing/manual-clock';
import { expect, test } from 'vitest';
import { podOf } from './testing/builders.ts';
import { createWriteTracker } from './write-tracker.ts';

const versions = (pod: ReturnType<typeof podOf>, resourceVersion: string) => ({
  ...pod,
  metadata: { ...pod.metadata, resourceVersion },
});

test('a cache is behind until it shows every write: creations, changes and deletions', () => {
  const tracker = createWriteTracker(createManualClock());
  const [a, b] = [podOf('a'), podOf('b')];
  expect(tracker.isBehind('key', [])).toBe(false);
  tracker.wrote('key', versions(a, '10'));
  expect(tracker.isBehind('key', [])).toBe(true);
  expect(tracker.isBehind('key', [versions(a, '9')])).toBe(true);
  expect(tracker.isBehind('another', [])).toBe(false);
  tracker.wrote('key', versions(b, '11'));
  tracker.deleted('key', a);
  expect(tracker.isBehind('key', [versions(a, '10'), versions(b, '12')])).toBe(true);
  expect(tracker.isBehind('key', [versions(b, '12')])).toBe(false);
});

test('a write that is never seen holds nothing up for longer than a minute', async () => {
  const clock = createManualClock();
  const tracker = createWriteTracker(clock);
  tracker.wrote('key', versions(podOf('a'), '10'));
  await clock.advance(60_000);
  expect(tracker.isBehind('key', [])).toBe(true);
  await clock.advance(1);
  expect(tracker.isBehind('key', [])).toBe(false);
});
