/** Rates out of two samples, as metrics-server tells them. Pure. */
import { formatQuantity, quantityFromBytes } from '@drydock/api';
import type { StatsResponse, UsageSamples } from '@drydock/proto/node';

export interface Usage {
  readonly cpu: string;
  readonly memory: string;
}

export interface Measured {
  /** Milliseconds since the Unix epoch: the end of the window. */
  readonly wallTime: number;
  readonly windowMillis: number;
  readonly usage: Usage;
}

/** Undefined before there are two samples. */
export function measure(samples: UsageSamples | null): Measured | undefined {
  const { previous, last } = samples ?? {};
  if (!previous || !last || last.time <= previous.time) return undefined;
  const windowMillis = last.time - previous.time;
  const micros = Math.max(0, last.cpuMicros - previous.cpuMicros);
  // Microseconds of CPU in milliseconds of time are thousandths of a core.
  const nanoCores = BigInt(Math.round((micros / windowMillis) * 1_000_000));
  return {
    wallTime: last.time,
    windowMillis,
    usage: {
      cpu: formatQuantity({ nanos: nanoCores, format: 'decimal' }),
      memory: quantityFromBytes(last.workingSetBytes),
    },
  };
}

export interface PodUsage {
  readonly wallTime: number;
  readonly windowMillis: number;
  readonly containers: readonly { readonly name: string; readonly usage: Usage }[];
}

/** By the pods' UIDs. A pod of which a container has no rate yet is not told of at all. */
export function podUsages({ containers }: StatsResponse): ReadonlyMap<string, PodUsage> {
  const usages = new Map<string, PodUsage>();
  for (const [uid, members] of Map.groupBy(containers, ({ podUid }) => podUid)) {
    const measured = members.flatMap(({ container, samples }) => {
      const one = measure(samples);
      return one === undefined ? [] : [{ name: container, ...one }];
    });
    if (measured.length < members.length) continue;
    // The oldest is what the whole is as good as.
    const oldest = measured.reduce((a, b) => (b.wallTime < a.wallTime ? b : a));
    usages.set(uid, {
      wallTime: oldest.wallTime,
      windowMillis: oldest.windowMillis,
      containers: measured.map(({ name, usage }) => ({ name, usage })),
    });
  }
  return usages;
}

/** In Go's words: `15.003s`, `1m2.5s`. */
export function formatWindow(millis: number): string {
  const minutes = Math.floor(millis / 60_000);
  const hours = Math.floor(minutes / 60);
  const seconds = `${(millis % 60_000) / 1_000}s`;
  if (hours > 0) return `${hours}h${minutes % 60}m${seconds}`;
  if (minutes > 0) return `${minutes}m${seconds}`;
  return millis > 0 && millis < 1_000 ? `${millis}ms` : seconds;
}
