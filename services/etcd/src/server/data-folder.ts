/** The folder of a member's data: one process at a time, and only one that can write there. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { memberFolder, type MemberConfig } from '../config.ts';
import { lockFile } from '../mvcc/sqlite-lock.ts';

/** Held until it is disposed, or its process ends. @throws Error that says why the folder is not ours */
export async function lockDataFolder(
  config: Pick<MemberConfig, 'dataFolder'>,
): Promise<Disposable> {
  const folder = memberFolder(config);
  let lock: Disposable | undefined;
  try {
    // 0700 as the original: keys and values are nobody else's.
    await mkdir(folder, { recursive: true, mode: 0o700 });
    lock = lockFile(join(folder, 'lock'));
  } catch (error) {
    throw new Error(
      `the data folder ${config.dataFolder} cannot be written: ${(error as Error).message}; check who owns it and how it is mounted`,
      { cause: error },
    );
  }
  if (lock !== undefined) return lock;
  throw new Error(
    `the data folder ${config.dataFolder} is in use by another process: end that first, or give this member a --data-dir of its own`,
  );
}
