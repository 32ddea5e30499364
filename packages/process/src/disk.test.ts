import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeDisk } from '@drydock/testing/disk-suite';
import { afterEach } from 'vitest';
import { createSystemDisk } from './disk.ts';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

describeDisk('a folder of the machine', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-disk-'));
  folders.push(folder);
  return createSystemDisk(folder);
});
