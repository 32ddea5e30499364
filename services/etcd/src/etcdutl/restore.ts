/**
 * A data directory for a member of a new cluster, from a snapshot of ours or of real etcd.
 *
 * 1. It has its name only when it is whole and durable: a restore that fails, or is killed, leaves
 *    nothing that a member would start from.
 * 2. The snapshot is checked whole before anything is written.
 * 3. All members of the new cluster are restored from the same snapshot with the same flags, but for
 *    name and addresses: each begins with the same state, at the same entry of the same log.
 */
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Clock } from '@drydock/ports';
import { createSystemDisk } from '@drydock/process';
import { Member } from '@drydock/proto/etcd';
import { openBbolt, type BboltFile } from '../bbolt/reader.ts';
import { writeIdentity } from '../membership/identity.ts';
import { createSqliteBackend } from '../mvcc/sqlite-backend.ts';
import { verifyChecksum } from '../snapshot/checksum.ts';
import { openFileSource } from '../snapshot/file-source.ts';
import { importSnapshot, type Imported } from '../snapshot/import.ts';
import { openWal } from '../wal/wal.ts';
import { planBootstrap, type Bootstrap, type BootstrapFlags } from './bootstrap.ts';

export interface RestoreOptions extends BootstrapFlags {
  readonly snapshotPath: string;
  /** Missing, or empty. */
  readonly dataFolder: string;
  /** Where the log goes instead of into the data folder, as the member is told too; must not exist. */
  readonly walFolder: string | undefined;
  readonly skipHashCheck: boolean;
  readonly bumpRevision: number;
}

export interface RestorePowers {
  readonly clock: Clock;
  /** Told what is being done, and how much of it is done. */
  readonly onProgress: (what: string, done: Readonly<Record<string, number>>) => void;
}

/** The term that the restored state counts as: the first of the new cluster. */
const restoredTerm = 1;

/** @throws Error that says what is wrong with the snapshot, the flags or the folder */
export async function restoreSnapshot(
  options: RestoreOptions,
  powers: RestorePowers,
): Promise<Imported & Bootstrap> {
  const bootstrap = await planBootstrap(options);
  await checkFolders(options);
  using source = openFileSource(options.snapshotPath);
  const { onProgress } = powers;
  if (!options.skipHashCheck) {
    verifyChecksum(source, (bytes) => onProgress('verifying the checksum', { bytes }));
  }
  const file = openBbolt(source);
  onProgress('checking the pages', { bytes: file.bytes });
  file.check();

  const { dataFolder } = options;
  const isNewFolder = !existsSync(dataFolder);
  const part = join(dataFolder, 'member.part');
  try {
    await mkdir(part, { recursive: true, mode: 0o700 });
    const imported = await fill(part, { file, bootstrap, options, powers });
    await rename(part, join(dataFolder, 'member'));
    await syncFolder(dataFolder);
    await syncFolder(dirname(resolve(dataFolder)));
    return { ...imported, ...bootstrap };
  } catch (error) {
    await rm(isNewFolder ? dataFolder : part, { recursive: true, force: true });
    if (options.walFolder !== undefined) {
      await rm(options.walFolder, { recursive: true, force: true });
    }
    throw error;
  }
}

async function checkFolders({ dataFolder, walFolder }: RestoreOptions): Promise<void> {
  const names = await readdir(dataFolder).catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? [] : undefined,
  );
  if (names === undefined || names.length > 0) {
    throw new Error(
      `data-dir "${dataFolder}" not empty or could not be read: a restore makes a new one; give another --data-dir, or remove it if nothing in it is needed`,
    );
  }
  if (walFolder !== undefined && existsSync(walFolder)) {
    throw new Error(`wal-dir "${walFolder}" exists: give another --wal-dir, or remove it`);
  }
}

interface Work {
  readonly file: BboltFile;
  readonly bootstrap: Bootstrap;
  readonly options: RestoreOptions;
  readonly powers: RestorePowers;
}

async function fill(folder: string, { file, bootstrap, options, powers }: Work): Promise<Imported> {
  const { self, members, clusterId } = bootstrap;
  // Each founding member counts as an entry, as in a log of the original.
  const appliedIndex = members.length;
  let imported: Imported;
  {
    await using backend = await createSqliteBackend(join(folder, 'state.db'));
    imported = await importSnapshot(file, backend, {
      appliedIndex,
      members: members.map((one) =>
        Member.from({ id: one.id, name: one.name, peerUrls: [...one.peerUrls] }),
      ),
      bumpRevision: options.bumpRevision,
      onProgress: (revisions) => powers.onProgress('importing revisions', { revisions }),
    });
  }
  // As the member looks for it, with --wal-dir and without.
  const walFolder = join(resolve(options.walFolder ?? folder), 'log', 'wal');
  await mkdir(dirname(walFolder), { recursive: true });
  await createLog(walFolder, { bootstrap, appliedIndex, clock: powers.clock });
  await writeIdentity(join(folder, 'identity.json'), { memberId: self.id, clusterId });
  await syncFolder(folder);
  return imported;
}

/** A log that begins after the restored state. */
async function createLog(
  folder: string,
  { bootstrap, appliedIndex, clock }: { bootstrap: Bootstrap; appliedIndex: number; clock: Clock },
): Promise<void> {
  const { self, members, clusterId } = bootstrap;
  let failure: Error | undefined;
  const { wal } = await openWal({
    disk: createSystemDisk(dirname(folder)),
    clock,
    folder: basename(folder),
    identity: { clusterId: BigInt(clusterId), memberId: self.id },
    firstBase: {
      index: appliedIndex,
      term: restoredTerm,
      configuration: {
        voters: members.map((one) => one.id).sort((a, b) => a - b),
        votersOutgoing: [],
        learners: [],
        learnersNext: [],
        autoLeave: false,
      },
    },
    segmentBytesMax: 64 * 1024 * 1024,
    preallocateBytes: 0,
    onDurable: () => {},
    onFailure: (error) => {
      failure = error;
    },
  });
  wal.append({
    sequence: 1,
    snapshot: undefined,
    hardState: { term: restoredTerm, vote: 0, commit: appliedIndex },
    entries: [],
  });
  await wal.close();
  if (failure !== undefined) throw failure;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
