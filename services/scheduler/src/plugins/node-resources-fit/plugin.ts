/**
 * A pod fits where what it requests is left over. Among the nodes where it fits, those with the most
 * left over are best (LeastAllocated), cpu and memory counting alike.
 */
import { scoreMax, type Plugin } from '../../framework/plugin.ts';
import type { NodeView } from '../../model/node-info.ts';
import type { PodInfo } from '../../model/pod-info.ts';

function shortages(pod: PodInfo, node: NodeView): string[] {
  const { requests } = pod;
  const { allocatable, requested } = node;
  const found: string[] = [];
  if (node.podCount + 1 > node.podsMax) found.push('Too many pods');
  // What a pod does not ask for cannot be short, even on a node that is overcommitted.
  if (requests.milliCpu > 0 && requests.milliCpu > allocatable.milliCpu - requested.milliCpu) {
    found.push('Insufficient cpu');
  }
  if (requests.memory > 0 && requests.memory > allocatable.memory - requested.memory) {
    found.push('Insufficient memory');
  }
  const { ephemeralStorage } = requests;
  const storageLeft = allocatable.ephemeralStorage - requested.ephemeralStorage;
  if (ephemeralStorage > 0 && ephemeralStorage > storageLeft) {
    found.push('Insufficient ephemeral-storage');
  }
  for (const [name, amount] of requests.extended) {
    const left = (allocatable.extended.get(name) ?? 0) - (requested.extended.get(name) ?? 0);
    if (amount > 0 && amount > left) found.push(`Insufficient ${name}`);
  }
  return found;
}

function leftOver(allocatable: number, requested: number): number {
  if (allocatable === 0 || requested > allocatable) return 0;
  return Math.floor(((allocatable - requested) * scoreMax) / allocatable);
}

export const nodeResourcesFit: Plugin = {
  name: 'NodeResourcesFit',
  weight: 1,
  helpedBy: ['node-added', 'node-changed', 'assigned-pod-deleted'],
  prepare: () => undefined,
  filter: (pod, node) => {
    const reasons = shortages(pod, node);
    return reasons.length === 0 ? undefined : { reasons, resolvable: true };
  },
  score: (pod, node) => {
    const { allocatable, scoredRequested } = node;
    const { milliCpu, memory } = pod.scoredRequests;
    const cpu = leftOver(allocatable.milliCpu, scoredRequested.milliCpu + milliCpu);
    const ram = leftOver(allocatable.memory, scoredRequested.memory + memory);
    const counted = (allocatable.milliCpu > 0 ? 1 : 0) + (allocatable.memory > 0 ? 1 : 0);
    return counted === 0 ? 0 : Math.floor((cpu + ram) / counted);
  },
};
