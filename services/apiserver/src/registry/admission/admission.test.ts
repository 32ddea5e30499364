/** What a new object gets from its cluster. */
import { describe, expect, test } from 'vitest';
import type {
  Ingress,
  IngressClass,
  KubernetesObject,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
} from '@drydock/api';
import { findKind } from '@drydock/api';
import { mutateNew } from './admission.ts';
import type { ClusterView } from './cluster-view.ts';

const empty: ClusterView = {
  ingressClasses: () => [],
  limitRanges: () => [],
  priorityClasses: () => [],
  quotas: () => [],
  storageClasses: () => [],
};

function admit(object: KubernetesObject, view: ClusterView = empty): void {
  const kind = findKind(object.apiVersion, object.kind) ?? findKind('v1', 'ConfigMap')!;
  const { name, namespace = '' } = object.metadata;
  mutateNew({ target: { kind, name, namespace }, object, view }, { user: 'jane', groups: [] });
}

const claim = (metadata: object = {}, spec: object = {}): PersistentVolumeClaim => ({
  kind: 'PersistentVolumeClaim',
  apiVersion: 'v1',
  metadata: { name: 'c', namespace: 'default', ...metadata },
  spec,
  status: {},
});
const ingress = (metadata: object = {}, spec: object = {}): Ingress => ({
  kind: 'Ingress',
  apiVersion: 'networking.k8s.io/v1',
  metadata: { name: 'i', namespace: 'default', ...metadata },
  spec,
  status: {},
});

describe('StorageObjectInUseProtection', () => {
  test('claims and volumes get their finalizer, once', () => {
    const volume: PersistentVolume = {
      kind: 'PersistentVolume',
      apiVersion: 'v1',
      metadata: { name: 'v', finalizers: ['example.com/x'] },
      spec: {},
      status: {},
    };
    admit(volume);
    expect(volume.metadata.finalizers).toEqual(['example.com/x', 'kubernetes.io/pv-protection']);
    const object = claim();
    admit(object);
    admit(object);
    expect(object.metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
  });

  test('nothing else does, not even a kind of that name in another group', () => {
    const others = [ingress(), { ...claim(), apiVersion: 'example.com/v1' }];
    for (const object of others) {
      admit(object);
      expect(object.metadata).not.toHaveProperty('finalizers');
    }
  });
});

interface MarkedClass {
  readonly name: string;
  readonly marks?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
}

const metadataOf = ({ name, marks, creationTimestamp }: MarkedClass) => ({
  name,
  ...(marks === undefined ? {} : { annotations: { ...marks } }),
  creationTimestamp: creationTimestamp ?? '2026-01-01T00:00:00Z',
});

describe('DefaultStorageClass', () => {
  const mark = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  const chosen = (classes: readonly MarkedClass[], object = claim()) => {
    const objects = classes.map((one): StorageClass => ({
      kind: 'StorageClass',
      apiVersion: 'storage.k8s.io/v1',
      metadata: metadataOf(one),
      provisioner: 'p',
    }));
    admit(object, { ...empty, storageClasses: () => objects });
    return object.spec.storageClassName;
  };

  test.each<[string, MarkedClass[], string | undefined]>([
    ['there is none', [{ name: 'a' }], undefined],
    ['one is marked', [{ name: 'a' }, { name: 'b', marks: mark }], 'b'],
    [
      'it is marked in the old way',
      [{ name: 'a', marks: { 'storageclass.beta.kubernetes.io/is-default-class': 'true' } }],
      'a',
    ],
    [
      'it is marked as none',
      [{ name: 'a', marks: { 'storageclass.kubernetes.io/is-default-class': 'false' } }],
      undefined,
    ],
    [
      'the newest of several',
      [
        { name: 'a', marks: mark },
        { name: 'b', marks: mark, creationTimestamp: '2026-02-01T00:00:00Z' },
        { name: 'c', marks: mark },
      ],
      'b',
    ],
    [
      'the first by name of equally new ones',
      [
        { name: 'b', marks: mark },
        { name: 'a', marks: mark },
        { name: 'c', marks: mark },
      ],
      'a',
    ],
  ])('a claim without a class: %s', (_what, classes, name) => {
    expect(chosen(classes)).toBe(name);
  });

  test('a claim that names a class keeps it, also the empty one and that of the annotation', () => {
    const classes = [{ name: 'a', marks: mark }];
    expect(chosen(classes, claim({}, { storageClassName: 'mine' }))).toBe('mine');
    expect(chosen(classes, claim({}, { storageClassName: '' }))).toBe('');
    const annotations = { 'volume.beta.kubernetes.io/storage-class': 'mine' };
    expect(chosen(classes, claim({ annotations }))).toBeUndefined();
  });
});

describe('DefaultIngressClass', () => {
  const mark = { 'ingressclass.kubernetes.io/is-default-class': 'true' };
  const chosen = (classes: readonly MarkedClass[], object = ingress()) => {
    const objects = classes.map((one): IngressClass => ({
      kind: 'IngressClass',
      apiVersion: 'networking.k8s.io/v1',
      metadata: metadataOf(one),
      spec: {},
    }));
    admit(object, { ...empty, ingressClasses: () => objects });
    return object.spec.ingressClassName;
  };

  test('an Ingress without a class gets the newest default', () => {
    expect(chosen([{ name: 'a' }])).toBeUndefined();
    const newer = { name: 'b', marks: mark, creationTimestamp: '2026-02-01T00:00:00Z' };
    expect(chosen([{ name: 'a', marks: mark }, newer])).toBe('b');
  });

  test('an Ingress that names a class keeps it, also that of the annotation', () => {
    const classes = [{ name: 'a', marks: mark }];
    expect(chosen(classes, ingress({}, { ingressClassName: 'mine' }))).toBe('mine');
    const annotations = { 'kubernetes.io/ingress.class': '' };
    expect(chosen(classes, ingress({ annotations }))).toBeUndefined();
  });
});
