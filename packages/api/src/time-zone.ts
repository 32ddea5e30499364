/**
 * Time zones of the IANA database, as Intl knows them.
 *
 * 1. Pure in effect: the answers depend on nothing but the arguments and the time zone data of the
 *    runtime. Formats are kept, one a zone, because making one is slow.
 * 2. Offsets are whole minutes, which they have been everywhere since 1972.
 */

const formats = new Map<string, Intl.DateTimeFormat>([]);

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  const kept = formats.get(timeZone);
  if (kept !== undefined) return kept;
  try {
    const made = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
    formats.set(timeZone, made);
    return made;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Intl does not mind the case of a name, a directory of zone files does. */
const spellings = new Map(
  [...Intl.supportedValuesOf('timeZone'), 'UTC'].map((name) => [name.toLowerCase(), name]),
);

/** Whether the name is one of the database's. Offsets such as `+05:30` are not. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  const spelling = spellings.get(name.toLowerCase());
  return spelling === undefined ? formatOf(name) !== undefined : spelling === name;
}

const offsetPattern = /^GMT(?:([-+])(\d{2}):(\d{2}))?/;
const millisMinute = 60_000;

/** What must be added to UTC to get the time on the clocks of the zone, in milliseconds. */
export function zoneOffsetMillis(timeZone: string, instant: number): number {
  if (timeZone === 'UTC') return 0;
  const name = formatOf(timeZone)
    ?.formatToParts(instant)
    .find(({ type }) => type === 'timeZoneName')?.value;
  const match = offsetPattern.exec(name ?? '');
  if (match === null) throw new RangeError(`unknown time zone ${timeZone}`);
  const minutes = Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0);
  return (match[1] === '-' ? -minutes : minutes) * millisMinute;
}
