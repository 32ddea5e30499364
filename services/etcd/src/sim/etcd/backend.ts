/**
 * The memory backend as SQLite behaves in a member: commits come some time after their batch, a sync
 * takes longer, what was committed survives the end of the process, what was synced a loss of power.
 */
import type { Random } from '@drydock/ports';
import type { SimulatedProcess } from '@drydock/testing/simulation';
import type { Backend } from '../../mvcc/backend.ts';
import { createMemoryBackend, type MemoryBackend } from '../../mvcc/memory-backend.ts';
import type { Mutant } from '../../raft/mutants.ts';

const commitMillisMax = 30;
const syncMillis = 5;

/** Survives the crashes of its member. */
export interface Storage {
  /** What a member finds when it starts. */
  present: MemoryBackend;
  synced: MemoryBackend;
}

export function createStorage(): Storage {
  const empty = createMemoryBackend({ commitAtOnce: false });
  return { present: empty, synced: empty };
}

/** The process has ended; with the power goes what was not synced, or only a part of it. */
export function endStorage(storage: Storage, power: 'lost' | 'kept', random: Random): void {
  const isSyncedOnly = power === 'lost' && random.chance(0.5);
  storage.present = (isSyncedOnly ? storage.synced : storage.present).crash();
  storage.synced = storage.present;
}

export function createLaggingBackend(
  storage: Storage,
  options: { process: SimulatedProcess; random: Random; mutant: Mutant | undefined },
): Backend {
  const { process, random, mutant } = options;
  const memory = storage.present;
  const later = <T>(millis: number, run: () => T | Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      process.schedule(millis, () => {
        process.touchPromises();
        Promise.resolve(run()).then(resolve, reject);
      });
    });
  const sync = () =>
    later(syncMillis, () => {
      memory.commit();
      storage.synced = memory.crash();
    });
  return {
    ...memory,
    get size() {
      return memory.size;
    },
    get appliedIndex() {
      return memory.appliedIndex;
    },
    write: (batch) => {
      if (mutant === 'index-before-rows') {
        memory.write({ ...batch, rows: [], drop: [] });
        memory.commit();
      }
      memory.write(batch);
      process.schedule(random.between(1, commitMillisMax), () => memory.commit());
    },
    sync,
    install: (body) =>
      later(syncMillis, async () => {
        await memory.install(body);
        storage.synced = memory.crash();
      }),
  };
}
