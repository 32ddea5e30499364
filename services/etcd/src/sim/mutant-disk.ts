/** Known bugs of those who use a disk, put in at the port: what they forget is left out here. */
import type { Disk, DiskFile } from '@drydock/ports';
import type { Mutant } from '../raft/mutants.ts';

export function createMutantDisk(disk: Disk, mutant: Mutant): Disk {
  const withoutSync = async (file: Promise<DiskFile>): Promise<DiskFile> => ({
    ...(await file),
    sync: () => Promise.resolve(),
  });
  switch (mutant) {
    case 'forget-directory-sync':
      return { ...disk, syncDirectory: () => Promise.resolve() };
    case 'forget-snapshot-sync':
      return {
        ...disk,
        create: (path) => {
          const file = disk.create(path);
          return path.includes('.snapshot') ? withoutSync(file) : file;
        },
      };
    default:
      return disk;
  }
}
