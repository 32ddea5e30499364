/** Schedules against robfig/cron's texts, and next times against counting minutes. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextCronTime, parseCron } from './cron.ts';
import type { CronSchedule } from './cron.ts';

function scheduleOf(text: string): CronSchedule {
  const result = parseCron(text);
  if ('problem' in result) throw new Error(result.problem);
  return result.schedule;
}

describe('parsing', () => {
  test.each([
    ['', 'empty spec string'],
    ['  ', 'expected exactly 5 fields, found 0: []'],
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['0 * * * * *', 'expected exactly 5 fields, found 6: [0 * * * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* 24 * * *', 'end of range (24) above maximum (23): 24'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['* * * 13 *', 'end of range (13) above maximum (12): 13'],
    ['* * * * 7', 'end of range (7) above maximum (6): 7'],
    ['5-3 * * * *', 'beginning of range (5) beyond end of range (3): 5-3'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
    ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ['-5 * * * *', 'failed to parse int from : strconv.Atoi: parsing "": invalid syntax'],
    [
      '99999999999999999999 * * * *',
      'failed to parse int from 99999999999999999999: strconv.Atoi: parsing "99999999999999999999": value out of range',
    ],
    ['*/-1 * * * *', 'negative number (-1) not allowed: -1'],
    ['@never', 'unrecognized descriptor: @never'],
    ['@every 5x', 'failed to parse duration @every 5x: time: unknown unit "x" in duration "5x"'],
    ['TZ=Mars/Base * * * * *', 'provided bad location Mars/Base: unknown time zone Mars/Base'],
    ['TZ=UTC', 'expected exactly 5 fields, found 0: []'],
  ])('refuses %j', (text, problem) => {
    expect(parseCron(text)).toEqual({ problem });
  });

  test.each([
    ['@yearly', '0 0 1 1 *'],
    ['@annually', '0 0 1 1 *'],
    ['@monthly', '0 0 1 * *'],
    ['@weekly', '0 0 * * 0'],
    ['@daily', '0 0 * * *'],
    ['@midnight', '0 0 * * *'],
    ['@hourly', '0 * * * *'],
    ['0 0 ? JAN-mar Mon', '0 0 * 1-3 1'],
    ['5/20 * * * *', '5,25,45 * * * *'],
    ['10-30/10,, * * * *', '10,20,30 * * * *'],
    ['+3 * * * *', '3 * * * *'],
  ])('%s is %s', (text, same) => {
    expect(scheduleOf(text)).toEqual(scheduleOf(same));
  });

  test('a star with a step restricts a field, a star with step one does not', () => {
    const { daysOfMonth, daysOfWeek } = scheduleOf('0 0 */2 * */1') as CronSchedule & {
      kind: 'fields';
    };
    expect([daysOfMonth.isAny, daysOfWeek.isAny]).toEqual([false, true]);
  });

  test('whatever is said is answered, never thrown', () => {
    const piece = fc.constantFrom('*', '?', '-', '/', ',', '5', '99', 'mon', '@every ', 'TZ=', ' ');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const result = parseCron(pieces.join(''));
        expect('problem' in result || 'schedule' in result).toBe(true);
      }),
    );
  });
});

describe('next time', () => {
  test.each([
    ['*/5 * * * *', 'UTC', '2026-03-01T10:00:00Z', '2026-03-01T10:05:00Z'],
    ['*/5 * * * *', 'UTC', '2026-03-01T10:04:59.999Z', '2026-03-01T10:05:00Z'],
    ['0 0 29 2 *', 'UTC', '2026-03-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['0 0 31 * *', 'UTC', '2026-04-01T00:00:00Z', '2026-05-31T00:00:00Z'],
    ['0 0 13 * 5', 'UTC', '2026-03-13T00:00:00Z', '2026-03-20T00:00:00Z'],
    ['59 23 31 12 *', 'UTC', '2026-12-31T23:59:00Z', '2027-12-31T23:59:00Z'],
    ['0 9 * * *', 'Asia/Kolkata', '2026-03-01T00:00:00Z', '2026-03-01T03:30:00Z'],
    ['TZ=Asia/Tokyo 0 9 * * *', 'UTC', '2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z'],
    ['CRON_TZ= 0 9 * * *', 'Asia/Tokyo', '2026-03-01T00:00:00Z', '2026-03-01T09:00:00Z'],
    // The clocks of New York skip 2:30 on 8 March 2026, and show 1:30 twice on 1 November.
    ['30 2 * * *', 'America/New_York', '2026-03-07T08:00:00Z', '2026-03-09T06:30:00Z'],
    ['30 1 * * *', 'America/New_York', '2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z'],
    // Midnight did not exist in São Paulo on 4 November 2018, nor 30 December 2011 in Apia.
    ['0 1 4 11 *', 'America/Sao_Paulo', '2018-11-03T12:00:00Z', '2018-11-04T03:00:00Z'],
    ['0 0 * * *', 'America/Sao_Paulo', '2018-11-03T12:00:00Z', '2018-11-05T02:00:00Z'],
    ['0 0 * * *', 'Pacific/Apia', '2011-12-29T12:00:00Z', '2011-12-30T10:00:00Z'],
    ['15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00:00Z', '2026-10-04T15:15:00Z'],
    ['@every 90s', 'UTC', '2026-03-01T10:00:00.700Z', '2026-03-01T10:01:30Z'],
    ['@every 1.9s', 'UTC', '2026-03-01T10:00:00Z', '2026-03-01T10:00:01Z'],
    ['@every -1h', 'UTC', '2026-03-01T10:00:00Z', '2026-03-01T10:00:01Z'],
  ])('of %s in %s after %s is %s', (text, zone, after, next) => {
    expect(nextCronTime(scheduleOf(text), Date.parse(after), zone)).toBe(Date.parse(next));
  });

  test.each(['0 0 30 2 *', ', * * * *', '* , * * *', '* * * , *', '* * , * ,'])(
    '%s never comes',
    (text) => {
      expect(nextCronTime(scheduleOf(text), 0)).toBeUndefined();
    },
  );

  const minute = 60_000;
  const subset = (min: number, max: number) =>
    fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 4 });
  const instant = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) });
  const zone = fc.constantFrom('UTC', 'America/New_York', 'Europe/Berlin', 'Asia/Kathmandu');

  /** Reads a clock of the zone by formatting, which the code under test does not. */
  function clockOf(timeZone: string) {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      hour: 'numeric',
      minute: 'numeric',
      weekday: 'short',
    });
    const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
    return (time: number) => {
      const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]));
      return {
        minute: Number(parts.get('minute')),
        hour: Number(parts.get('hour')),
        weekday: days.indexOf(parts.get('weekday')!),
      };
    };
  }

  test('it is the first minute after that matches every field', () => {
    fc.assert(
      fc.property(
        instant,
        zone,
        subset(0, 59),
        fc.option(subset(0, 23)),
        fc.option(subset(0, 6)),
        (after, timeZone, minutes, hours, weekdays) => {
          const text = `${minutes.join()} ${hours?.join() ?? '*'} * * ${weekdays?.join() ?? '*'}`;
          const read = clockOf(timeZone);
          const matches = (time: number) => {
            const clock = read(time);
            return (
              minutes.includes(clock.minute) &&
              (hours?.includes(clock.hour) ?? true) &&
              (weekdays?.includes(clock.weekday) ?? true)
            );
          };
          const next = nextCronTime(scheduleOf(text), after, timeZone)!;
          expect(next).toBeGreaterThan(after);
          expect(next % minute).toBe(0);
          expect(matches(next)).toBe(true);
          const first = Math.floor(after / minute) * minute + minute;
          // Counting every minute of a week is slow: the last day before it is enough here.
          for (let time = Math.max(first, next - 1440 * minute); time < next; time += minute) {
            expect(matches(time)).toBe(false);
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  test('it never goes back as time goes on', () => {
    const schedules = ['*/7 3 * * *', '0 0 1 * *', '30 2 * * 0', '0 12 15 6,12 *', '@every 61s'];
    fc.assert(
      fc.property(
        fc.constantFrom(...schedules),
        zone,
        instant,
        fc.nat({ max: 400 * 86_400_000 }),
        (text, timeZone, after, later) => {
          const schedule = scheduleOf(text);
          const next = nextCronTime(schedule, after, timeZone)!;
          expect(nextCronTime(schedule, after + later, timeZone)).toBeGreaterThanOrEqual(next);
          if (schedule.kind === 'every') return;
          expect(nextCronTime(schedule, next - 1, timeZone)).toBe(next);
        },
      ),
    );
  });
});
