/** How much an emptyDir in memory holds at most (kubelet's calculateEmptyDirMemorySize): pure. */
import { quantityValue, type Pod, type Volume } from '@drydock/api';
import { initContainersOf } from '../pod-lifecycle/pod-facts.ts';
import type { MemoryVolume } from '../runtime/runtime.ts';
import { fsGroupOf } from './files.ts';

export const isInMemory = ({ emptyDir }: Volume): boolean => emptyDir?.medium === 'Memory';

export const memoryVolumesOf = (pod: Pod, allocatableBytes: number): MemoryVolume[] =>
  (pod.spec.volumes ?? []).filter(isInMemory).map((volume) => ({
    name: volume.name,
    sizeBytes: memorySize(pod, volume, allocatableBytes),
    gid: fsGroupOf(pod),
  }));

/** The least of what the volume says, what its pod may use, and what pods may use of the node. */
function memorySize(pod: Pod, { emptyDir }: Volume, allocatableBytes: number): number {
  const asked = quantityValue(emptyDir?.sizeLimit ?? '0');
  return Math.min(allocatableBytes, podLimit(pod) ?? Infinity, asked > 0 ? asked : Infinity);
}

/** Undefined unless each of its containers has a limit. */
function podLimit(pod: Pod): number | undefined {
  const limits = [...pod.spec.containers, ...initContainersOf(pod)].map((container) =>
    quantityValue(container.resources?.limits?.['memory'] ?? '0'),
  );
  if (limits.some((limit) => limit === 0)) return undefined;
  const main = limits.slice(0, pod.spec.containers.length);
  const init = limits.slice(pod.spec.containers.length);
  return Math.max(
    main.reduce((sum, limit) => sum + limit, 0),
    ...init,
  );
}
