/** What a container uses, out of the engine's account of its cgroup. */
import type Docker from 'dockerode';
import type { ContainerStats } from '../runtime.ts';
import { unlessGone } from './errors.ts';

/** As much of the engine's answer as is read. */
export interface EngineStats {
  /** When it was measured; the year 1 for a container that does not run. */
  readonly read: string;
  readonly cpu_stats: { readonly cpu_usage: { readonly total_usage: number } };
  readonly memory_stats: {
    readonly usage?: number;
    readonly stats?: Readonly<Record<string, number>>;
  };
  readonly pids_stats?: { readonly current?: number };
}

const nanosPerMicro = 1_000;

/** Undefined when it does not run. */
export async function readStats(docker: Docker, id: string): Promise<ContainerStats | undefined> {
  // One sample at once: by default the engine waits a second for another.
  const options = { stream: false, 'one-shot': true } as const;
  const sample = await unlessGone(docker.getContainer(id).stats(options));
  return sample === undefined ? undefined : containerStatsOf(sample);
}

export function containerStatsOf({
  read,
  cpu_stats: cpu,
  memory_stats: memory,
  pids_stats: processes,
}: EngineStats): ContainerStats | undefined {
  const wallTime = Date.parse(read);
  if (!(wallTime > 0) || memory.usage === undefined) return undefined;
  // The working set is what stays when the files that nobody reads are dropped: cgroup v2, then v1.
  const reclaimable = memory.stats?.['inactive_file'] ?? memory.stats?.['total_inactive_file'] ?? 0;
  return {
    wallTime,
    cpuMicros: cpu.cpu_usage.total_usage / nanosPerMicro,
    workingSetBytes: Math.max(0, memory.usage - reclaimable),
    ...(processes?.current === undefined ? {} : { processCount: processes.current }),
  };
}
