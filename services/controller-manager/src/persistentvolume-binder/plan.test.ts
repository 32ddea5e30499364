import {
  volumeAnnotations,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
} from '@drydock/api';
import { describe, expect, test } from 'vitest';
import { meta } from '../testing/builders.ts';
import { claimBoundTo, claimInPhase, planClaim, volumeBoundTo } from './plan.ts';
import { planVolume } from './volume.plan.ts';

type ClaimShape = Partial<PersistentVolumeClaim['spec']> & {
  readonly annotations?: Record<string, string>;
  readonly phase?: PersistentVolumeClaim['status']['phase'];
};
type VolumeShape = Partial<PersistentVolume['spec']> & {
  readonly size?: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  readonly phase?: PersistentVolume['status']['phase'];
};

function claimOf(name: string, { annotations = {}, phase = 'Pending', ...spec }: ClaimShape = {}) {
  const claim: PersistentVolumeClaim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { ...meta(name, { annotations }), uid: `uid-of-${name}` },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '5Gi' } },
      storageClassName: 'local',
      ...spec,
    },
    status: { phase },
  };
  return claim;
}

function volumeOf(name: string, shape: VolumeShape = {}) {
  const { size = '10Gi', labels = {}, annotations = {}, phase = 'Available', ...spec } = shape;
  const volume: PersistentVolume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, uid: `uid-of-${name}`, labels, annotations },
    spec: {
      capacity: { storage: size },
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'local',
      persistentVolumeReclaimPolicy: 'Retain',
      local: { path: '/mnt/disk' },
      ...spec,
    },
    status: { phase },
  };
  return volume;
}

const classOf = (name: string, more: Partial<StorageClass> = {}): StorageClass => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name },
  provisioner: 'kubernetes.io/no-provisioner',
  volumeBindingMode: 'Immediate',
  ...more,
});
const refTo = (name: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  namespace: 'default',
  name,
});
const refOf = (name: string, uid = `uid-of-${name}`) => ({ ...refTo(name), uid });

function plan(
  claim: PersistentVolumeClaim,
  volumes: PersistentVolume[] = [],
  more: { readonly classes?: StorageClass[]; readonly waitingPods?: string[] } = {},
) {
  const { classes = [classOf('local')], waitingPods = [] } = more;
  const found = planClaim({ claim, volumes, classes, waitingPods });
  if (found.kind === 'bind') return `bind ${found.volume.metadata.name}`;
  if (found.kind === 'update') return 'update';
  const { event } = found;
  return event === undefined
    ? found.phase
    : `${found.phase}: ${event.type} ${event.reason}: ${event.message}`;
}

describe('a claim', () => {
  test('gets the smallest volume that is large enough', () => {
    const volumes = [
      volumeOf('large', { size: '20Gi' }),
      volumeOf('fits'),
      volumeOf('tiny', { size: '4Gi' }),
    ];
    expect(plan(claimOf('data'), volumes)).toBe('bind fits');
  });

  test.each<[string, VolumeShape]>([
    ['of another class', { storageClassName: 'other' }],
    ['without the access mode', { accessModes: ['ReadOnlyMany'] }],
    ['that is no file system', { volumeMode: 'Block' }],
    ['that somebody has', { claimRef: refOf('other') }],
    ['that a claim of its name had', { claimRef: refOf('data', 'uid-before') }],
    ['that is not available', { phase: 'Failed' }],
  ])('gets no volume %s', (_what, shape) => {
    expect(plan(claimOf('data'), [volumeOf('disk', shape)])).toBe(
      'Pending: Warning ProvisioningFailed: no volume plugin matched name: kubernetes.io/no-provisioner',
    );
  });

  test('follows its selector', () => {
    const claim = claimOf('data', { selector: { matchLabels: { kind: 'fast' } } });
    const volumes = [volumeOf('slow'), volumeOf('fast', { labels: { kind: 'fast' } })];
    expect(plan(claim, volumes)).toBe('bind fast');
  });

  test('gets the volume that is reserved for it, whatever its class', () => {
    const reserved = volumeOf('reserved', {
      storageClassName: 'other',
      claimRef: refTo('data'),
    });
    expect(plan(claimOf('data'), [volumeOf('free'), reserved])).toBe('bind reserved');
  });

  test('without a class says that there is none', () => {
    expect(plan(claimOf('data', { storageClassName: '' }))).toBe(
      'Pending: Normal FailedBinding: no persistent volumes available for this claim and no storage class is set',
    );
  });

  test('without a class gets the default one when there is one', () => {
    const { storageClassName: _, ...spec } = claimOf('data').spec;
    const claim = { ...claimOf('data'), spec };
    const standard = classOf('standard', {
      metadata: { name: 'standard', annotations: { [volumeAnnotations.isDefaultClass]: 'true' } },
    });
    expect(planClaim({ claim, volumes: [], classes: [standard], waitingPods: [] })).toMatchObject({
      kind: 'update',
      claim: { spec: { storageClassName: 'standard' } },
    });
  });

  test('of a class that does not exist says so', () => {
    expect(plan(claimOf('data'), [], { classes: [] })).toBe(
      'Pending: Warning ProvisioningFailed: storageclass.storage.k8s.io "local" not found',
    );
  });

  test('is marked for a provisioner of others, and waits for it', () => {
    const classes = [classOf('local', { provisioner: 'example.com/disks' })];
    expect(plan(claimOf('data'), [], { classes })).toBe('update');
    const annotations = {
      [volumeAnnotations.provisioner]: 'example.com/disks',
      [volumeAnnotations.betaProvisioner]: 'example.com/disks',
    };
    expect(plan(claimOf('data', { annotations }), [], { classes })).toMatch(
      "Pending: Normal ExternalProvisioning: Waiting for a volume to be created either by the external provisioner 'example.com/disks' or manually",
    );
  });

  test.each([
    [[], 'WaitForFirstConsumer: waiting for first consumer to be created before binding'],
    [['web'], 'WaitForPodScheduled: waiting for pod web to be scheduled'],
    [['a', 'b'], 'WaitForPodScheduled: waiting for pods a,b to be scheduled'],
  ])('of a class that waits is told of with the pods %s', (waitingPods, text) => {
    const classes = [classOf('local', { volumeBindingMode: 'WaitForFirstConsumer' })];
    const found = plan(claimOf('data'), [volumeOf('disk')], { classes, waitingPods });
    expect(found).toBe(`Pending: Normal ${text}`);
    const chosen = volumeOf('disk', { claimRef: refOf('data') });
    expect(plan(claimOf('data'), [chosen], { classes })).toBe('bind disk');
  });

  test('that names its volume gets it, or learns why not', () => {
    const claim = claimOf('data', { volumeName: 'disk' });
    expect(plan(claim)).toBe('Pending');
    expect(plan(claim, [volumeOf('disk')])).toBe('bind disk');
    expect(plan(claim, [volumeOf('disk', { size: '1Gi' })])).toBe(
      'Pending: Warning VolumeMismatch: Cannot bind to requested volume "disk": requested PV is too small',
    );
    expect(plan(claim, [volumeOf('disk', { claimRef: refOf('other') })])).toBe(
      'Pending: Warning FailedBinding: volume "disk" already bound to a different claim.',
    );
  });

  test('that was bound is lost with its volume, and never given another', () => {
    const annotations = { [volumeAnnotations.bindCompleted]: 'yes' };
    const claim = claimOf('data', { annotations, volumeName: 'disk' });
    expect(plan(claim, [volumeOf('free')])).toBe(
      'Lost: Warning ClaimLost: Bound claim has lost its PersistentVolume. Data on the volume is lost!',
    );
    expect(plan(claim, [volumeOf('disk', { claimRef: refOf('other') })])).toBe(
      'Lost: Warning ClaimMisbound: Two claims are bound to the same volume, this one is bound incorrectly',
    );
    expect(plan(claim, [volumeOf('disk', { claimRef: refOf('data') })])).toBe('bind disk');
  });
});

describe('a binding', () => {
  const { bindCompleted, boundByController } = volumeAnnotations;

  test('is two references, marked when nobody asked for them, and written once', () => {
    const [claim, volume] = [claimOf('data'), volumeOf('disk')];
    const bound = volumeBoundTo(volume, claim)!;
    expect(bound.spec.claimRef).toMatchObject(refOf('data'));
    expect(bound.metadata.annotations).toEqual({ [boundByController]: 'yes' });
    expect(volumeBoundTo(bound, claim)).toBeUndefined();
    const holder = claimBoundTo(claim, bound)!;
    expect(holder.spec.volumeName).toBe('disk');
    expect(holder.metadata.annotations).toEqual({
      [boundByController]: 'yes',
      [bindCompleted]: 'yes',
    });
    expect(claimBoundTo(holder, bound)).toBeUndefined();
    const told = claimInPhase(holder, 'Bound', bound)!;
    expect(told.status).toEqual({
      phase: 'Bound',
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '10Gi' },
    });
    expect(claimInPhase(told, 'Bound', bound)).toBeUndefined();
    expect(claimInPhase(told, 'Lost')!.status).toEqual({ phase: 'Lost' });
  });

  test('that a person asked for is not marked', () => {
    const reserved = volumeOf('disk', { claimRef: refTo('data') });
    const bound = volumeBoundTo(reserved, claimOf('data'))!;
    expect(bound.spec.claimRef?.uid).toBe('uid-of-data');
    expect(bound.metadata.annotations).toEqual({});
    const claim = claimBoundTo(claimOf('data', { volumeName: 'disk' }), bound)!;
    expect(claim.metadata.annotations).toEqual({ [bindCompleted]: 'yes' });
  });
});

describe('a volume', () => {
  const phaseOf = (volume: PersistentVolume, claim?: PersistentVolumeClaim) =>
    planVolume({ volume, claim });

  test('is available until a claim has it, then bound', () => {
    expect(phaseOf(volumeOf('disk', { phase: 'Pending' }))).toEqual({
      kind: 'phase',
      phase: 'Available',
    });
    expect(phaseOf(volumeOf('disk'))).toBeUndefined();
    const bound = volumeOf('disk', { claimRef: refOf('data') });
    expect(phaseOf(bound, claimOf('data'))).toEqual({ kind: 'look-at-claim' });
    expect(phaseOf(bound, claimOf('data', { volumeName: 'disk' }))).toEqual({
      kind: 'phase',
      phase: 'Bound',
    });
  });

  test.each([
    ['Retain', { local: { path: '/mnt' } }, undefined],
    [
      'Recycle',
      { local: { path: '/mnt' } },
      'VolumeFailedRecycle: No recycler plugin found for the volume!',
    ],
    [
      'Delete',
      { local: { path: '/mnt' } },
      'VolumeFailedDelete: error getting deleter volume plugin for volume "disk": no deletable volume plugin matched',
    ],
    [
      'Delete',
      { hostPath: { path: '/data' } },
      'VolumeFailedDelete: host_path deleter only supports /tmp/.+ but received provided /data',
    ],
  ] as const)('whose claim has gone is released; policy %s of %o', (policy, source, failure) => {
    const { local: _, ...bare } = volumeOf('disk').spec;
    const volume = volumeOf('disk', { phase: 'Bound' });
    volume.spec = {
      ...bare,
      ...source,
      persistentVolumeReclaimPolicy: policy,
      claimRef: refOf('data', 'uid-before'),
    };
    expect(phaseOf(volume)).toEqual({ kind: 'phase', phase: 'Released' });
    // A successor of the same name is another claim.
    expect(phaseOf(volume, claimOf('data'))).toEqual({ kind: 'phase', phase: 'Released' });
    const next = phaseOf({ ...volume, status: { phase: 'Released' } });
    const told =
      next?.kind === 'phase' ? `${next.event!.reason}: ${next.event!.message}` : undefined;
    expect(told).toBe(failure);
    expect(phaseOf({ ...volume, status: { phase: 'Failed' } })).toBeUndefined();
  });

  test('whose claim has another one is free again, or reserved as it was', () => {
    const claim = claimOf('data', { volumeName: 'other' });
    const annotations = { [volumeAnnotations.boundByController]: 'yes' };
    const ours = phaseOf(volumeOf('disk', { claimRef: refOf('data'), annotations }), claim);
    expect(ours).toMatchObject({ kind: 'unbind', volume: { metadata: { annotations: {} } } });
    expect(ours).not.toHaveProperty('volume.spec.claimRef');
    expect(phaseOf(volumeOf('disk', { claimRef: refOf('data') }), claim)).toMatchObject({
      kind: 'unbind',
      volume: { spec: { claimRef: refTo('data') } },
    });
  });
});
