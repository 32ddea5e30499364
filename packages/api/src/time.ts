/** Timestamps as the API writes them, and ages as people read them. */

let lastSecond = Number.NaN;
let lastText = '';

/**
 * RFC 3339 in UTC with whole seconds. Asked for several times by each write, so the last answer is kept.
 * @param wallTime milliseconds since the Unix epoch
 */
export function formatTime(wallTime: number): string {
  const second = Math.floor(wallTime / 1000);
  if (second !== lastSecond) {
    lastText = `${new Date(wallTime).toISOString().slice(0, 19)}Z`;
    lastSecond = second;
  }
  return lastText;
}

/** RFC 3339 in UTC with six digits of a second. */
export function formatMicroTime(wallTime: number): string {
  return `${new Date(wallTime).toISOString().slice(0, 23)}000Z`;
}

/** Milliseconds since the Unix epoch; NaN when the text is no timestamp. */
export function parseTime(timestamp: string): number {
  return Date.parse(timestamp);
}

const secondsMin = 60;
const secondsHour = 3600;
const secondsDay = 86_400;

/** A duration the way tables show it: two units at most, coarser with age (upstream's HumanDuration). */
export function humanDuration(millis: number): string {
  const seconds = Math.trunc(millis / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 2 * secondsMin) return `${seconds}s`;
  const minutes = Math.floor(seconds / secondsMin);
  if (minutes < 10) return twoUnits(minutes, 'm', seconds % secondsMin, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(seconds / secondsHour);
  if (hours < 8) return twoUnits(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(seconds / secondsDay);
  if (days < 8) return twoUnits(days, 'd', hours % 24, 'h');
  if (days < 365 * 2) return `${days}d`;
  const years = Math.floor(days / 365);
  if (years < 8) return twoUnits(years, 'y', days % 365, 'd');
  return `${years}y`;
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;
}

/** The age cell of a table. */
export function age(timestamp: string | undefined, wallTime: number): string {
  if (timestamp === undefined || timestamp === '') return '<unknown>';
  const then = parseTime(timestamp);
  return Number.isNaN(then) ? '<invalid>' : humanDuration(wallTime - then);
}
