import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Volume } from '@drydock/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { container, pod } from '../testing/builders.ts';
import { createVolumes, type BytesLookUp } from './volumes.ts';

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

async function prepare(volumes: Volume[], data: Record<string, Record<string, Uint8Array>> = {}) {
  const of = pod({ volumes });
  await createVolumes(root).prepare({
    pod: of,
    podIP: undefined,
    nodeAddress: undefined,
    allocatable: { cpuMillis: 1000, memoryBytes: 1e9 },
    lookUp: lookUpOf(data),
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

  it('keep an emptyDir as its containers left it', async () => {
    await prepare([{ name: 'data', emptyDir: {} }]);
    await writeFile(fileOf('data', 'x'), 'kept');
    await prepare([{ name: 'data', emptyDir: {} }]);
    expect(await readFile(fileOf('data', 'x'), 'utf8')).toBe('kept');
  });

  it('never write outside of their folder', async () => {
    const items = [{ key: 'a', path: '../../../../escaped' }];
    await prepare([{ name: 'conf', configMap: { name: 'c', items } }], {
      'configmap/c': { a: bytes('x') },
    });
    expect(await readFile(fileOf('conf', 'escaped'), 'utf8')).toBe('x');
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
