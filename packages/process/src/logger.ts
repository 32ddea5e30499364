/** Logs as lines on standard output, or elsewhere, through pino: JSON, or columns for people. */
import type { Logger } from '@drydock/ports';
import { destination, multistream, pino, stdTimeFunctions, type DestinationStream } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

export interface LogOptions {
  /** stdout, stderr, or files to append to; standard output by default. */
  readonly outputs?: readonly string[];
  readonly format?: 'json' | 'console';
}

/** @throws Error when a file cannot be opened */
export function createLogger(name: string, level: LogLevel, options: LogOptions = {}): Logger {
  const { outputs = ['stdout'], format = 'json' } = options;
  const streams = [...new Set(outputs)].map((output) => {
    const stream = openOutput(output);
    return { level, stream: format === 'json' ? stream : inColumns(stream) };
  });
  return pino(
    {
      name,
      level,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: ['*.password', '*.token', '*.key'],
    },
    streams.length === 1 ? streams[0]!.stream : multistream(streams),
  );
}

/** Written at once: a killed process must not take its last words with it. */
function openOutput(output: string): DestinationStream {
  if (output === 'stdout') return destination({ fd: 1, sync: true });
  if (output === 'stderr') return destination({ fd: 2, sync: true });
  return destination({ dest: output, sync: true, append: true, mkdir: true });
}

/** Time, level, message and the rest as JSON, with tabs between them. */
function inColumns(stream: DestinationStream): DestinationStream {
  return {
    write: (line) => {
      const {
        time,
        level,
        msg,
        pid: _pid,
        name: _name,
        ...rest
      } = JSON.parse(line) as Record<string, unknown>;
      const fields = Object.keys(rest).length === 0 ? '' : `\t${JSON.stringify(rest)}`;
      stream.write(`${String(time)}\t${String(level)}\t${String(msg)}${fields}\n`);
    },
  };
}
