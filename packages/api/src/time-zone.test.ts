import { expect, test } from 'vitest';
import { isTimeZone, zoneOffsetMillis } from './time-zone.ts';

test.each(['UTC', 'Etc/UTC', 'Europe/Berlin', 'US/Eastern', 'Asia/Calcutta', 'Etc/GMT+5'])(
  '%s is a time zone',
  (name) => expect(isTimeZone(name)).toBe(true),
);

test.each(['', 'Local', 'utc', 'europe/berlin', 'Europe/Atlantis', '+05:30', '+0530', '-01'])(
  '%j is none',
  (name) => expect(isTimeZone(name)).toBe(false),
);

const hour = 3_600_000;

test.each([
  ['UTC', '2026-07-01T00:00:00Z', 0],
  ['Europe/Berlin', '2026-01-01T00:00:00Z', hour],
  ['Europe/Berlin', '2026-07-01T00:00:00Z', 2 * hour],
  ['Asia/Kathmandu', '2026-07-01T00:00:00Z', 5.75 * hour],
  ['America/St_Johns', '2026-01-01T00:00:00Z', -3.5 * hour],
])('the clocks of %s at %s', (name, time, offset) => {
  expect(zoneOffsetMillis(name, Date.parse(time))).toBe(offset);
});

test('an unknown zone has no clocks', () => {
  expect(() => zoneOffsetMillis('Europe/Atlantis', 0)).toThrow('unknown time zone Europe/Atlantis');
});
