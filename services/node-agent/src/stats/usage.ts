/**
 * Two samples of what something uses, out of which a rate is made: pure. As kubelet and metrics-server
 * see it: CPU as time since the start, memory as its working set.
 */
import type { ContainerStats } from '../runtime/runtime.ts';

export interface UsageSamples {
  /** Older than `last`, and of the same life; undefined before there are two. */
  readonly previous: ContainerStats | undefined;
  readonly last: ContainerStats;
}

/** The same sample again changes nothing; CPU time that has shrunk is that of another life. */
export function nextSamples(
  before: UsageSamples | undefined,
  sample: ContainerStats,
): UsageSamples {
  if (before === undefined || sample.cpuMicros < before.last.cpuMicros) {
    return { previous: undefined, last: sample };
  }
  return sample.wallTime > before.last.wallTime ? { previous: before.last, last: sample } : before;
}

/** So long a container must have run before its start is good for a first sample (metrics-server's). */
const freshMillisMin = 10_000;

/** Of a container that was first seen some time after it had started: then it had used nothing. */
export function firstSamples(
  sample: ContainerStats,
  { startedAt, ranMillis }: { readonly startedAt: number; readonly ranMillis: number },
): UsageSamples {
  const atStart = { wallTime: startedAt, cpuMicros: 0, workingSetBytes: 0 };
  const isOld = ranMillis >= freshMillisMin && startedAt < sample.wallTime;
  return { previous: isOld ? atStart : undefined, last: sample };
}

export interface CountedUsage {
  /** Of a container, or of the node's own processes. */
  readonly samples: UsageSamples;
  /** Whether it was there at the last count already. */
  readonly isNew: boolean;
}

/** What all of it has used since counting began: what ends does not take its CPU time along. */
export function addUsage(
  counted: ContainerStats | undefined,
  parts: readonly CountedUsage[],
  wallTime: number,
): ContainerStats {
  const workingSetBytes = parts.reduce((sum, { samples }) => sum + samples.last.workingSetBytes, 0);
  if (counted === undefined) return { wallTime, cpuMicros: 0, workingSetBytes };
  const used = parts.reduce((sum, { samples: { previous, last }, isNew }) => {
    const since = isNew ? 0 : (previous?.cpuMicros ?? last.cpuMicros);
    return sum + Math.max(0, last.cpuMicros - since);
  }, 0);
  return { wallTime, cpuMicros: counted.cpuMicros + used, workingSetBytes };
}
