import type { PersistentVolumeClaim, StorageClass } from '@drydock/api';
import { expect, test } from 'vitest';
import { expansionProblem } from './volume-expansion.ts';

const claim = (storage: string, storageClassName?: string, phase = 'Bound') =>
  ({
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    metadata: { name: 'c' },
    spec: {
      resources: { requests: { storage } },
      ...(storageClassName === undefined ? {} : { storageClassName }),
    },
    status: { phase },
  }) as PersistentVolumeClaim;
const classes = [
  { metadata: { name: 'grows' }, allowVolumeExpansion: true },
  { metadata: { name: 'stays' }, allowVolumeExpansion: false },
  { metadata: { name: 'says-nothing' } },
] as StorageClass[];

const unbound = 'Only bound persistent volume claims can be expanded';
const unsupported =
  'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';

test.each([
  ['the same size', claim('1Gi', 'stays'), claim('1024Mi', 'stays'), undefined],
  ['less', claim('1Gi', 'stays'), claim('2Gi', 'stays'), undefined],
  ['more, of a class that grows', claim('2Gi', 'grows'), claim('1Gi', 'grows'), undefined],
  ['more, not bound', claim('2Gi', 'grows'), claim('1Gi', 'grows', 'Pending'), unbound],
  ['more, of a class that stays', claim('2Gi', 'stays'), claim('1Gi', 'stays'), unsupported],
  [
    'more, of a silent class',
    claim('2Gi', 'says-nothing'),
    claim('1Gi', 'says-nothing'),
    unsupported,
  ],
  ['more, of a class that is gone', claim('2Gi', 'gone'), claim('1Gi', 'gone'), unsupported],
  ['more, of no class', claim('2Gi'), claim('1Gi'), unsupported],
  ['more, and another class', claim('2Gi', 'grows'), claim('1Gi', 'stays'), unsupported],
])('%s', (_name, now, old, problem) => {
  expect(expansionProblem(now, old, classes)).toBe(problem);
});

test('the annotation names the class before the field', () => {
  const annotated = (storage: string) => {
    const one = claim(storage, 'stays');
    one.metadata.annotations = { 'volume.beta.kubernetes.io/storage-class': 'grows' };
    return one;
  };
  expect(expansionProblem(annotated('2Gi'), annotated('1Gi'), classes)).toBeUndefined();
});
