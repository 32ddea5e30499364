/**
 * Images for tests on a Docker engine without a registry: busybox.ts, imported as a file system. What a
 * test leaves behind is found by the label of its cluster.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeBusyboxTar } from './busybox.ts';

const run = promisify(execFile);

export const testImage = 'drydock-test-busybox:1';
/** Its only process waits, as that of any sandbox. */
export const testPauseImage = 'drydock-test-pause:1';

export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('docker', [...args]);
  return stdout.trim();
}

/** Makes both images if the engine has them not. */
export async function importTestImages(): Promise<void> {
  const present = await docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}');
  if (present.includes(testImage) && present.includes(testPauseImage)) return;
  const folder = await mkdtemp(join(tmpdir(), 'drydock-test-image-'));
  try {
    const tar = await makeBusyboxTar(folder);
    await docker('import', '--change', 'CMD ["/bin/sh"]', tar, testImage);
    const waits = 'ENTRYPOINT ["/bin/sh", "-c", "trap \\"exit 0\\" TERM; sleep 2147483647 & wait"]';
    await docker('import', '--change', waits, tar, testPauseImage);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Another image, of the same files. */
export async function importSpareImage(name: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-test-image-'));
  try {
    await docker('import', '--change', 'LABEL spare=yes', await makeBusyboxTar(folder), name);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function removeLeftovers(cluster: string): Promise<void> {
  const ids = await docker('ps', '-aq', '--filter', `label=drydock.cluster=${cluster}`);
  if (ids !== '') await docker('rm', '-f', '-v', ...ids.split('\n'));
}
