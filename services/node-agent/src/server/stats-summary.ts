/** kubelet's /stats/summary, as far as it is known here: CPU and working sets. Pure. */
import type { ContainerUsage, NodeUsage } from '../stats/sampler.ts';
import type { UsageSamples } from '../stats/usage.ts';

const time = (wallTime: number) => new Date(wallTime).toISOString().replace(/\.\d+Z$/, 'Z');

/** Cores as a rate of two samples; undefined before there are two. */
function nanoCores({ previous, last }: UsageSamples): number | undefined {
  if (previous === undefined) return undefined;
  const micros = (last.wallTime - previous.wallTime) * 1_000;
  return Math.round(((last.cpuMicros - previous.cpuMicros) / micros) * 1e9);
}

function usageOf(samples: UsageSamples) {
  const rate = nanoCores(samples);
  const { last } = samples;
  return {
    cpu: {
      time: time(last.wallTime),
      ...(rate === undefined ? {} : { usageNanoCores: rate }),
      usageCoreNanoSeconds: last.cpuMicros * 1_000,
    },
    memory: { time: time(last.wallTime), workingSetBytes: last.workingSetBytes },
  };
}

function podOf(containers: readonly ContainerUsage[]) {
  const { pod } = containers[0]!.container;
  const starts = containers.map(
    ({ container, samples }) => container.startedAt ?? samples.last.wallTime,
  );
  return {
    podRef: { name: pod.name, namespace: pod.namespace, uid: pod.uid },
    startTime: time(Math.min(...starts)),
    containers: containers.map(({ container, samples }) => ({
      name: container.name,
      startTime: time(container.startedAt ?? samples.last.wallTime),
      ...usageOf(samples),
    })),
  };
}

export function statsSummary(nodeName: string, { node, containers }: NodeUsage) {
  const pods = Map.groupBy(containers, ({ container }) => container.pod.uid);
  return {
    node: { nodeName, ...(node === undefined ? {} : usageOf(node)) },
    pods: Array.from(pods.values(), podOf),
  };
}
