/** Upstream's DefaultStorageClass: a claim that names no class gets the default one, if there is one. */
import {
  betaStorageClassAnnotation,
  defaultClassAnnotations,
  type KubernetesObject,
  type PersistentVolumeClaim,
  type StorageClass,
} from '@drydock/api';
import type { CachedObjects } from './cached-objects.ts';
import { newestDefault } from './newest-default.ts';

export function setDefaultStorageClass(object: KubernetesObject, cached: CachedObjects): void {
  if (object.apiVersion !== 'v1' || object.kind !== 'PersistentVolumeClaim') return;
  const { metadata, spec } = object as PersistentVolumeClaim;
  // The empty name is one too: it asks for a volume of no class.
  if (spec.storageClassName !== undefined) return;
  if (metadata.annotations?.[betaStorageClassAnnotation] !== undefined) return;
  const classes = cached.list<StorageClass>('storage.k8s.io', 'storageclasses');
  const found = newestDefault(classes, defaultClassAnnotations.storageClass);
  if (found !== undefined) spec.storageClassName = found.metadata.name;
}
