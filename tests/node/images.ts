/**
 * Images for tests without a registry: Debian's static busybox, imported as a file system. What a test
 * leaves behind is found by the label of its cluster.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

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
    const root = join(folder, 'root');
    for (const name of ['bin', 'tmp', 'etc', 'proc', 'sys', 'dev']) {
      await mkdir(join(root, name), { recursive: true });
    }
    await cp(await findBusybox(folder), join(root, 'bin/busybox'));
    const { stdout: applets } = await run(join(root, 'bin/busybox'), ['--list']);
    for (const applet of applets.trim().split('\n')) {
      if (applet !== 'busybox') await symlink('busybox', join(root, 'bin', applet));
    }
    const tar = join(folder, 'image.tar');
    await run('tar', ['-C', root, '-cf', tar, '.']);
    await docker('import', '--change', 'CMD ["/bin/sh"]', tar, testImage);
    const waits = 'ENTRYPOINT ["/bin/sh", "-c", "trap \\"exit 0\\" TERM; sleep 2147483647 & wait"]';
    await docker('import', '--change', waits, tar, testPauseImage);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function findBusybox(folder: string): Promise<string> {
  for (const path of ['/usr/bin/busybox', '/bin/busybox']) if (existsSync(path)) return path;
  await run('apt-get', ['download', 'busybox-static'], { cwd: folder });
  await run('sh', ['-c', 'dpkg-deb -x busybox-static_*.deb busybox'], { cwd: folder });
  const path = ['busybox/usr/bin/busybox', 'busybox/bin/busybox']
    .map((part) => join(folder, part))
    .find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error('the package busybox-static has no bin/busybox');
  return path;
}

export async function removeLeftovers(cluster: string): Promise<void> {
  const ids = await docker('ps', '-aq', '--filter', `label=drydock.cluster=${cluster}`);
  if (ids !== '') await docker('rm', '-f', '-v', ...ids.split('\n'));
}
