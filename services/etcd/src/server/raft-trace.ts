/**
 * Writes Raft's trace to a file (`--experimental-raft-trace`): lines of raft/trace-events.ts, one after another, also
 * over restarts.
 *
 * Tracing never stops or slows a member: when the disk does not keep up or fails, the trace ends, and the log
 * says that it is incomplete.
 */
import { createWriteStream } from 'node:fs';
import type { Logger } from '@drydock/ports';
import { traceLine, type Tracer } from '../replica/mod.ts';

/** Lines that wait for the disk. */
const waitingBytesMax = 64 * 1024 * 1024;

export interface RaftTrace extends AsyncDisposable {
  readonly trace: Tracer;
}

export function openRaftTrace(file: string, log: Logger): RaftTrace {
  const stream = createWriteStream(file, { flags: 'a' });
  let isOver = false;
  const end = (reason: string) => {
    if (isOver) return;
    isOver = true;
    log.error({ file, reason }, 'the trace of Raft ends here: it is incomplete');
    stream.destroy();
  };
  stream.on('error', (error) => end(error.message));
  return {
    trace(event) {
      if (isOver) return;
      stream.write(traceLine(event));
      if (stream.writableLength > waitingBytesMax) end('the disk does not keep up');
    },
    async [Symbol.asyncDispose]() {
      if (isOver) return;
      isOver = true;
      await new Promise<void>((resolve) => {
        stream.end(resolve);
        stream.on('error', () => resolve());
      });
    },
  };
}
