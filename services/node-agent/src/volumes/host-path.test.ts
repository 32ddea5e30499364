import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localFolder, prepareHostPath, resolveBelow } from './host-path.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'drydock-host-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const prepare = (path: string, type?: string) =>
  prepareHostPath(root, { path, ...(type === undefined ? {} : { type: type as 'File' }) });

describe('a hostPath', () => {
  it('is made when it may be, as a folder or a file', async () => {
    for (const [path, type] of [['/data/a'], ['/data/b', 'DirectoryOrCreate']] as const) {
      const place = await prepare(path, type);
      expect(place).toBe(join(root, path));
      expect((await stat(place)).isDirectory()).toBe(true);
    }
    expect(await readFile(await prepare('/data/c', 'FileOrCreate'), 'utf8')).toBe('');
    await writeFile(join(root, 'data/c'), 'kept');
    expect(await readFile(await prepare('/data/c', 'FileOrCreate'), 'utf8')).toBe('kept');
  });

  it.each([
    ['Directory', 'is not a directory'],
    ['File', 'is not a file'],
    ['Socket', 'is not a socket file'],
    ['CharDevice', 'is not a character device'],
    ['BlockDevice', 'is not a block device'],
  ])('of type %s must be one, and is not made', async (type, words) => {
    const refusal = `hostPath type check failed: /x ${words}`;
    await expect(prepare('/x', type)).rejects.toThrow(refusal);
    const other = type === 'Directory' ? writeFile(join(root, 'x'), '') : mkdir(join(root, 'x'));
    await other;
    await expect(prepare('/x', type)).rejects.toThrow(refusal);
  });

  it.each([
    ['DirectoryOrCreate', 'is not a directory'],
    ['FileOrCreate', 'is not a file'],
  ])('of type %s may be something else already', async (type, words) => {
    await (type === 'FileOrCreate' ? mkdir(join(root, 'x')) : writeFile(join(root, 'x'), ''));
    await expect(prepare('/x', type)).rejects.toThrow(`hostPath type check failed: /x ${words}`);
  });

  it('may be a socket', async () => {
    const server = createServer().listen(join(root, 's'));
    await once(server, 'listening');
    expect(await prepare('/s', 'Socket')).toBe(join(root, 's'));
    server.close();
  });
});

it('links are followed within the node’s disk, wherever they point to', async () => {
  await mkdir(join(root, 'real/inner'), { recursive: true });
  await symlink('/real', join(root, 'absolute'));
  await symlink('../../../../../real', join(root, 'upward'));
  await symlink('/etc', join(root, 'outside'));
  await symlink('loop', join(root, 'loop'));
  expect(await resolveBelow(root, '/absolute/inner')).toBe(join(root, 'real/inner'));
  expect(await resolveBelow(root, '/upward/inner/../inner')).toBe(join(root, 'real/inner'));
  expect(await resolveBelow(root, '/outside/passwd')).toBe(join(root, 'etc/passwd'));
  expect(await resolveBelow(root, '/../../etc')).toBe(join(root, 'etc'));
  await expect(resolveBelow(root, '/loop')).rejects.toThrow('too many links in /loop');
});

it('a local volume is a folder that is there', async () => {
  await expect(localFolder(root, '/mnt/disk')).rejects.toThrow('path "/mnt/disk" does not exist');
  await mkdir(join(root, 'mnt/disk'), { recursive: true });
  expect(await localFolder(root, '/mnt/disk')).toBe(join(root, 'mnt/disk'));
  await writeFile(join(root, 'mnt/file'), '');
  await expect(localFolder(root, '/mnt/file')).rejects.toThrow(
    'only directory and block device are supported',
  );
});
