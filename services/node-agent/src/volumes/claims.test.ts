import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PersistentVolume, PersistentVolumeClaim, PodSpec, Volume } from '@drydock/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { container, pod } from '../testing/builders.ts';
import { createToyApi, type ToyApi } from '../testing/toy-api.ts';
import { fetchClaims } from '../pod-worker/claims.ts';
import { createVolumes } from './volumes.ts';

let root: string;
let api: ToyApi;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'drydock-claims-'));
  api = createToyApi();
});
afterEach(() => rm(root, { recursive: true, force: true }));

const { signal } = new AbortController();
const volume: Volume = { name: 'data', persistentVolumeClaim: { claimName: 'db' } };

function putClaim(more: Partial<PersistentVolumeClaim> = {}) {
  const claim: PersistentVolumeClaim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'db', namespace: 'shop', uid: 'claim-1' },
    spec: { volumeName: 'disk', accessModes: ['ReadWriteOnce'] },
    status: { phase: 'Bound' },
    ...more,
  };
  api.put('persistentvolumeclaims', claim);
}

function putVolume(more: Partial<PersistentVolume['spec']> = {}) {
  const reference = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };
  const disk: PersistentVolume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'disk' },
    spec: {
      local: { path: '/mnt/disk' },
      claimRef: { ...reference, namespace: 'shop', name: 'db', uid: 'claim-1' },
      ...more,
    },
    status: { phase: 'Bound' },
  };
  api.put('persistentvolumes', disk);
}

async function mount(uid = 'u-1', of: Volume = volume, spec: Partial<PodSpec> = {}) {
  const user = pod({ volumes: [of], ...spec });
  user.metadata.uid = uid;
  const volumes = createVolumes(root);
  const node = { name: 'node-1', labels: { zone: 'a' } };
  const unmounted = await volumes.unmountedClaims(user);
  const claims = await fetchClaims(api.client, { pod: user, volumes: unmounted, node, signal });
  await volumes.prepare({
    pod: user,
    podIP: undefined,
    nodeAddress: undefined,
    allocatable: { cpuMillis: 1000, memoryBytes: 1e9 },
    lookUp: () => undefined,
    tokenFor: () => 't',
    claims,
  });
  const volumeMounts = [{ name: 'data', mountPath: '/data' }];
  const [first] = await volumes.mounts(user, container('main', { volumeMounts }), 0, () => '');
  return first!;
}
const disk = () => join(root, 'host/mnt/disk');
const makeDisk = () => mkdir(disk(), { recursive: true });

describe('a claim on a local volume', () => {
  it('is the folder of the node’s disk, and stays it whatever becomes of the claim', async () => {
    await makeDisk();
    await writeFile(join(disk(), 'kept'), 'x');
    putVolume();
    putClaim();
    expect(await mount()).toEqual({ source: disk(), target: '/data', readOnly: false });
    // A container that starts again, or an agent: nothing is asked for.
    putClaim({ status: { phase: 'Lost' } });
    expect((await mount()).source).toBe(disk());
    await createVolumes(root).remove('u-1');
    expect(await readdir(disk())).toEqual(['kept']);
    await expect(mount()).rejects.toThrow('PVC is not bound');
  });

  it('is read-only if the pod says so', async () => {
    await makeDisk();
    putVolume();
    putClaim();
    const readOnly = { name: 'data', persistentVolumeClaim: { claimName: 'db', readOnly: true } };
    expect((await mount('u-1', readOnly)).readOnly).toBe(true);
  });

  it('belongs to the pod’s group', async () => {
    await makeDisk();
    await writeFile(join(disk(), 'file'), '', { mode: 0o600 });
    putVolume();
    putClaim();
    const fsGroup = process.getgid!();
    await mount('u-1', volume, { securityContext: { fsGroup } });
    expect((await stat(disk())).mode & 0o7777).toBe(0o2775);
    expect((await stat(join(disk(), 'file'))).mode & 0o777).toBe(0o660);
  });

  it('of one pod only is not mounted by another while the first is there', async () => {
    await makeDisk();
    putVolume();
    putClaim({ spec: { volumeName: 'disk', accessModes: ['ReadWriteOncePod'] } });
    await mount('u-1');
    const refusal =
      'MountVolume.SetUp failed for volume "disk" : volume uses the ReadWriteOncePod access mode and is already in use by another pod';
    await expect(mount('u-2')).rejects.toThrow(refusal);
    await createVolumes(root).remove('u-1');
    expect((await mount('u-2')).source).toBe(disk());
  });

  it('waits, and says for what', async () => {
    const failure = (why: string) =>
      `Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[data]: error processing PVC shop/db: ${why}`;
    const refused = (why: string) => expect(mount()).rejects.toThrow(why);
    await refused(
      failure('failed to fetch PVC from API server: persistentvolumeclaims "db" not found'),
    );
    putClaim({ status: { phase: 'Pending' }, spec: {} });
    await refused(failure('PVC is not bound'));
    putClaim();
    await refused(
      failure('failed to fetch PV disk from API server: persistentvolumes "disk" not found'),
    );
    putVolume({ claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', uid: 'claim-0' } });
    await refused(
      failure(
        'found PV object disk with a pv.Spec.ClaimRef UID claim-0 that does not point to claim UID claim-1',
      ),
    );
    const term = { matchExpressions: [{ key: 'zone', operator: 'In' as const, values: ['b'] }] };
    putVolume({ nodeAffinity: { required: { nodeSelectorTerms: [term] } } });
    await refused(
      'MountVolume.NodeAffinity check failed for volume "disk" : no matching NodeSelectorTerms',
    );
    putVolume();
    await refused(
      'MountVolume.NewMounter initialization failed for volume "disk" : path "/mnt/disk" does not exist',
    );
    await makeDisk();
    expect((await mount()).source).toBe(disk());
  });

  it('that is being deleted is not mounted any more', async () => {
    await makeDisk();
    putVolume();
    const metadata = { name: 'db', namespace: 'shop', uid: 'claim-1' };
    putClaim({ metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
    await expect(mount()).rejects.toThrow('PVC is being deleted');
  });
});

it('a claim on a hostPath volume is made as it says', async () => {
  putVolume({ local: undefined as never, hostPath: { path: '/srv', type: 'DirectoryOrCreate' } });
  putClaim();
  expect((await mount()).source).toBe(join(root, 'host/srv'));
});
