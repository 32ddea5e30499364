import { describe, expect, test } from 'vitest';
import type { PersistentVolumeClaim } from '../../generated/types.ts';
import { createErrors, created, statusUpdated, updated, wallTime } from '../../testing/writes.ts';
import { persistentVolumeClaims } from './kind.ts';

const base = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } };
const errorsOf = (spec: object) =>
  createErrors(persistentVolumeClaims, { spec: { ...base, ...spec } });
const claim = (spec: object = {}) =>
  created(persistentVolumeClaims, { spec: { ...base, ...spec } });
const bound = () => {
  const object = claim({ volumeName: 'v', storageClassName: 'fast' });
  object.status = {
    phase: 'Bound',
    capacity: { storage: '2Gi' },
    accessModes: ['ReadWriteOnce'],
  };
  return object;
};
const snapshot = { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 's' };
const custom = { apiGroup: 'example.com', kind: 'Disk', name: 'd' };

describe('a new PersistentVolumeClaim', () => {
  test('is pending, whatever the client says', () => {
    const object = created(persistentVolumeClaims, {
      spec: { ...base, volumeAttributesClassName: 'gold' },
      status: { phase: 'Bound' },
    });
    expect(object.status).toEqual({ phase: 'Pending' });
    expect(object.spec).toEqual({ ...base, volumeMode: 'Filesystem' });
  });

  test.each<[string, object, object]>([
    [
      'the older field fills the newer',
      { dataSource: snapshot },
      { dataSource: snapshot, dataSourceRef: snapshot },
    ],
    [
      'the newer field fills the older',
      { dataSourceRef: custom },
      { dataSource: custom, dataSourceRef: custom },
    ],
    ['the older field takes no strangers', { dataSource: custom }, {}],
    [
      'nor a kind of that name in another group',
      { dataSource: { ...custom, kind: 'PersistentVolumeClaim' } },
      {},
    ],
    ['another namespace is behind a gate', { dataSourceRef: { ...custom, namespace: 'n' } }, {}],
  ])('has its source in both fields: %s', (_what, given, kept) => {
    const { dataSource, dataSourceRef } = claim(given).spec;
    expect(JSON.parse(JSON.stringify({ dataSource, dataSourceRef }))).toEqual(kept);
  });
});

describe('validation of a PersistentVolumeClaim', () => {
  test.each<[string, object, string[]]>([
    [
      'no access mode',
      { accessModes: [] },
      ['spec.accessModes: Required value: at least 1 access mode is required'],
    ],
    [
      'an unknown access mode',
      { accessModes: ['RW'] },
      [
        'spec.accessModes: Unsupported value: "RW": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
      ],
    ],
    [
      'access modes that exclude each other',
      { accessModes: ['ReadWriteOncePod', 'ReadWriteOnce'] },
      ['spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes'],
    ],
    [
      'a selector',
      { selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } },
      [
        "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      ],
    ],
    ['no size', { resources: {} }, ['spec.resources[storage]: Required value']],
    [
      'a size of nothing',
      { resources: { requests: { storage: '0' } } },
      ['spec.resources[storage]: Invalid value: "0": must be greater than zero'],
    ],
    [
      'a volume mode',
      { volumeMode: 'Tape' },
      ['spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"'],
    ],
    [
      'a source without name and kind',
      { dataSourceRef: { apiGroup: 'a.b', kind: '', name: '' } },
      [
        'spec.dataSource.name: Required value',
        'spec.dataSource.kind: Required value',
        'spec.dataSourceRef.name: Required value',
        'spec.dataSourceRef.kind: Required value',
      ],
    ],
    [
      'a source of the core group that is no claim',
      { dataSourceRef: { kind: 'Pod', name: 'p' } },
      ['dataSource', 'dataSourceRef'].map(
        (key) =>
          `spec.${key}: Invalid value: "Pod": must be 'PersistentVolumeClaim' when referencing the default apiGroup`,
      ),
    ],
    [
      'two sources',
      { dataSource: snapshot, dataSourceRef: custom },
      ['spec: Invalid value: "spec.dataSource": must match dataSourceRef'],
    ],
  ])('%s', (_what, spec, errors) => {
    expect(errorsOf(spec)).toEqual(errors);
  });

  test('names are like those of objects', () => {
    const domain = 'a lowercase RFC 1123 subdomain must consist of';
    const group = { ...custom, apiGroup: 'A' };
    expect(errorsOf({ storageClassName: 'A' })).toEqual([
      expect.stringContaining(`spec.storageClassName: Invalid value: "A": ${domain}`),
    ]);
    expect(errorsOf({ dataSource: group, dataSourceRef: group })).toEqual([
      expect.stringContaining(`spec.dataSource.apiGroup: Invalid value: "A": ${domain}`),
      expect.stringContaining(`spec.dataSourceRef.apiGroup: Invalid value: "A": ${domain}`),
    ]);
  });
});

describe('an update of a PersistentVolumeClaim', () => {
  const change = (old: PersistentVolumeClaim, make: (object: PersistentVolumeClaim) => void) =>
    updated(persistentVolumeClaims, old, make);
  const unchangeable =
    'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

  test('may name the volume, once', () => {
    const { object, errors } = change(claim(), ({ spec }) => {
      spec.volumeName = 'v';
    });
    expect(errors).toEqual([]);
    const rename = ({ spec }: PersistentVolumeClaim) => {
      spec.volumeName = 'w';
    };
    expect(change(object, rename).errors).toEqual([`${unchangeable}\n  spec.volumeName\n`]);
  });

  test('may name the class where none was named, and no other later', () => {
    const name = (storageClassName: string) => (object: PersistentVolumeClaim) => {
      object.spec.storageClassName = storageClassName;
    };
    const { object, errors } = change(claim(), name('fast'));
    expect(errors).toEqual([]);
    expect(change(object, name('slow')).errors).toEqual([
      `${unchangeable}\n  spec.storageClassName\n`,
    ]);
  });

  test('may move the class from the annotation into the field, and not change the annotation', () => {
    const annotation = 'volume.beta.kubernetes.io/storage-class';
    const old = claim();
    old.metadata.annotations = { [annotation]: 'fast' };
    const move = (object: PersistentVolumeClaim) => {
      delete object.metadata.annotations;
      object.spec.storageClassName = 'fast';
    };
    expect(change(old, move).errors).toEqual([]);
    const alter = ({ metadata }: PersistentVolumeClaim) => {
      metadata.annotations = { [annotation]: 'slow' };
    };
    expect(change(old, alter).errors).toEqual([
      `metadata.annotations.${annotation}: Invalid value: "slow": field is immutable`,
    ]);
    const contradict = ({ spec }: PersistentVolumeClaim) => {
      spec.storageClassName = 'slow';
    };
    expect(change(old, contradict).errors).toHaveLength(1);
  });

  test.each<[string, PersistentVolumeClaim, string, string[]]>([
    ['the same size may be written in bytes', claim(), String(2 * 1024 ** 3), []],
    ['a bound claim may grow', bound(), '3Gi', []],
    [
      'an unbound one may not',
      claim(),
      '3Gi',
      [`${unchangeable}\n  spec.resources.requests.storage\n`],
    ],
    [
      'no volume shrinks',
      bound(),
      '1Gi',
      ['spec.resources.requests.storage: Forbidden: field can not be less than status.capacity'],
    ],
  ])('%s', (_what, old, storage, errors) => {
    const resize = ({ spec }: PersistentVolumeClaim) => {
      spec.resources!.requests = { storage };
    };
    expect(change(old, resize).errors).toEqual(errors);
  });

  test('may ask for less when an expansion failed, but for more than there is', () => {
    const old = bound();
    old.spec.resources!.requests = { storage: '10Gi' };
    const resize = (storage: string) => (object: PersistentVolumeClaim) => {
      object.spec.resources!.requests = { storage };
    };
    expect(change(old, resize('3Gi')).errors).toEqual([]);
    expect(change(old, resize('2Gi')).errors).toHaveLength(1);
  });

  test('cannot change the volume mode', () => {
    const { errors } = change(bound(), ({ spec }) => {
      spec.volumeMode = 'Block';
    });
    expect(errors).toEqual([
      `${unchangeable}\n  spec.volumeMode\n`,
      'volumeMode: Invalid value: "Block": field is immutable',
    ]);
  });

  test('keeps the status, and lets nobody into a class of attributes while the gate is off', () => {
    const old = bound();
    const { object, errors } = change(old, ({ spec, status }) => {
      status.phase = 'Lost';
      spec.volumeAttributesClassName = 'gold';
    });
    expect(errors).toEqual([]);
    expect(object).toEqual(old);
    old.spec.volumeAttributesClassName = 'gold';
    const leave = ({ spec }: PersistentVolumeClaim) => {
      delete spec.volumeAttributesClassName;
    };
    expect(change(old, leave).errors).toEqual([
      'spec.volumeAttributesClassName: Forbidden: update is forbidden when the VolumeAttributesClass feature gate is disabled',
    ]);
  });

  test('a source in another namespace excludes the older field', () => {
    const old = claim({ dataSourceRef: custom });
    const { errors } = change(old, ({ spec }) => {
      spec.dataSourceRef = { ...custom, namespace: 'n' };
    });
    expect(errors[0]).toBe(
      'spec: Invalid value: "spec.dataSource": may not be specified when dataSourceRef.namespace is specified',
    );
    const bad = change(old, ({ spec }) => {
      spec.dataSourceRef = { ...custom, namespace: 'N' };
    });
    expect(bad.errors[0]).toContain(
      'spec.dataSourceRef.namespace: Invalid value: "N": a lowercase',
    );
  });
});

describe('a status update of a PersistentVolumeClaim', () => {
  test.each<[string, object, string[]]>([
    [
      'capacity',
      { capacity: { storage: '-1' } },
      ['status.capacity[storage]: Invalid value: -1: must be a valid resource quantity'],
    ],
    [
      'states of a resize',
      {
        allocatedResourceStatuses: {
          cpu: 'NodeResizePending',
          storage: 'Growing',
          'example.com/x': 'NodeResizeInProgress',
        },
      },
      [
        'status.allocatedResourceStatus: Unsupported value: "cpu": supported values: "storage"',
        'status.allocatedResourceStatus: Unsupported value: "storage": supported values: "ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress", "NodeResizeInfeasible", "NodeResizePending"',
      ],
    ],
    [
      'amounts of a resize',
      { allocatedResources: { cpu: '1', storage: '-1' } },
      [
        'status.allocatedResources: Unsupported value: "cpu": supported values: "storage"',
        'status.allocatedResources[storage]: Invalid value: -1: must be a valid resource quantity',
      ],
    ],
  ])('%s', (_what, status, wanted) => {
    const { errors } = statusUpdated(persistentVolumeClaims, bound(), (object) => {
      Object.assign(object.status, status);
    });
    expect(errors).toEqual(wanted);
  });

  test('a name of a resource is a qualified name', () => {
    const { errors } = statusUpdated(persistentVolumeClaims, bound(), ({ status }) => {
      status.allocatedResources = { 'a b': '1' };
    });
    expect(errors).toEqual([
      expect.stringContaining('status.allocatedResources: Invalid value: "a b": name part must'),
    ]);
  });

  test('a claim that lost its access modes is refused', () => {
    const old = bound();
    old.spec.accessModes = [];
    const { errors } = statusUpdated(persistentVolumeClaims, old, () => undefined);
    expect(errors).toEqual(['Spec.accessModes: Required value']);
  });

  test('keeps the spec and drops what is behind a gate', () => {
    const old = bound();
    const { object } = statusUpdated(persistentVolumeClaims, old, ({ spec, status }) => {
      spec.volumeName = 'other';
      status.currentVolumeAttributesClassName = 'gold';
      status.modifyVolumeStatus = { status: 'Pending' };
    });
    expect(object).toEqual(old);
  });
});

describe('the table of PersistentVolumeClaims', () => {
  test('shows of its volume what there is', () => {
    const cells = (object: PersistentVolumeClaim) =>
      persistentVolumeClaims.cells(object, wallTime + 5_000);
    expect(cells(claim())).toEqual(['x', 'Pending', '', '', '', '', '<unset>', '5s', 'Filesystem']);
    const object = bound();
    expect(cells(object).slice(1, 6)).toEqual(['Bound', 'v', '2Gi', 'RWO', 'fast']);
    object.metadata.deletionTimestamp = '2026-11-21T08:00:00Z';
    expect(cells(object)[1]).toBe('Terminating');
  });
});
