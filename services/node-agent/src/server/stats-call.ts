/** Stats: what a node uses, in the words of the contract. Pure. */
import type { StatsResponse } from '@drydock/proto/node';
import type { ContainerStats } from '../runtime/runtime.ts';
import type { NodeUsage } from '../stats/sampler.ts';
import type { UsageSamples } from '../stats/usage.ts';

const sampleOf = ({ wallTime, cpuMicros, workingSetBytes }: ContainerStats) => ({
  time: Math.round(wallTime),
  cpuMicros: Math.round(cpuMicros),
  workingSetBytes: Math.round(workingSetBytes),
});

const samplesOf = ({ previous, last }: UsageSamples) => ({
  previous: previous === undefined ? null : sampleOf(previous),
  last: sampleOf(last),
});

export function statsResponse({ node, containers }: NodeUsage): StatsResponse {
  return {
    node: node === undefined ? null : samplesOf(node),
    containers: containers.map(({ container, samples }) => ({
      namespace: container.pod.namespace,
      pod: container.pod.name,
      podUid: container.pod.uid,
      container: container.name,
      startedAt: container.startedAt ?? samples.last.wallTime,
      samples: samplesOf(samples),
    })),
  };
}
