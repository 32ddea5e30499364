/** Gives what is on a volume to the pod's group (upstream's SetVolumeOwnership). */
import { chmod, lchown, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const groupWrites = 0o660;
const groupEnters = 0o110;
const inheritsGroup = 0o2000;

/** @param onlyIfRootDiffers of fsGroupChangePolicy OnRootMismatch: a large volume is not walked each time */
export async function giveToGroup(
  folder: string,
  gid: number,
  { onlyIfRootDiffers }: { readonly onlyIfRootDiffers: boolean },
): Promise<void> {
  if (onlyIfRootDiffers) {
    const root = await lstat(folder);
    const wanted = modeOf(root.mode, true);
    if (root.gid === gid && (root.mode & 0o7777) === wanted) return;
  }
  await give(folder, gid);
}

const modeOf = (mode: number, isFolder: boolean) =>
  (mode & 0o7777) | groupWrites | (isFolder ? inheritsGroup | groupEnters : 0);

async function give(path: string, gid: number): Promise<void> {
  const found = await lstat(path);
  await lchown(path, found.uid, gid);
  // A link has no mode of its own, and what it leads to may be outside.
  if (found.isSymbolicLink()) return;
  await chmod(path, modeOf(found.mode, found.isDirectory()));
  if (!found.isDirectory()) return;
  // The root last would leave a volume that looks done when the walk was cut short.
  for (const name of await readdir(path)) await give(join(path, name), gid);
}
