/** Prefers nodes on which the shares of cpu and memory in use stay close to each other. */
import { scoreMax, type Plugin } from '../../framework/plugin.ts';

const share = (used: number, allocatable: number) => Math.min(1, used / allocatable);

export const nodeResourcesBalancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  helpedBy: [],
  prepare: () => undefined,
  score: (pod, node) => {
    const { allocatable, requested } = node;
    if (allocatable.milliCpu === 0 || allocatable.memory === 0) return scoreMax;
    const cpu = share(requested.milliCpu + pod.requests.milliCpu, allocatable.milliCpu);
    const memory = share(requested.memory + pod.requests.memory, allocatable.memory);
    // The standard deviation of two values is half of their distance.
    return Math.floor((1 - Math.abs(cpu - memory) / 2) * scoreMax);
  },
};
