import {
  link,
  lstat,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PodSpec, Volume } from '@drydock/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { container, pod } from '../testing/builders.ts';
import type { BytesLookUp, TokenLookUp } from './files.ts';
import { createVolumes } from './volumes.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'drydock-volumes-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const bytes = (text: string) => new TextEncoder().encode(text);
const lookUpOf =
  (data: Record<string, Record<string, Uint8Array>>): BytesLookUp =>
  (kind, name) =>
    data[`${kind}/${name}`];

const noTokens: TokenLookUp = () => new Error('failed to fetch token: refused');
async function prepare(
  volumes: Volume[],
  data: Record<string, Record<string, Uint8Array>> = {},
  tokenFor = noTokens,
  spec: Partial<PodSpec> = {},
) {
  const of = pod({ volumes, ...spec });
  await createVolumes(root).prepare({
    pod: of,
    podIP: undefined,
    nodeAddress: undefined,
    allocatable: { cpuMillis: 1000, memoryBytes: 1e9 },
    lookUp: lookUpOf(data),
    tokenFor,
  });
  return of;
}
const fileOf = (volume: string, path: string) => join(root, 'pods/u-1/volumes', volume, path);

describe('volumes', () => {
  it('hold the files of ConfigMaps and Secrets, with their modes, and follow them', async () => {
    const volumes: Volume[] = [
      { name: 'conf', configMap: { name: 'c', items: [{ key: 'a', path: 'sub/a.txt' }] } },
      { name: 'keys', secret: { secretName: 's', defaultMode: 0o400 } },
    ];
    const data = {
      'configmap/c': { a: bytes('one'), b: bytes('no') },
      'secret/s': { k: bytes('s3') },
    };
    await prepare(volumes, data);
    expect(await readFile(fileOf('conf', 'sub/a.txt'), 'utf8')).toBe('one');
    await expect(stat(fileOf('conf', 'b'))).rejects.toThrow('ENOENT');
    expect((await stat(fileOf('keys', 'k'))).mode & 0o777).toBe(0o400);
    await prepare(volumes, { ...data, 'secret/s': { l: bytes('t') } });
    await expect(stat(fileOf('keys', 'k'))).rejects.toThrow('ENOENT');
    expect(await readFile(fileOf('keys', 'l'), 'utf8')).toBe('t');
  });

  it('belong to the pod’s group, which may read them, and tokens to its only user', async () => {
    const gid = process.getgid!();
    const uid = process.getuid!();
    const volumes: Volume[] = [
      { name: 'keys', secret: { secretName: 's', defaultMode: 0o400 } },
      {
        name: 'token',
        projected: { sources: [{ serviceAccountToken: { path: 'sub/token' } }] },
      },
      { name: 'data', emptyDir: {} },
    ];
    const securityContext = { fsGroup: gid, runAsUser: uid };
    await prepare(volumes, { 'secret/s': { k: bytes('s3') } }, () => 'token-1', {
      securityContext,
    });
    const modeOf = async (volume: string, path: string) => {
      const found = await stat(fileOf(volume, path));
      expect([volume, found.gid]).toEqual([volume, gid]);
      return (found.mode & 0o7777).toString(8);
    };
    expect(await modeOf('keys', 'k')).toBe('440');
    expect(await modeOf('keys', '..data')).toBe('2755');
    expect(await modeOf('token', 'sub')).toBe('2755');
    expect(await modeOf('token', 'sub/token')).toBe('640');
    expect((await stat(fileOf('token', 'sub/token'))).uid).toBe(uid);
    expect(await modeOf('data', '.')).toBe('2777');
    // Without a group of its own, everybody in the pod is to read the token.
    await prepare(volumes, { 'secret/s': { k: bytes('s3') } }, () => 'token-1');
    expect(((await stat(fileOf('token', 'sub/token'))).mode & 0o777).toString(8)).toBe('644');
    expect(((await stat(fileOf('keys', 'k'))).mode & 0o777).toString(8)).toBe('400');
  });

  it('keep an emptyDir as its containers left it', async () => {
    await prepare([{ name: 'data', emptyDir: {} }]);
    await writeFile(fileOf('data', 'x'), 'kept');
    await prepare([{ name: 'data', emptyDir: {} }]);
    expect(await readFile(fileOf('data', 'x'), 'utf8')).toBe('kept');
  });

  it('hold a token, the CA and the namespace together, as pods find them', async () => {
    const projected: Volume = {
      name: 'kube-api-access-x',
      projected: {
        sources: [
          { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          {
            downwardAPI: {
              items: [
                {
                  path: 'namespace',
                  fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' },
                },
              ],
            },
          },
        ],
        defaultMode: 0o644,
      },
    };
    const data = { 'configmap/kube-root-ca.crt': { 'ca.crt': bytes('CA') } };
    const asked: unknown[] = [];
    await prepare([projected], data, (source) => {
      asked.push(source);
      return 'a.b.c';
    });
    const read = (path: string) => readFile(fileOf('kube-api-access-x', path), 'utf8');
    expect(await Promise.all(['token', 'ca.crt', 'namespace'].map(read))).toEqual([
      'a.b.c',
      'CA',
      'shop',
    ]);
    expect(asked).toEqual([{ path: 'token', expirationSeconds: 3607 }]);
    await expect(prepare([projected], data)).rejects.toThrow(
      'MountVolume.SetUp failed for volume "kube-api-access-x" : failed to fetch token: refused',
    );
    await expect(prepare([projected], {}, () => 't')).rejects.toThrow(
      'MountVolume.SetUp failed for volume "kube-api-access-x" : configmap "kube-root-ca.crt" not found',
    );
    expect(await read('token')).toBe('a.b.c');
  });

  it('change all their files in one step, through the link ..data', async () => {
    const volume: Volume = { name: 'conf', configMap: { name: 'c' } };
    const hold = (a: string, more: Record<string, Uint8Array> = {}) =>
      prepare([volume], { 'configmap/c': { a: bytes(a), ...more } });
    await hold('one', { b: bytes('two') });
    expect(await readlink(fileOf('conf', 'a'))).toBe('..data/a');
    const version = await readlink(fileOf('conf', '..data'));
    const opened = await open(fileOf('conf', 'a'));
    await hold('one', { b: bytes('two') });
    expect(await readlink(fileOf('conf', '..data'))).toBe(version);
    await hold('new');
    expect(await readlink(fileOf('conf', '..data'))).not.toBe(version);
    expect((await readdir(fileOf('conf', '.'))).length).toBe(3);
    expect(await readFile(fileOf('conf', 'a'), 'utf8')).toBe('new');
    // Who has the old file open goes on reading it.
    expect(await opened.readFile('utf8')).toBe('one');
    await opened.close();
  });

  it('replace what an agent before or a crash has left', async () => {
    const volume: Volume = { name: 'conf', configMap: { name: 'c' } };
    const data = { 'configmap/c': { a: bytes('one') } };
    await prepare([volume], data);
    await rm(fileOf('conf', 'a'));
    await writeFile(fileOf('conf', 'a'), 'plain');
    await writeFile(fileOf('conf', '..data_tmp'), 'half');
    await prepare([volume], data);
    expect((await lstat(fileOf('conf', 'a'))).isSymbolicLink()).toBe(true);
    expect(await readFile(fileOf('conf', 'a'), 'utf8')).toBe('one');
    expect((await readdir(fileOf('conf', '.'))).toSorted()).toEqual([
      '..data',
      expect.stringMatching(/^\.\.version\./),
      'a',
    ]);
  });

  it('are mounted read-only, and a part of them as the file that it is now', async () => {
    const volumes = createVolumes(root);
    const of = await prepare([{ name: 'conf', configMap: { name: 'c' } }], {
      'configmap/c': { a: bytes('one') },
    });
    const mountOf = async (more: object) => {
      const volumeMounts = [{ name: 'conf', mountPath: '/conf', ...more }];
      const [mount] = await volumes.mounts(
        of,
        container('main', { volumeMounts }),
        0,
        (text) => text,
      );
      return mount!;
    };
    expect(await mountOf({})).toEqual({
      source: join(root, 'pods/u-1/volumes/conf'),
      target: '/conf',
      readOnly: true,
    });
    const part = await mountOf({ subPath: 'a' });
    expect((await lstat(part.source)).isFile()).toBe(true);
    expect(await readFile(part.source, 'utf8')).toBe('one');
  });

  it('never write outside of their folder, or over the links of the writer', async () => {
    const items = [{ key: 'a', path: '../../../../escaped' }];
    await prepare([{ name: 'conf', configMap: { name: 'c', items } }], {
      'configmap/c': { a: bytes('x') },
    });
    expect(await readFile(fileOf('conf', 'escaped'), 'utf8')).toBe('x');
    const own = prepare(
      [{ name: 'own', configMap: { name: 'c', items: [{ key: 'a', path: '..data' }] } }],
      { 'configmap/c': { a: bytes('x') } },
    );
    await expect(own).rejects.toThrow("path must not start with '..'");
  });

  it('that cannot be set up say why in upstream’s words', async () => {
    await expect(prepare([{ name: 'v', configMap: { name: 'none' } }])).rejects.toThrow(
      'MountVolume.SetUp failed for volume "v" : configmap "none" not found',
    );
    await expect(prepare([{ name: 'v', nfs: { server: 's', path: '/' } }])).rejects.toThrow(
      'MountVolume.SetUp failed for volume "v" : this node offers',
    );
  });

  it('collect a container’s last words and go with their pod', async () => {
    const volumes = createVolumes(root);
    const [mount] = await volumes.mounts(pod(), container('main'), 2, (text) => text);
    expect(mount!.target).toBe('/dev/termination-log');
    await writeFile(mount!.source, 'farewell');
    expect(await volumes.lastWords('u-1', 'main', 2)).toBe('farewell');
    await volumes.keepOnly(new Set());
    expect(await volumes.lastWords('u-1', 'main', 2)).toBeUndefined();
  });
});

describe('a volume in memory', () => {
  const fast: Volume = { name: 'fast', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } };
  const mounting = (subPath: string) =>
    container('main', { volumeMounts: [{ name: 'fast', mountPath: '/fast', subPath }] });
  const mountsOf = (inMemory: boolean, subPath = '') => {
    const main = mounting(subPath);
    const of = pod({ containers: [main], volumes: [fast] });
    return createVolumes(root, { inMemory }).mounts(of, main, 0, () => undefined);
  };

  it('is the sandbox’s where the runtime has such, and a folder elsewhere', async () => {
    expect((await mountsOf(true))[0]).toEqual({
      source: '',
      target: '/fast',
      readOnly: false,
      memoryVolume: 'fast',
    });
    expect((await mountsOf(false))[0]).toMatchObject({ source: fileOf('fast', '') });
    const of = pod({ volumes: [fast] });
    expect(createVolumes(root, { inMemory: true }).memoryVolumes(of, 2 ** 30)).toEqual([
      { name: 'fast', sizeBytes: 2 ** 20, gid: undefined },
    ]);
    expect(createVolumes(root).memoryVolumes(of, 2 ** 30)).toEqual([]);
  });

  it('is mounted whole', async () => {
    await expect(mountsOf(true, 'part')).rejects.toThrow('subPath is for volumes on disk');
  });
});

describe('what a pod has written', () => {
  const volumes: Volume[] = [
    { name: 'cache', emptyDir: {} },
    { name: 'fast', emptyDir: { medium: 'Memory' } },
    { name: 'conf', configMap: { name: 'c' } },
  ];
  const data = { 'configmap/c': { a: bytes('one') } };

  it('is counted in blocks, a file with two names once, and not what is in memory', async () => {
    const of = await prepare(volumes, data);
    await writeFile(fileOf('cache', 'a'), Buffer.alloc(2 ** 20, 1));
    await link(fileOf('cache', 'a'), fileOf('cache', 'b'));
    const usage = await createVolumes(root).usage(of);
    expect([...usage.keys()]).toEqual(['cache']);
    const { bytes: used, inodes } = usage.get('cache')!;
    expect(used).toBeGreaterThanOrEqual(2 ** 20);
    expect(used).toBeLessThan(2 ** 20 + 2 ** 16);
    expect(inodes).toBe(2);
  });

  it('goes when the pod has ended, its last words later', async () => {
    const of = await prepare(volumes, data);
    const all = createVolumes(root);
    const main = container('main', { volumeMounts: [{ name: 'cache', mountPath: '/c' }] });
    await all.mounts(of, main, 0, () => undefined);
    await writeFile(join(root, 'pods/u-1/messages/main_0'), 'farewell');
    await all.empty(of);
    expect(await readdir(join(root, 'pods/u-1/volumes'))).toEqual([]);
    expect(await all.lastWords('u-1', 'main', 0)).toBe('farewell');
  });
});
