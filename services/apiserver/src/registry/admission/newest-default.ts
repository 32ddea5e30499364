import { isDefaultClass, type KubernetesObject } from '@drydock/api';

const textOf = ({ metadata }: KubernetesObject) => metadata.creationTimestamp ?? '';

/** The class that is marked as default; of several the newest, of equally new ones the first by name. */
export function newestDefault<T extends KubernetesObject>(
  classes: readonly T[],
  annotations: readonly string[],
): T | undefined {
  const defaults = classes.filter((one) => isDefaultClass(one, annotations));
  return defaults.reduce<T | undefined>((best, one) => {
    if (best === undefined || textOf(one) > textOf(best)) return one;
    return textOf(one) === textOf(best) && one.metadata.name < best.metadata.name ? one : best;
  }, undefined);
}
