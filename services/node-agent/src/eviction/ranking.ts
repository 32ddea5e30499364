/**
 * Which pod goes first when its node runs out of something (kubelet's rankings): pure.
 *
 *     memory, disk   those above their request, then the lower priority, then the most above its request
 *     processes      the lower priority, then the most processes
 *
 * A pod of which nothing is known goes before all others, as upstream.
 */
import { quantityValue, type Pod } from '@drydock/api';
import { requestOf } from '../pod-lifecycle/admission.ts';
import type { StarvedResource } from './signals.ts';

/** What a pod uses; a figure that is not known is absent. */
export interface PodUsage {
  readonly memoryBytes?: number;
  readonly diskBytes?: number;
  readonly inodes?: number;
  readonly processes?: number;
  readonly containers: readonly ContainerUse[];
  /** Of its volumes that lie on the node, by name. */
  readonly volumes: ReadonlyMap<string, number>;
}

export interface ContainerUse {
  readonly name: string;
  readonly memoryBytes?: number;
  /** What it has written to its own file system and to its log. */
  readonly diskBytes?: number;
}

/** By uid. */
export type Usages = ReadonlyMap<string, PodUsage>;

/** Static pods, and those without which a cluster is none (kubelet's IsCriticalPod). */
export function isCritical(pod: Pod): boolean {
  const annotations = pod.metadata.annotations ?? {};
  const source = annotations['kubernetes.io/config.source'];
  const isStatic = source !== undefined && source !== 'api';
  const isMirror = annotations['kubernetes.io/config.mirror'] !== undefined;
  return isStatic || isMirror || (pod.spec.priority ?? 0) >= systemCriticalPriority;
}

const systemCriticalPriority = 2_000_000_000;

/** The first is the first to go. */
export function rank(resource: StarvedResource, pods: readonly Pod[], usages: Usages): Pod[] {
  const usedBy = (pod: Pod) => usedOf(resource, usages.get(pod.metadata.uid ?? ''));
  const request = (pod: Pod) => requestFor(resource, pod);
  const keys: readonly ((pod: Pod) => number)[] =
    resource === 'pids'
      ? [priority, (pod) => -(usedBy(pod) ?? Infinity)]
      : [
          (pod) => {
            const used = usedBy(pod);
            return used === undefined ? -1 : used > request(pod) ? 0 : 1;
          },
          priority,
          (pod) => -((usedBy(pod) ?? Infinity) - request(pod)),
        ];
  return pods.toSorted((a, b) => {
    for (const key of keys) {
      const [left, right] = [key(a), key(b)];
      if (left !== right) return left - right;
    }
    return 0;
  });
}

const priority = (pod: Pod) => pod.spec.priority ?? 0;

function usedOf(resource: StarvedResource, usage: PodUsage | undefined): number | undefined {
  if (resource === 'memory') return usage?.memoryBytes;
  if (resource === 'pids') return usage?.processes;
  return resource === 'inodes' ? usage?.inodes : usage?.diskBytes;
}

/** Nobody asks for inodes or processes. */
const requestFor = (resource: StarvedResource, pod: Pod) =>
  resource === 'memory' || resource === 'ephemeral-storage'
    ? requestOf(pod, resource, quantityValue)
    : 0;
