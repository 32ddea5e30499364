import { chmod, mkdir, mkdtemp, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkRecursiveReadOnly, placeOfSubPath, subPathOf } from './sub-path.ts';

let folder: string;
beforeEach(async () => {
  folder = join(await realpath(await mkdtemp(join(tmpdir(), 'drydock-part-'))), 'volume');
  await mkdir(folder);
});
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

const variables: Readonly<Record<string, string>> = { POD: 'web-0', EMPTY: '' };
const pathOf = (more: object) =>
  subPathOf({ name: 'data', mountPath: '/data', ...more }, (name) => variables[name]);

describe('the path of a part', () => {
  it('is as it is written, or made of variables', () => {
    expect(pathOf({})).toBe('');
    expect(pathOf({ subPath: 'a/$(POD)' })).toBe('a/$(POD)');
    expect(pathOf({ subPathExpr: 'a/$(POD)/$$(POD)' })).toBe('a/web-0/$(POD)');
  });

  it.each([
    [{ subPathExpr: '$(NONE)/$(EMPTY)' }, 'missing value for EMPTY, NONE'],
    [{ subPath: '/etc' }, 'error SubPath `/etc` must not be an absolute path'],
    [{ subPath: 'a/../..' }, "unable to provision SubPath `a/../..`: must not contain '..'"],
  ])('%o is refused', (mount, message) => {
    expect(() => pathOf(mount)).toThrow(message);
  });
});

it('a mount that insists on recursive read-only is refused', () => {
  const mount = { name: 'data', mountPath: '/data', readOnly: true };
  expect(() => checkRecursiveReadOnly({ ...mount, recursiveReadOnly: 'IfPossible' })).not.toThrow();
  expect(() => checkRecursiveReadOnly({ ...mount, recursiveReadOnly: 'Enabled' })).toThrow(
    'volume "data" requested recursive read-only mode, but it is not supported by the runtime',
  );
});

describe('the place of a part', () => {
  const names = { volume: 'data', container: 'main' };
  const placeOf = (path: string) => placeOfSubPath(folder, path, names);

  it('is made with the mode of its volume', async () => {
    await chmod(folder, 0o2770);
    expect(await placeOf('a/b')).toBe(join(folder, 'a/b'));
    expect((await stat(join(folder, 'a/b'))).mode & 0o7777).toBe(0o2770);
    await writeFile(join(folder, 'a/file'), '');
    expect(await placeOf('a/file')).toBe(join(folder, 'a/file'));
  });

  it('is found through links that stay inside', async () => {
    await mkdir(join(folder, 'version'));
    await symlink('version', join(folder, 'now'));
    expect(await placeOf('now')).toBe(join(folder, 'version'));
    expect(await placeOf('now/new')).toBe(join(folder, 'version/new'));
  });

  it.each(['/etc', '../outside', '/'])('is not what a link to %s leads to', async (target) => {
    await mkdir(join(folder, '../outside'));
    await symlink(target, join(folder, 'link'));
    const refusal = 'failed to prepare subPath for volumeMount "data" of container "main"';
    await expect(placeOf('link')).rejects.toThrow(refusal);
    await expect(placeOf('link/new')).rejects.toThrow(refusal);
  });

  it('that cannot be made says so', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(placeOf('file/below')).rejects.toThrow(
      'failed to create subPath directory for volumeMount "data" of container "main"',
    );
  });
});
