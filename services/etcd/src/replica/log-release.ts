/** Lets go of the log behind what the state machine holds durably, every so many entries or bytes. */
import type { Logger } from '@drydock/ports';
import type { Raft } from '../raft/raft.ts';
import type { Entry, LogIndex } from '../raft/types.ts';
import type { Wal } from '../wal/wal.ts';
import type { Settings } from './settings.ts';
import type { StateMachine } from './types.ts';

export interface LogRelease {
  /** The next entries are applied; at least one. */
  applied(entries: readonly Entry[]): void;
  /** A snapshot has replaced the log. */
  replaced(index: LogIndex): void;
}

export interface LogReleasePowers {
  readonly raft: Raft;
  readonly wal: Wal;
  readonly stateMachine: StateMachine<unknown>;
  readonly settings: Settings;
  readonly logger: Logger;
  /** Members to whom a snapshot is under way need the entries after this one. */
  readonly neededAfter: () => LogIndex | undefined;
  readonly isStopped: () => boolean;
  readonly fail: (error: unknown) => void;
}

export function createLogRelease(powers: LogReleasePowers): LogRelease {
  const { raft, wal, stateMachine, settings, logger, neededAfter, isStopped, fail } = powers;
  let releasedIndex = raft.log.firstIndex - 1;
  let bytesSinceRelease = 0;
  let isBusy = false;

  /** What may leave memory: all but the last entries, by number and bytes, and what snapshots need. */
  const compactionIndex = (index: LogIndex): LogIndex => {
    const { catchUpEntries, catchUpBytes, snapshotCatchUpBytes } = settings;
    const { log } = raft;
    const kept = Math.max(0, index - catchUpEntries, log.indexWithin(index, catchUpBytes));
    const needed = neededAfter() ?? kept;
    return Math.min(kept, Math.max(needed, log.indexWithin(index, snapshotCatchUpBytes)));
  };

  /** The state machine makes itself durable, then the log lets go of what is before. */
  const release = async (index: LogIndex): Promise<void> => {
    await stateMachine.persist();
    if (isStopped()) return;
    const meta = raft.snapshotMeta(index);
    releasedIndex = index;
    // A snapshot that arrived meanwhile has replaced the log already.
    if (meta === undefined) return;
    await wal.release(meta);
    if (isStopped()) return;
    raft.compact(compactionIndex(index));
    logger.debug({ index }, 'released the log');
  };

  return {
    applied(entries) {
      const { index } = entries.at(-1)!;
      for (const { data } of entries) bytesSinceRelease += data.length;
      const isDue =
        index - releasedIndex >= settings.snapshotCount ||
        bytesSinceRelease >= settings.releaseBytes;
      if (isBusy || !isDue) return;
      isBusy = true;
      bytesSinceRelease = 0;
      release(index)
        .catch(fail)
        .finally(() => {
          isBusy = false;
        });
    },
    replaced(index) {
      releasedIndex = index;
    },
  };
}
