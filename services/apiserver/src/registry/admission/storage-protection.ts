/**
 * Upstream's StorageObjectInUseProtection: a claim stays while a pod uses it, a volume while it is
 * bound. The finalizers are put on here; controllers take them off.
 */
import type { KubernetesObject } from '@drydock/api';

const finalizers: ReadonlyMap<string, string> = new Map([
  ['PersistentVolume', 'kubernetes.io/pv-protection'],
  ['PersistentVolumeClaim', 'kubernetes.io/pvc-protection'],
]);

export function protectStorageObject({ apiVersion, kind, metadata }: KubernetesObject): void {
  const finalizer = apiVersion === 'v1' ? finalizers.get(kind) : undefined;
  if (finalizer === undefined || metadata.finalizers?.includes(finalizer)) return;
  metadata.finalizers = [...(metadata.finalizers ?? []), finalizer];
}
