/** Logs as JSON lines on standard output, through pino. */
import type { Logger } from '@drydock/ports';
import { destination, pino, stdTimeFunctions } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export function createLogger(name: string, level: LogLevel): Logger {
  return pino(
    {
      name,
      level,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: ['*.password', '*.token', '*.key'],
    },
    // Written at once: a killed process must not take its last words with it.
    destination({ fd: 1, sync: true }),
  );
}
