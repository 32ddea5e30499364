/**
 * A log that was damaged behind the member's back is opened.
 *
 * 1. Opening succeeds, or fails with a WalError that names a file (and the byte, where it is damage):
 *    never in another way.
 * 2. When it succeeds, what is found is a first part of what was durable.
 * 3. After a flipped bit that part lacks at most the last batch. Whoever cuts off or removes the end of
 *    the newest segment cuts off the log there: that looks as if it had never been written.
 */
import { createSeededRandom, type Clock, type Random } from '@drydock/ports';
import { createSimulatedDisk, type SimulatedDisk } from '@drydock/testing/simulation';
import { plainConfiguration } from '../../raft/configuration.ts';
import type { Entry } from '../../raft/types.ts';
import { WalError } from '../../wal/error.ts';
import { openWal, type RecoveredLog, type WalOptions } from '../../wal/wal.ts';
import { Violation } from '../violation.ts';
import { join, mutate, randomBytes } from './mutate.ts';

const folder = 'wal';
const clock = { now: () => 0 } as Clock;
const firstBase = { index: 0, term: 0, configuration: plainConfiguration([1, 2, 3]) };

function optionsFor(disk: SimulatedDisk, more: Partial<WalOptions> = {}): WalOptions {
  return {
    disk,
    clock,
    folder,
    identity: { clusterId: 7n, memberId: 1 },
    firstBase,
    segmentBytesMax: 400,
    preallocateBytes: 64,
    onDurable: () => undefined,
    onFailure: (error) => {
      throw error;
    },
    ...more,
  };
}

interface Written {
  readonly entries: readonly Entry[];
  /** How many entries there were before the last batch. */
  readonly beforeLastBatch: number;
  readonly term: number;
}

async function writeLog(disk: SimulatedDisk, random: Random): Promise<Written> {
  let resolve: () => void = () => undefined;
  const { wal } = await openWal(optionsFor(disk, { onDurable: () => resolve() }));
  const entries: Entry[] = [];
  let beforeLastBatch = 0;
  const batches = random.between(1, 12);
  for (let sequence = 1; sequence <= batches; sequence++) {
    beforeLastBatch = entries.length;
    const added = Array.from({ length: random.between(0, 5) }, (_, at): Entry => ({
      index: entries.length + at + 1,
      term: sequence,
      kind: 'data',
      origin: 1,
      sequence: entries.length + at + 1,
      data: randomBytes(random, 40),
    }));
    entries.push(...added);
    const durable = new Promise<void>((done) => (resolve = done));
    const hardState = { term: sequence, vote: 1, commit: 0 };
    wal.append({ sequence, snapshot: undefined, hardState, entries: added });
    await durable;
  }
  await wal.close();
  return { entries, beforeLastBatch, term: batches };
}

type Damage = 'flip' | 'mutate' | 'truncate' | 'append' | 'swap' | 'remove';

function damage(disk: SimulatedDisk, random: Random): { kind: Damage; isNewest: boolean } {
  const { paths } = disk;
  const path = random.pick(paths);
  const bytes = disk.readBytes(path);
  const isNewest = path === paths.at(-1);
  const kind = random.pick<Damage>([
    'flip',
    'flip',
    'mutate',
    'truncate',
    'append',
    'swap',
    'remove',
  ]);
  switch (kind) {
    case 'flip': {
      const at = random.between(0, bytes.length - 1);
      disk.writeBytes(path, bytes.with(at, bytes[at]! ^ (1 << random.between(0, 7))));
      break;
    }
    case 'mutate':
      disk.writeBytes(path, mutate(random, bytes));
      break;
    case 'truncate':
      disk.writeBytes(path, bytes.slice(0, random.between(0, bytes.length - 1)));
      break;
    case 'append':
      disk.writeBytes(path, join(bytes, randomBytes(random, 60), bytes));
      break;
    case 'swap': {
      const other = random.pick(paths);
      disk.writeBytes(path, disk.readBytes(other));
      disk.writeBytes(other, bytes);
      return { kind, isNewest: isNewest || other === paths.at(-1) };
    }
    case 'remove':
      void disk.remove(path);
      break;
    default:
      kind satisfies never;
  }
  return { kind, isNewest };
}

/** @throws Violation */
export async function fuzzWal(seed: number): Promise<'opened' | 'refused'> {
  const random = createSeededRandom(seed);
  const disk = createSimulatedDisk();
  const written = await writeLog(disk, random);
  const done = damage(disk, random);
  let log: RecoveredLog;
  try {
    const opened = await openWal(optionsFor(disk));
    log = opened.log;
    await opened.wal.close();
  } catch (error) {
    if (error instanceof WalError && /wal\/[0-9a-f-]+\.wal/.test(error.message)) return 'refused';
    throw new Violation(`wal: ${done.kind} ended in ${String(error)}`, { cause: error });
  }
  const found = JSON.stringify(log.entries);
  const first = JSON.stringify(written.entries.slice(0, log.entries.length));
  if (found !== first) throw new Violation(`wal: ${done.kind} changed what is read`);
  const isShort = log.entries.length < written.beforeLastBatch;
  const mayBeShort = done.isNewest && done.kind !== 'flip';
  if (isShort && !mayBeShort) {
    throw new Violation(
      `wal: after ${done.kind} only ${log.entries.length} of ${written.entries.length} entries are ` +
        'there, and nobody is told',
    );
  }
  return 'opened';
}
