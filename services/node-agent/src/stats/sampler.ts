/**
 * Samples what a node's containers use, at kubelet's pace, whether somebody asks or not: a rate needs two
 * samples, and whoever asks for one should not have to wait for the second.
 */
import type { Clock, Logger, Millis } from '@drydock/ports';
import type { ContainerStats, ContainerStatus, RuntimeService } from '../runtime/runtime.ts';
import {
  addUsage,
  firstSamples,
  nextSamples,
  type CountedUsage,
  type UsageSamples,
} from './usage.ts';

export interface ContainerUsage {
  readonly container: ContainerStatus;
  readonly samples: UsageSamples;
}

export interface NodeUsage {
  /** Undefined before the first sample. */
  readonly node: UsageSamples | undefined;
  /** Of the containers that run. */
  readonly containers: readonly ContainerUsage[];
}

export interface StatsSampler {
  /** As of the last sample; nothing when that could not be taken. */
  usage(): NodeUsage;
  /** Until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

export interface SamplerPowers {
  readonly runtime: Pick<RuntimeService, 'listContainers' | 'containerStats'>;
  /** Of what runs on the node beside its containers. */
  readonly ownUsage: () => Promise<ContainerStats | undefined>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** metrics-server's resolution. */
export const samplePeriodMillis: Millis = 15_000;
/** Questions to the engine that are under way at once. */
const questionsMax = 8;
const nothing: NodeUsage = { node: undefined, containers: [] };

export function createStatsSampler(powers: SamplerPowers): StatsSampler {
  const { runtime, clock, log } = powers;
  let current = nothing;
  let own: UsageSamples | undefined;
  let counted: ContainerStats | undefined;

  const sampleContainer = async (
    container: ContainerStatus,
    before: ReadonlyMap<string, UsageSamples>,
  ): Promise<(ContainerUsage & CountedUsage) | undefined> => {
    const sample = await runtime.containerStats(container.id);
    if (sample === undefined) return undefined;
    const known = before.get(container.id);
    const startedAt = container.startedAt ?? sample.wallTime;
    const ranMillis = clock.elapsedSince(startedAt);
    const samples =
      known === undefined
        ? firstSamples(sample, { startedAt, ranMillis })
        : nextSamples(known, sample);
    return { container, samples, isNew: known === undefined };
  };

  const sample = async (): Promise<NodeUsage> => {
    const before = new Map(current.containers.map((one) => [one.container.id, one.samples]));
    const running = (await runtime.listContainers()).filter((one) => one.state === 'running');
    const containers: (ContainerUsage & CountedUsage)[] = [];
    for (let from = 0; from < running.length; from += questionsMax) {
      const some = running.slice(from, from + questionsMax);
      const found = await Promise.all(some.map((one) => sampleContainer(one, before)));
      containers.push(...found.filter((one) => one !== undefined));
    }
    const ownSample = await powers.ownUsage();
    own = ownSample === undefined ? undefined : nextSamples(own, ownSample);
    const parts = own === undefined ? containers : [...containers, { samples: own, isNew: false }];
    counted = addUsage(counted, parts, clock.wallTime());
    return { node: nextSamples(current.node, counted), containers };
  };

  return {
    usage: () => current,
    run: async (signal) => {
      while (!signal.aborted) {
        try {
          current = await sample();
        } catch (error) {
          current = nothing;
          counted = undefined;
          log.debug({ err: error }, 'cannot sample what the containers use');
        }
        await clock.sleep(samplePeriodMillis, { signal }).catch(() => undefined);
      }
    },
  };
}
