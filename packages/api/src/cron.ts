/**
 * Cron schedules, as CronJobs have them: `0,30 9-17 * * mon-fri`, `@daily`, `@every 1h30m`.
 *
 * 1. What is accepted, and the words for what is not, are those of robfig/cron's standard parser.
 * 2. When both days are restricted one of them is enough; otherwise both must match.
 * 3. A time that the clocks skip is skipped, one that they show twice counts twice.
 */
import { parseGoDuration } from './go-duration.ts';
import { isTimeZone, zoneOffsetMillis } from './time-zone.ts';

interface CronField {
  readonly values: ReadonlySet<number>;
  /** Any value is wanted: the field says `*` or `?`. */
  readonly isAny: boolean;
}

export type CronSchedule =
  | { readonly kind: 'every'; readonly seconds: number }
  | {
      readonly kind: 'fields';
      readonly minutes: CronField;
      readonly hours: CronField;
      readonly daysOfMonth: CronField;
      /** 1 is January. */
      readonly months: CronField;
      /** 0 is Sunday. */
      readonly daysOfWeek: CronField;
      /** From a leading `TZ=` or `CRON_TZ=`. */
      readonly timeZone?: string;
    };

export type CronResult = { readonly schedule: CronSchedule } | { readonly problem: string };

class CronSyntaxError extends Error {}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const minuteBounds: Bounds = { min: 0, max: 59 };
const hourBounds: Bounds = { min: 0, max: 23 };
const dayOfMonthBounds: Bounds = { min: 1, max: 31 };
const monthBounds: Bounds = {
  min: 1,
  max: 12,
  names: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' '),
};
const dayOfWeekBounds: Bounds = { min: 0, max: 6, names: 'sun mon tue wed thu fri sat'.split(' ') };

function parseNumber(text: string): number {
  const refuse = (why: string) =>
    new CronSyntaxError(
      `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: ${why}`,
    );
  if (!/^[-+]?\d+$/.test(text)) throw refuse('invalid syntax');
  const value = Number(text);
  if (Math.abs(value) >= 2 ** 63) throw refuse('value out of range');
  if (value < 0) throw new CronSyntaxError(`negative number (${value}) not allowed: ${text}`);
  return value;
}

function parseValue(text: string, { min, names }: Bounds): number {
  const index = names?.indexOf(text.toLowerCase()) ?? -1;
  return index < 0 ? parseNumber(text) : min + index;
}

/** `number | number "-" number [ "/" number ]`, where `*` and `?` stand for everything. */
function parseRange(text: string, bounds: Bounds): CronField {
  const refuse = (why: string) => new CronSyntaxError(`${why}: ${text}`);
  const [range = '', stepText, ...moreSteps] = text.split('/');
  const [low = '', high, ...moreLimits] = range.split('-');
  const isStar = low === '*' || low === '?';
  let start = bounds.min;
  let end = bounds.max;
  if (!isStar) {
    start = parseValue(low, bounds);
    if (moreLimits.length > 0) throw refuse('too many hyphens');
    end = high === undefined ? start : parseValue(high, bounds);
  }
  if (moreSteps.length > 0) throw refuse('too many slashes');
  const step = stepText === undefined ? 1 : parseNumber(stepText);
  // `5/10` counts on to the end of the field.
  if (stepText !== undefined && high === undefined) end = bounds.max;
  if (start < bounds.min) {
    throw refuse(`beginning of range (${start}) below minimum (${bounds.min})`);
  }
  if (end > bounds.max) throw refuse(`end of range (${end}) above maximum (${bounds.max})`);
  if (start > end) throw refuse(`beginning of range (${start}) beyond end of range (${end})`);
  if (step === 0) throw refuse('step of range should be a positive number');
  const values = new Set<number>();
  for (let value = start; value <= end; value += step) values.add(value);
  return { values, isAny: isStar && step === 1 };
}

function parseField(text: string, bounds: Bounds): CronField {
  const ranges = text
    .split(',')
    .filter((range) => range !== '')
    .map((range) => parseRange(range, bounds));
  return {
    values: new Set(ranges.flatMap(({ values }) => [...values])),
    isAny: ranges.some(({ isAny }) => isAny),
  };
}

const descriptors: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const nanosSecond = 1_000_000_000n;
const every = '@every ';

function parseEvery(descriptor: string): CronSchedule {
  const duration = parseGoDuration(descriptor.slice(every.length));
  if ('problem' in duration) {
    throw new CronSyntaxError(`failed to parse duration ${descriptor}: ${duration.problem}`);
  }
  const seconds = Number(duration.nanos / nanosSecond);
  return { kind: 'every', seconds: Math.max(1, seconds) };
}

function parseFields(text: string): CronSchedule & { kind: 'fields' } {
  const fields = text.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== 5) {
    const found = `found ${fields.length}: [${fields.join(' ')}]`;
    throw new CronSyntaxError(`expected exactly 5 fields, ${found}`);
  }
  return {
    kind: 'fields',
    minutes: parseField(fields[0]!, minuteBounds),
    hours: parseField(fields[1]!, hourBounds),
    daysOfMonth: parseField(fields[2]!, dayOfMonthBounds),
    months: parseField(fields[3]!, monthBounds),
    daysOfWeek: parseField(fields[4]!, dayOfWeekBounds),
  };
}

const zonePattern = /^(?:CRON_)?TZ=([^ ]*)/;

function parseSchedule(text: string): CronSchedule {
  const zone = zonePattern.exec(text);
  if (zone === null) return parseWithoutZone(text);
  const name = zone[1]!;
  if (name !== '' && !isTimeZone(name)) {
    throw new CronSyntaxError(`provided bad location ${name}: unknown time zone ${name}`);
  }
  const schedule = parseWithoutZone(text.slice(zone[0].length).trim());
  const timeZone = name === '' ? 'UTC' : name;
  return schedule.kind === 'every' ? schedule : { ...schedule, timeZone };
}

function parseWithoutZone(text: string): CronSchedule {
  if (!text.startsWith('@')) return parseFields(text);
  if (Object.hasOwn(descriptors, text)) return parseFields(descriptors[text]!);
  if (text.startsWith(every)) return parseEvery(text);
  throw new CronSyntaxError(`unrecognized descriptor: ${text}`);
}

export function parseCron(text: string): CronResult {
  if (text === '') return { problem: 'empty spec string' };
  try {
    return { schedule: parseSchedule(text) };
  } catch (error) {
    if (error instanceof CronSyntaxError) return { problem: error.message };
    throw error;
  }
}

const millisSecond = 1000;
const millisMinute = 60 * millisSecond;
const millisHour = 60 * millisMinute;
const yearsMax = 5;

/** The instant at which a day begins: midnight, or what the clocks show first when they skip it. */
function startOfDay(midnight: number, timeZone: string): number {
  const guess = midnight - zoneOffsetMillis(timeZone, midnight);
  const instant = midnight - zoneOffsetMillis(timeZone, guess);
  const shown = instant + zoneOffsetMillis(timeZone, instant);
  return shown < midnight ? instant + (midnight - shown) : instant;
}

/**
 * The first time of a schedule after an instant; undefined when there is none within five years.
 * @param after milliseconds since the Unix epoch, as is the answer
 * @param timeZone where the clocks hang, unless the schedule itself says it
 */
export function nextCronTime(
  schedule: CronSchedule,
  after: number,
  timeZone = 'UTC',
): number | undefined {
  const second = Math.floor(after / millisSecond) * millisSecond;
  if (schedule.kind === 'every') return second + schedule.seconds * millisSecond;
  const { minutes, hours, daysOfMonth, months, daysOfWeek } = schedule;
  if ([minutes, hours, months].some(({ values }) => values.size === 0)) return undefined;
  const zone = schedule.timeZone ?? timeZone;
  const clockAt = (instant: number) => new Date(instant + zoneOffsetMillis(zone, instant));
  const isDay = (clock: Date) => {
    const isDayOfMonth = daysOfMonth.values.has(clock.getUTCDate());
    const isDayOfWeek = daysOfWeek.values.has(clock.getUTCDay());
    return daysOfMonth.isAny || daysOfWeek.isAny
      ? isDayOfMonth && isDayOfWeek
      : isDayOfMonth || isDayOfWeek;
  };
  const yearMax = clockAt(second + millisSecond).getUTCFullYear() + yearsMax;
  let time = Math.floor(after / millisMinute) * millisMinute + millisMinute;
  for (;;) {
    const clock = clockAt(time);
    const [year, month, day] = [clock.getUTCFullYear(), clock.getUTCMonth(), clock.getUTCDate()];
    if (year > yearMax) return undefined;
    if (!months.values.has(month + 1)) time = startOfDay(Date.UTC(year, month + 1, 1), zone);
    else if (!isDay(clock)) time = startOfDay(Date.UTC(year, month, day + 1), zone);
    else if (!hours.values.has(clock.getUTCHours())) {
      time += millisHour - (clock.getTime() % millisHour);
    } else if (!minutes.values.has(clock.getUTCMinutes())) time += millisMinute;
    else return time;
  }
}
