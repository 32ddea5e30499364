import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseGoDuration } from './go-duration.ts';

test.each([
  ['0', 0n],
  ['5s', 5_000_000_000n],
  ['+5s', 5_000_000_000n],
  ['-5s', -5_000_000_000n],
  ['1h30m', 5_400_000_000_000n],
  ['1.5h', 5_400_000_000_000n],
  ['.5s', 500_000_000n],
  ['5.s', 5_000_000_000n],
  ['100ms1us2\u00b5s3\u03bcs4ns', 100_006_004n],
  ['2562047h47m16.854775807s', 2n ** 63n - 1n],
])('%s', (text, nanos) => {
  expect(parseGoDuration(text)).toEqual({ nanos });
});

test.each([
  ['', 'time: invalid duration ""'],
  ['-', 'time: invalid duration "-"'],
  ['.s', 'time: invalid duration ".s"'],
  ['h', 'time: invalid duration "h"'],
  ['3', 'time: missing unit in duration "3"'],
  ['1h3', 'time: missing unit in duration "1h3"'],
  ['3d', 'time: unknown unit "d" in duration "3d"'],
  ['1 h', 'time: unknown unit " h" in duration "1 h"'],
  ['2562047h47m16.854775808s', 'time: invalid duration "2562047h47m16.854775808s"'],
  [`${'9'.repeat(5000)}h`, `time: invalid duration "${'9'.repeat(5000)}h"`],
])('refuses %j', (text, problem) => {
  expect(parseGoDuration(text)).toEqual({ problem });
});

test('hours, minutes and seconds add up', () => {
  const count = fc.nat({ max: 10_000 });
  fc.assert(
    fc.property(count, count, count, (hours, minutes, seconds) => {
      const nanos = BigInt(hours * 3600 + minutes * 60 + seconds) * 1_000_000_000n;
      expect(parseGoDuration(`${hours}h${minutes}m${seconds}s`)).toEqual({ nanos });
    }),
  );
});
