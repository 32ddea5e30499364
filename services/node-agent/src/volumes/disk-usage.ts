/** What a folder takes of its disk, as `du` counts: blocks, and a file with many names once. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface DiskUsage {
  readonly bytes: number;
  readonly inodes: number;
}

const blockBytes = 512;

/** What vanishes while it is looked at is not counted. */
export async function diskUsage(folder: string): Promise<DiskUsage> {
  const seen = new Set<bigint>();
  let bytes = 0;
  let inodes = 0;
  const count = async (path: string): Promise<void> => {
    const found = await lstat(path, { bigint: true }).catch(() => undefined);
    if (found === undefined) return;
    if (found.nlink > 1n && !found.isDirectory()) {
      if (seen.has(found.ino)) return;
      seen.add(found.ino);
    }
    bytes += Number(found.blocks) * blockBytes;
    inodes++;
    if (!found.isDirectory()) return;
    for (const name of await readdir(path).catch(() => [])) await count(join(path, name));
  };
  await count(folder);
  return { bytes, inodes };
}
