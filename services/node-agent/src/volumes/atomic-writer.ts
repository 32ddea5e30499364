/**
 * Files that change together, as upstream's atomic writer lays them out:
 *
 *     a.txt          -> ..data/a.txt          what a container opens
 *     ..data         -> ..version.x7Gf2p      the one link that is swapped
 *     ..version.x7Gf2p/a.txt
 *
 * 1. A reader sees all of the old files or all of the new ones: one rename decides.
 * 2. What did not change is not written.
 * 3. With a group, everything belongs to it, and it may read and list what is there; what is made in a
 *    folder later belongs to it too (upstream's SetVolumeOwnership).
 * 4. A crash leaves a version that nothing points to; the next write removes it.
 */
import {
  chmod,
  chown,
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
import type { Files, VolumeFile } from './files.ts';

const dataLink = '..data';
const versionPrefix = '..version.';

const linkAt = (path: string) => readlink(path).catch(() => undefined);

/** `gid` is of the group that the files belong to; undefined: the agent's. */
export async function writeAtomically(folder: string, files: Files, gid?: number): Promise<void> {
  if ((await mkdir(folder, { recursive: true })) !== undefined) await ownFolder(folder, gid);
  const current = await linkAt(join(folder, dataLink));
  if (current === undefined || !(await holds(join(folder, current), files, gid))) {
    await writeVersion(folder, files, gid);
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

async function writeVersion(folder: string, files: Files, gid: number | undefined): Promise<void> {
  const version = await mkdtemp(join(folder, versionPrefix));
  await ownFolder(version, gid);
  for (const [path, file] of files) {
    const target = join(version, path);
    await makeFolders(version, dirname(path), gid);
    // Its bytes are nobody's to read before it has its mode.
    await writeFile(target, file.bytes, { mode: 0o600 });
    if (gid !== undefined || file.uid !== undefined)
      await chown(target, file.uid ?? keep, gid ?? keep);
    await chmod(target, modeOf(file, gid));
  }
  const draft = join(folder, `${dataLink}_tmp`);
  await rm(draft, { force: true });
  await symlink(version.slice(folder.length + 1), draft);
  await rename(draft, join(folder, dataLink));
}

const folderMode = 0o755;
/** What is made inside belongs to the folder's group. */
const inheritsGroup = 0o2000;
const groupReads = 0o440;
/** An id that chown leaves as it is. */
const keep = -1;

const modeOf = ({ mode }: VolumeFile, gid: number | undefined) =>
  gid === undefined ? mode : mode | groupReads;

async function ownFolder(path: string, gid: number | undefined): Promise<void> {
  if (gid !== undefined) await chown(path, keep, gid);
  await chmod(path, gid === undefined ? folderMode : folderMode | inheritsGroup);
}

async function makeFolders(root: string, path: string, gid: number | undefined): Promise<void> {
  if (path === '.') return;
  await makeFolders(root, dirname(path), gid);
  const folder = join(root, path);
  if ((await mkdir(folder, { recursive: true })) !== undefined) await ownFolder(folder, gid);
}

async function holds(version: string, files: Files, gid: number | undefined): Promise<boolean> {
  const entries = await readdir(version, { recursive: true, withFileTypes: true }).catch(() => []);
  if (entries.filter((entry) => !entry.isDirectory()).length !== files.size) return false;
  for (const [path, file] of files) {
    const target = join(version, path);
    const present = await readFile(target).catch(() => undefined);
    if (present === undefined || Buffer.compare(present, file.bytes) !== 0) return false;
    const { mode, uid, gid: group } = await stat(target);
    if ((mode & 0o777) !== modeOf(file, gid)) return false;
    if ((file.uid ?? uid) !== uid || (gid ?? group) !== group) return false;
  }
  return true;
}
