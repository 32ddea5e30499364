import { describe, expect, test } from 'vitest';
import type { PersistentVolume } from '../../generated/types.ts';
import { createErrors, created, statusUpdated, updated, wallTime } from '../../testing/writes.ts';
import { persistentVolumes } from './kind.ts';

const base = {
  accessModes: ['ReadWriteOnce'],
  capacity: { storage: '1Gi' },
  hostPath: { path: '/data' },
};
const errorsOf = (spec: object) => createErrors(persistentVolumes, { spec: { ...base, ...spec } });
const nodeAffinity = (key: string) => ({
  required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values: ['a'] }] }] },
});
const volume = (spec: object = {}) => created(persistentVolumes, { spec: { ...base, ...spec } });

describe('a new PersistentVolume', () => {
  test('is pending since now, and has the defaults of upstream', () => {
    const object = created(persistentVolumes, {
      spec: { ...base, volumeAttributesClassName: 'gold' },
      status: { phase: 'Bound' },
    });
    expect(object.status).toEqual({
      phase: 'Pending',
      lastPhaseTransitionTime: '2026-11-21T08:00:00Z',
    });
    expect(object.spec).toEqual({
      ...base,
      hostPath: { path: '/data', type: '' },
      persistentVolumeReclaimPolicy: 'Retain',
      volumeMode: 'Filesystem',
    });
  });

  test.each([
    [
      'iscsi',
      { targetPortal: '1.2.3.4', iqn: 'iqn.2015-02.a.b:c', lun: 0 },
      { iscsiInterface: 'default' },
    ],
    [
      'rbd',
      { monitors: ['m'], image: 'i' },
      { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
    ],
    [
      'azureDisk',
      { diskName: 'd', diskURI: 'https://d' },
      { cachingMode: 'ReadWrite', kind: 'Shared', fsType: 'ext4', readOnly: false },
    ],
    [
      'scaleIO',
      { gateway: 'g', system: 's', volumeName: 'v', secretRef: {} },
      { storageMode: 'ThinProvisioned', fsType: 'xfs' },
    ],
  ] as const)('a source has defaults of its own: %s', (key, given, defaults) => {
    const { hostPath: _hostPath, ...rest } = base;
    const { spec } = created(persistentVolumes, { spec: { ...rest, [key]: given } });
    expect(spec[key]).toMatchObject(defaults);
  });
});

describe('validation of a PersistentVolume', () => {
  test.each<[string, object, string[]]>([
    ['no access mode', { accessModes: [] }, ['spec.accessModes: Required value']],
    [
      'a mode beside the one that excludes others',
      { accessModes: ['ReadWriteOncePod', 'ReadOnlyMany'] },
      ['spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes'],
    ],
    [
      'no capacity',
      { capacity: {} },
      [
        'spec.capacity: Required value',
        'spec.capacity: Unsupported value: core.ResourceList(nil): supported values: "storage"',
      ],
    ],
    [
      'a capacity of something else',
      { capacity: { storage: '1Gi', cpu: '1' } },
      [
        'spec.capacity: Unsupported value: {"storage":"1Gi","cpu":"1"}: supported values: "storage"',
      ],
    ],
    [
      'a negative capacity',
      { capacity: { storage: '-1' } },
      [
        'spec.capacity[storage]: Invalid value: -1: must be a valid resource quantity',
        'spec.capacity[storage]: Invalid value: "-1": must be greater than zero',
      ],
    ],
    ['no source', { hostPath: undefined }, ['spec: Required value: must specify a volume type']],
    [
      'two sources: the later one of upstream’s order',
      { nfs: { server: 's', path: '/p' }, cephfs: { monitors: ['m'] } },
      [
        'spec.nfs: Forbidden: may not specify more than 1 volume type',
        'spec.cephFS: Forbidden: may not specify more than 1 volume type',
      ],
    ],
    ['a flexVolume beside another is let through', { flexVolume: { driver: 'a/b' } }, []],
    [
      'a whole host that would be wiped',
      { hostPath: { path: '/' }, persistentVolumeReclaimPolicy: 'Recycle' },
      [
        "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'",
      ],
    ],
    [
      'a local volume without nodes',
      { hostPath: undefined, local: { path: '/x' } },
      ['spec.nodeAffinity: Required value: Local volume requires node affinity'],
    ],
    [
      'an affinity without constraints',
      { nodeAffinity: {} },
      ['spec.nodeAffinity.required: Required value: must specify required node constraints'],
    ],
    [
      'an affinity without terms',
      { nodeAffinity: { required: { nodeSelectorTerms: [] } } },
      [
        'spec.nodeAffinity.required.nodeSelectorTerms: Required value: must have at least one node selector term',
      ],
    ],
    [
      'an affinity for a node that cannot be',
      {
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['N!'] }] },
            ],
          },
        },
      },
      [
        "spec.nodeAffinity.required.nodeSelectorTerms[0].matchFields[0].values[0]: Invalid value: \"N!\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
    ],
  ])('%s', (_what, spec, errors) => {
    expect(errorsOf(spec)).toEqual(errors);
  });

  test.each<[string, object, string]>([
    [
      'an access mode',
      { accessModes: ['RW'] },
      'spec.accessModes: Unsupported value: "RW": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
    ],
    [
      'a reclaim policy',
      { persistentVolumeReclaimPolicy: 'Keep' },
      'spec.persistentVolumeReclaimPolicy: Unsupported value: "Keep": supported values: "Delete", "Recycle", "Retain"',
    ],
    [
      'a volume mode',
      { volumeMode: 'Tape' },
      'spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"',
    ],
  ])('unknown words: %s', (_what, spec, error) => {
    expect(errorsOf(spec)).toEqual([error]);
  });

  test('a class is named like an object', () => {
    expect(errorsOf({ storageClassName: 'No!' })).toEqual([
      expect.stringMatching(/^spec\.storageClassName: Invalid value: "No!": a lowercase RFC 1123/),
    ]);
  });
});

describe('an update of a PersistentVolume', () => {
  test('cannot change what it is made of', () => {
    const { errors } = updated(persistentVolumes, volume(), ({ spec }) => {
      spec.hostPath = { path: '/other', type: '' };
    });
    expect(errors).toEqual([
      'spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation\n  spec.hostPath.path\n',
    ]);
  });

  test('may add the secret for expansion to a CSI volume, and change no secret', () => {
    const csi = { driver: 'd', volumeHandle: 'h' };
    const secret = { name: 's', namespace: 'n' };
    const old = volume({ hostPath: undefined, csi });
    const add = ({ spec }: PersistentVolume) => {
      spec.csi!.controllerExpandSecretRef = secret;
    };
    const { object, errors } = updated(persistentVolumes, old, add);
    expect(errors).toEqual([]);
    const change = ({ spec }: PersistentVolume) => {
      spec.csi!.controllerExpandSecretRef = { ...secret, name: 't' };
    };
    expect(updated(persistentVolumes, object, change).errors).toHaveLength(1);
  });

  test('cannot change the volume mode', () => {
    const { errors } = updated(persistentVolumes, volume(), ({ spec }) => {
      spec.volumeMode = 'Block';
    });
    expect(errors).toEqual(['volumeMode: Invalid value: "Block": field is immutable']);
  });

  test('may set the nodes, and later only rename beta labels', () => {
    const beta = nodeAffinity('beta.kubernetes.io/os');
    const set = (affinity: object) => (object: PersistentVolume) => {
      Object.assign(object.spec, { nodeAffinity: affinity });
    };
    const { object, errors } = updated(persistentVolumes, volume(), set(beta));
    expect(errors).toEqual([]);
    const stable = nodeAffinity('kubernetes.io/os');
    expect(updated(persistentVolumes, object, set(stable)).errors).toEqual([]);
    const other = nodeAffinity('kubernetes.io/arch');
    expect(updated(persistentVolumes, object, set(other)).errors).toEqual([
      `nodeAffinity: Invalid value: ${JSON.stringify(other)}: field is immutable, except for updating from beta label to GA`,
    ]);
  });

  test('keeps the status, and lets nobody into a class of attributes while the gate is off', () => {
    const old = volume();
    const { object, errors } = updated(persistentVolumes, old, ({ spec, status }) => {
      status.phase = 'Bound';
      spec.volumeAttributesClassName = 'gold';
    });
    expect(errors).toEqual([]);
    expect(object).toEqual(old);
    old.spec.volumeAttributesClassName = 'gold';
    const leave = ({ spec }: PersistentVolume) => {
      delete spec.volumeAttributesClassName;
    };
    expect(updated(persistentVolumes, old, leave).errors).toEqual([
      'spec.volumeAttributesClassName: Forbidden: update is forbidden when the VolumeAttributesClass feature gate is disabled',
    ]);
  });
});

describe('a status update of a PersistentVolume', () => {
  test('stamps a change of phase and keeps the spec', () => {
    const old = volume();
    const { object, errors } = statusUpdated(persistentVolumes, old, ({ spec, status }) => {
      spec.storageClassName = 'sneaky';
      status.phase = 'Available';
    });
    expect(errors).toEqual([]);
    expect(object.spec).toEqual(old.spec);
    expect(object.status.lastPhaseTransitionTime).toBe('2026-11-21T08:01:00Z');
  });

  test('keeps the stamp without a change of phase, and takes one that the writer set', () => {
    const old = volume();
    const forget = ({ status }: PersistentVolume) => {
      delete status.lastPhaseTransitionTime;
    };
    expect(statusUpdated(persistentVolumes, old, forget).object.status).toEqual(old.status);
    const own = '2026-01-01T00:00:00Z';
    const { object } = statusUpdated(persistentVolumes, old, (volumeNow) => {
      volumeNow.status = { phase: 'Released', lastPhaseTransitionTime: own };
    });
    expect(object.status.lastPhaseTransitionTime).toBe(own);
  });
});

describe('the table of PersistentVolumes', () => {
  test('shows the claim, and the class of the annotation before that of the field', () => {
    const object = volume({
      accessModes: ['ReadWriteMany', 'ReadWriteOnce'],
      claimRef: { namespace: 'default', name: 'c' },
      storageClassName: 'slow',
    });
    const cells = () => persistentVolumes.cells(object, wallTime + 5_000);
    expect(cells()).toEqual([
      'x',
      '1Gi',
      'RWO,RWX',
      'Retain',
      'Pending',
      'default/c',
      'slow',
      '<unset>',
      '',
      '5s',
      'Filesystem',
    ]);
    object.metadata.annotations = { 'volume.beta.kubernetes.io/storage-class': 'fast' };
    object.metadata.deletionTimestamp = '2026-11-21T08:00:00Z';
    expect(cells().slice(4, 7)).toEqual(['Terminating', 'default/c', 'fast']);
  });
});
