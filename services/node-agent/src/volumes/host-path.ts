/**
 * Folders and files of the node that pods mount: hostPath, and the paths of local PersistentVolumes.
 *
 * 1. The node's disk is a folder, and its links are followed as if that folder were the root: a link that
 *    a pod leaves there leads nowhere on the machine that the engine runs on.
 * 2. What a hostPath says that it is, it is, or it is made; else the volume cannot be set up.
 */
import { lstat, mkdir, readlink, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stats } from 'node:fs';
import type { HostPathVolumeSource } from '@drydock/api';

/** Linux's own bound on links in one path. */
const linksMax = 40;

/** Where `path` leads below `root`; what does not exist is taken as it is written. @throws Error on a loop */
export async function resolveBelow(root: string, path: string): Promise<string> {
  const todo = path.split('/');
  let done: string[] = [];
  let links = 0;
  for (let part = todo.shift(); part !== undefined; part = todo.shift()) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      done.pop();
      continue;
    }
    const target = await readlink(join(root, ...done, part)).catch(() => undefined);
    if (target === undefined) {
      done.push(part);
      continue;
    }
    if (++links > linksMax) throw new Error(`too many links in ${path}`);
    if (target.startsWith('/')) done = [];
    todo.unshift(...target.split('/'));
  }
  return join(root, ...done);
}

const statOf = (path: string) => stat(path).catch(() => undefined);

const words: Readonly<Record<string, readonly [string, (found: Stats) => boolean]>> = {
  Directory: ['a directory', (found) => found.isDirectory()],
  DirectoryOrCreate: ['a directory', (found) => found.isDirectory()],
  File: ['a file', (found) => found.isFile()],
  FileOrCreate: ['a file', (found) => found.isFile()],
  Socket: ['a socket file', (found) => found.isSocket()],
  CharDevice: ['a character device', (found) => found.isCharacterDevice()],
  BlockDevice: ['a block device', (found) => found.isBlockDevice()],
};

/**
 * The place of a hostPath on the agent's disk, made if it says so. Without a type a missing folder is made,
 * as runtimes do. @throws Error in upstream's words when it is something else
 */
export async function prepareHostPath(
  root: string,
  { path, type = '' }: HostPathVolumeSource,
): Promise<string> {
  const place = await resolveBelow(root, path);
  const isMissing = (await statOf(place)) === undefined;
  if (isMissing && (type === '' || type === 'DirectoryOrCreate')) {
    await mkdir(place, { recursive: true, mode: 0o755 });
  }
  if (isMissing && type === 'FileOrCreate') await writeFile(place, '', { mode: 0o644 });
  if (type === '') return place;
  const check = words[type];
  if (check === undefined) throw new Error(`${type} is an invalid volume type`);
  const [word, holds] = check;
  const found = await statOf(place);
  if (found !== undefined && holds(found)) return place;
  throw new Error(`hostPath type check failed: ${path} is not ${word}`);
}

/** The folder of a local PersistentVolume. @throws Error in upstream's words when there is none */
export async function localFolder(root: string, path: string): Promise<string> {
  const place = await resolveBelow(root, path);
  const found = await lstat(place).catch(() => undefined);
  if (found === undefined) throw new Error(`path "${path}" does not exist`);
  if (!found.isDirectory()) throw new Error('only directory and block device are supported');
  return place;
}
