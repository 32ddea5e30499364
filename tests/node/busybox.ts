/** Debian's static busybox as a file system: what images for tests are made of, without a registry. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The path of the archive, which is made in `folder`. */
export async function makeBusyboxTar(folder: string): Promise<string> {
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
  return tar;
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
