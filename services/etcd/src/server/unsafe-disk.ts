/** --unsafe-no-fsync: a disk whose syncs do nothing, so that a power loss loses what was acknowledged. */
import type { Disk, DiskFile } from '@drydock/ports';

export function withoutSync(disk: Disk): Disk {
  const unsynced = async (file: Promise<DiskFile>): Promise<DiskFile> => ({
    ...(await file),
    sync: () => Promise.resolve(),
  });
  return {
    ...disk,
    create: (path) => unsynced(disk.create(path)),
    open: (path) => unsynced(disk.open(path)),
    syncDirectory: () => Promise.resolve(),
  };
}
