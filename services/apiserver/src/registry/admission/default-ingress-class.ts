/** Upstream's DefaultIngressClass: an Ingress that names no class gets the default one, if there is one. */
import { defaultClassAnnotations, type Ingress, type KubernetesObject } from '@drydock/api';
import type { ClusterView } from './cluster-view.ts';
import { newestDefault } from './newest-default.ts';

/** Where the class was named before there was a field for it. */
const classAnnotation = 'kubernetes.io/ingress.class';

export function setDefaultIngressClass(object: KubernetesObject, view: ClusterView): void {
  if (object.apiVersion !== 'networking.k8s.io/v1' || object.kind !== 'Ingress') return;
  const { metadata, spec } = object as Ingress;
  if (spec.ingressClassName !== undefined) return;
  if (metadata.annotations?.[classAnnotation] !== undefined) return;
  const found = newestDefault(view.ingressClasses(), defaultClassAnnotations.ingressClass);
  if (found !== undefined) spec.ingressClassName = found.metadata.name;
}
