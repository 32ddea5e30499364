/**
 * Files that change together, as upstream's atomic writer lays them out:
 *
 *     a.txt          -> ..data/a.txt          what a container opens
 *     ..data         -> ..version.x7Gf2p      the one link that is swapped
 *     ..version.x7Gf2p/a.txt
 *
 * 1. A reader sees all of the old files or all of the new ones: one rename decides.
 * 2. What did not change is not written.
 * 3. A crash leaves a version that nothing points to; the next write removes it.
 */
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Files } from './files.ts';

const dataLink = '..data';
const versionPrefix = '..version.';

const linkAt = (path: string) => readlink(path).catch(() => undefined);

export async function writeAtomically(folder: string, files: Files): Promise<void> {
  await mkdir(folder, { recursive: true });
  const current = await linkAt(join(folder, dataLink));
  if (current === undefined || !(await holds(join(folder, current), files))) {
    await writeVersion(folder, files);
  }
  const names = new Set(Array.from(files.keys(), (path) => path.split('/')[0]!));
  for (const name of names) {
    const path = join(folder, name);
    const target = join(dataLink, name);
    if ((await linkAt(path)) === target) continue;
    await rm(path, { recursive: true, force: true });
    await symlink(target, path);
  }
  const kept = new Set([...names, dataLink, await readlink(join(folder, dataLink))]);
  for (const name of await readdir(folder)) {
    if (!kept.has(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** The present version's path of what a container sees as `part`: a mount cannot follow a swapped link. */
export async function currentPath(folder: string, part: string): Promise<string> {
  const current = await linkAt(join(folder, dataLink));
  return current === undefined ? join(folder, part) : join(folder, current, part);
}

async function writeVersion(folder: string, files: Files): Promise<void> {
  const version = await mkdtemp(join(folder, versionPrefix));
  await chmod(version, 0o755);
  for (const [path, { bytes, mode }] of files) {
    const target = join(version, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, bytes);
    await chmod(target, mode);
  }
  const draft = join(folder, `${dataLink}_tmp`);
  await rm(draft, { force: true });
  await symlink(version.slice(folder.length + 1), draft);
  await rename(draft, join(folder, dataLink));
}

async function holds(version: string, files: Files): Promise<boolean> {
  const entries = await readdir(version, { recursive: true, withFileTypes: true }).catch(() => []);
  if (entries.filter((entry) => !entry.isDirectory()).length !== files.size) return false;
  for (const [path, { bytes, mode }] of files) {
    const target = join(version, path);
    const present = await readFile(target).catch(() => undefined);
    if (present === undefined || Buffer.compare(present, bytes) !== 0) return false;
    if (((await stat(target)).mode & 0o777) !== mode) return false;
  }
  return true;
}
