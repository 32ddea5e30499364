/**
 * Keeps logs from filling the disk, which a runtime leaves to its agent: a log that has become large is
 * moved away, and the runtime begins another (kubelet's container log manager).
 */
import { rename, rm, stat } from 'node:fs/promises';
import type { Clock, Logger, Millis } from '@drydock/ports';
import { rotatedFiles } from './log-files.ts';

/** Kubelet's containerLogMaxSize, containerLogMaxFiles and containerLogMonitorInterval. */
const bytesMax = 10 * 1024 * 1024;
const filesMax = 5;
const periodMillis: Millis = 10_000;

export interface LogRotationPowers {
  /** Of the containers that run. */
  readonly logs: () => Promise<readonly { readonly id: string; readonly path: string }[]>;
  readonly reopen: (id: string) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

export async function rotateLogs(powers: LogRotationPowers, signal: AbortSignal): Promise<void> {
  const { clock, log } = powers;
  while (!signal.aborted) {
    await clock.sleep(periodMillis, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      for (const one of await powers.logs()) {
        await rotateLog(one, powers, bytesMax).catch((error: unknown) =>
          log.warn({ err: error, ...one }, 'cannot rotate a log; will try again'),
        );
      }
    } catch (error) {
      log.debug({ err: error }, 'cannot look at the logs; will try again');
    }
  }
}

export async function rotateLog(
  { id, path }: { readonly id: string; readonly path: string },
  { reopen, clock }: Pick<LogRotationPowers, 'reopen' | 'clock'>,
  bytesMaxOfLog: number,
): Promise<void> {
  const { size } = await stat(path);
  if (size < bytesMaxOfLog) return;
  const old = await rotatedFiles(path);
  // The one that is moved away now, and the one that is begun.
  for (const file of old.slice(0, Math.max(0, old.length - (filesMax - 2)))) await rm(file);
  const stamp = new Date(clock.wallTime()).toISOString().replace(/[-:]|\..*/g, '');
  const aside = `${path}.${stamp.replace('T', '-')}`;
  await rename(path, aside);
  try {
    await reopen(id);
  } catch (error) {
    // The runtime still writes to the file, wherever it is.
    await rename(aside, path);
    throw error;
  }
}
