/** The annotations that make a class the default of its kind. */
import type { KubernetesObject } from '../../object.ts';

export const defaultClassAnnotations = {
  storageClass: [
    'storageclass.kubernetes.io/is-default-class',
    'storageclass.beta.kubernetes.io/is-default-class',
  ],
  ingressClass: ['ingressclass.kubernetes.io/is-default-class'],
} as const;

export function isDefaultClass(
  { metadata }: KubernetesObject,
  annotations: readonly string[],
): boolean {
  return annotations.some((annotation) => metadata.annotations?.[annotation] === 'true');
}
