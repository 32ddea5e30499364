/** Measures what pods use, when their node is short of something or their storage is bounded. */
import type { Pod } from '@drydock/api';
import type { ContainerStatus, RuntimeService } from '../runtime/runtime.ts';
import type { RuntimeHousekeeping } from '../runtime/housekeeping.ts';
import type { Volumes } from '../volumes/volumes.ts';
import type { ContainerUse, PodUsage, Usages } from './ranking.ts';

export interface UsagePowers {
  readonly runtime: Pick<RuntimeService, 'listContainers' | 'containerStats'>;
  readonly housekeeping: Pick<RuntimeHousekeeping, 'writtenBytes'> | undefined;
  readonly volumes: Pick<Volumes, 'usage'> | undefined;
}

/** Questions to the engine that are under way at once. */
const questionsMax = 8;

/** Pods of which nothing runs are absent. @throws RuntimeError */
export async function measure(
  pods: readonly Pod[],
  { withDisk }: { readonly withDisk: boolean },
  { runtime, housekeeping, volumes }: UsagePowers,
): Promise<Usages> {
  const wanted = new Map(pods.map((pod) => [pod.metadata.uid ?? '', pod]));
  const containers = (await runtime.listContainers()).filter((one) => wanted.has(one.pod.uid));
  const usages = new Map<string, PodUsage>();
  const uses = await inTurns(containers, async (one) => {
    const stats = one.state === 'running' ? await runtime.containerStats(one.id) : undefined;
    const written = withDisk ? await housekeeping?.writtenBytes(one.id) : undefined;
    return { one, stats, written };
  });
  for (const [uid, pod] of wanted) {
    const own = uses.filter(({ one }) => one.pod.uid === uid);
    if (own.length === 0) continue;
    const inVolumes = (withDisk ? await volumes?.usage(pod) : undefined) ?? new Map();
    const volumeUses = [...inVolumes.values()];
    const written = own.map((use) => use.written ?? 0);
    usages.set(uid, {
      memoryBytes: sum(own.map(({ stats }) => stats?.workingSetBytes ?? 0)),
      processes: sum(own.map(({ stats }) => stats?.processCount ?? 0)),
      ...(withDisk
        ? {
            diskBytes: sum([...written, ...volumeUses.map(({ bytes }) => bytes)]),
            inodes: sum(volumeUses.map(({ inodes }) => inodes)),
          }
        : {}),
      containers: usesByName(own),
      volumes: new Map([...inVolumes].map(([name, { bytes }]) => [name, bytes])),
    });
  }
  return usages;
}

interface Measured {
  readonly one: ContainerStatus;
  readonly stats: { readonly workingSetBytes: number } | undefined;
  readonly written: number | undefined;
}

/** Of a container that has been restarted the newest instance counts. */
function usesByName(measured: readonly Measured[]): ContainerUse[] {
  const newest = new Map<string, Measured>();
  for (const use of measured) {
    const known = newest.get(use.one.name);
    if (known === undefined || known.one.attempt < use.one.attempt) newest.set(use.one.name, use);
  }
  return Array.from(newest, ([name, { stats, written }]) => ({
    name,
    ...(stats === undefined ? {} : { memoryBytes: stats.workingSetBytes }),
    ...(written === undefined ? {} : { diskBytes: written }),
  }));
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

async function inTurns<From, To>(
  all: readonly From[],
  ask: (one: From) => Promise<To>,
): Promise<To[]> {
  const answers: To[] = [];
  for (let from = 0; from < all.length; from += questionsMax) {
    answers.push(...(await Promise.all(all.slice(from, from + questionsMax).map(ask))));
  }
  return answers;
}
