/** Upstream's DefaultStorageClass: a claim that names no class gets the default one, if there is one. */
import {
  betaStorageClassAnnotation,
  defaultClassAnnotations,
  type KubernetesObject,
  type PersistentVolumeClaim,
} from '@drydock/api';
import type { ClusterView } from './cluster-view.ts';
import { newestDefault } from './newest-default.ts';

export function setDefaultStorageClass(object: KubernetesObject, view: ClusterView): void {
  if (object.apiVersion !== 'v1' || object.kind !== 'PersistentVolumeClaim') return;
  const { metadata, spec } = object as PersistentVolumeClaim;
  // The empty name is one too: it asks for a volume of no class.
  if (spec.storageClassName !== undefined) return;
  if (metadata.annotations?.[betaStorageClassAnnotation] !== undefined) return;
  const found = newestDefault(view.storageClasses(), defaultClassAnnotations.storageClass);
  if (found !== undefined) spec.storageClassName = found.metadata.name;
}
