/** What this process uses: all that a node outside of a container has of its own. */
import type { Clock } from '@drydock/ports';
import type { ContainerStats } from '../runtime/runtime.ts';

export function readProcessUsage(clock: Clock): ContainerStats {
  const { user, system } = process.cpuUsage();
  return {
    wallTime: clock.wallTime(),
    cpuMicros: user + system,
    workingSetBytes: process.memoryUsage.rss(),
  };
}
