import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { age, formatMicroTime, formatTime, humanDuration, parseTime } from './time.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe('humanDuration', () => {
  test.each([
    [-5 * second, '<invalid>'],
    [-1 * second, '0s'],
    [0, '0s'],
    [119 * second, '119s'],
    [120 * second, '2m'],
    [125 * second, '2m5s'],
    [10 * minute + 30 * second, '10m'],
    [179 * minute, '179m'],
    [3 * hour, '3h'],
    [3 * hour + 5 * minute, '3h5m'],
    [8 * hour + 59 * minute, '8h'],
    [47 * hour, '47h'],
    [48 * hour, '2d'],
    [2 * day + 3 * hour, '2d3h'],
    [8 * day + 5 * hour, '8d'],
    [729 * day, '729d'],
    [730 * day, '2y'],
    [800 * day, '2y70d'],
    [9 * 365 * day, '9y'],
  ])('%d ms reads %s', (millis, text) => {
    expect(humanDuration(millis)).toBe(text);
  });
});

describe('timestamps', () => {
  test('are written in UTC, with whole seconds or six digits', () => {
    const wallTime = Date.UTC(2026, 10, 21, 8, 0, 1, 234);
    expect(formatTime(wallTime)).toBe('2026-11-21T08:00:01Z');
    expect(formatMicroTime(wallTime)).toBe('2026-11-21T08:00:01.234000Z');
  });

  test('survive being written and read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (wallTime) => {
        expect(parseTime(formatMicroTime(wallTime))).toBe(wallTime);
        expect(parseTime(formatTime(wallTime))).toBe(Math.floor(wallTime / 1000) * 1000);
      }),
    );
  });

  test('an age is unknown without a timestamp', () => {
    expect(age(undefined, 0)).toBe('<unknown>');
    expect(age('2026-11-21T08:00:00Z', Date.UTC(2026, 10, 21, 8, 1, 30))).toBe('90s');
  });
});
