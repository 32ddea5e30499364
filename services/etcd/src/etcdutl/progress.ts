/** What a long command does, as lines of JSON on standard error, like the original's log. */

export interface ProgressLog {
  info(message: string, fields: Readonly<Record<string, unknown>>): void;
  /** At most one line a second; for what is told often. */
  progress(what: string, done: Readonly<Record<string, number>>): void;
}

const progressMillis = 1_000;

export function createProgressLog(
  write: (line: string) => void,
  now: () => number = Date.now,
): ProgressLog {
  let lastAt = now();
  const info = (message: string, fields: Readonly<Record<string, unknown>>) => {
    const record = { level: 'info', ts: now() / 1_000, msg: message, ...fields };
    write(`${JSON.stringify(record)}\n`);
  };
  return {
    info,
    progress: (what, done) => {
      if (now() - lastAt < progressMillis) return;
      lastAt = now();
      info(what, done);
    },
  };
}
