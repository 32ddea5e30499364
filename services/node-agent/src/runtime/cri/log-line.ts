/**
 * Lines of a CRI log: a time in RFC 3339, a stream, tags of which the first says whether the line of
 * the container is whole (F) or goes on (P), and its text; one space between each. Pure.
 */

export interface LogEntry {
  /** As it was written. */
  readonly timestamp: string;
  readonly stream: 'stdout' | 'stderr';
  /** The container's line goes on with the next entry. */
  readonly isPartial: boolean;
  readonly text: Buffer;
}

const space = 0x20;

/** Undefined for what is no entry: half a line after the disk was full. `line` is without its end. */
export function parseLogEntry(line: Buffer): LogEntry | undefined {
  const first = line.indexOf(space);
  const second = line.indexOf(space, first + 1);
  if (first < 0 || second < 0) return undefined;
  const third = line.indexOf(space, second + 1);
  const stream = line.toString('latin1', first + 1, second);
  if (stream !== 'stdout' && stream !== 'stderr') return undefined;
  const tags = line.toString('latin1', second + 1, third < 0 ? line.length : third);
  return {
    timestamp: line.toString('latin1', 0, first),
    stream,
    isPartial: tags.split(':')[0] === 'P',
    text: third < 0 ? Buffer.alloc(0) : line.subarray(third + 1),
  };
}

/** In UTC with nine digits, as `kubectl logs --timestamps` shows them. */
export function formatTimestamp(timestamp: string): string {
  const [, seconds = '', fraction = ''] = /T\d\d:\d\d:(\d\d)(?:\.(\d+))?/.exec(timestamp) ?? [];
  const wallTime = Date.parse(timestamp);
  if (seconds === '' || Number.isNaN(wallTime)) return timestamp;
  return `${new Date(wallTime).toISOString().slice(0, 19)}.${fraction.padEnd(9, '0').slice(0, 9)}Z`;
}
