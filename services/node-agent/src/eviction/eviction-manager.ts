/**
 * Keeps the node from running out of memory, disk or processes (kubelet's eviction manager): every ten
 * seconds it looks at what is left, says so in the node's conditions, and makes room.
 *
 * 1. What nobody misses goes first: dead containers and unused images, when it is the disk that is short.
 * 2. One pod at a time: the next look shows whether that was enough.
 * 3. A pod beyond the limits of its own storage goes whether or not the node is under pressure.
 * 4. What was measured before an evicted pod had gone moves no other pod.
 * 5. A figure that cannot be had is no pressure: nobody is evicted for an engine that does not answer.
 */
import type { Pod } from '@drydock/api';
import type { Clock, Logger, Millis } from '@drydock/ports';
import type { PodFailure, WaitingReason } from '../pod-lifecycle/memory.ts';
import { isRelieved, lookAt, noPressure } from './pressure.ts';
import { isCritical, rank, type Usages } from './ranking.ts';
import { pressureOf, resourceOf, type Observations, type Pressure } from './signals.ts';
import type { Threshold } from './thresholds.ts';
import { evictionOf, hasStorageLimits, overLimit, pressureRefusal } from './verdicts.ts';

export interface EvictionSettings {
  readonly thresholds: readonly Threshold[];
  readonly transitionMillis: Millis;
  readonly maxPodGraceSeconds: number;
}

export interface EvictionPowers {
  readonly clock: Clock;
  readonly log: Logger;
  readonly observe: () => Promise<Observations>;
  readonly measure: (
    pods: readonly Pod[],
    options: { readonly withDisk: boolean },
  ) => Promise<Usages>;
  /** Pods that are on the node and have not ended. */
  readonly pods: () => readonly Pod[];
  readonly end: (pod: Pod, failure: PodFailure) => void;
  /** Removes dead containers and unused images. */
  readonly reclaimDisk: () => Promise<void>;
  /** An event about the node, and one about a pod. */
  readonly tellNode: (reason: string, message: string) => void;
  readonly tellPod: (pod: Pod, reason: string, message: string) => void;
  readonly onChange: () => void;
}

export interface EvictionManager {
  pressures(): readonly Pressure[];
  /** Why a pod is not let in now. */
  refusal(pod: Pod): WaitingReason | undefined;
  /** Until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

const lookMillis: Millis = 10_000;
/** So long an evicted pod is waited for before others are looked at. */
const endingMillisMax: Millis = 30_000;
const endingLookMillis: Millis = 500;

export function createEvictionManager(
  { thresholds, transitionMillis, maxPodGraceSeconds }: EvictionSettings,
  powers: EvictionPowers,
): EvictionManager {
  const { clock, log } = powers;
  let memory = noPressure;
  let pressures: readonly Pressure[] = [];
  let leaving = new Set<string>();
  /** Wall time at which the last evicted pod had gone. */
  let settledAt = 0;

  const evict = async (pod: Pod, failure: PodFailure, signal: AbortSignal): Promise<boolean> => {
    if (isCritical(pod)) {
      log.warn({ pod: pod.metadata.name }, 'a critical pod is not evicted');
      return false;
    }
    powers.tellPod(pod, failure.reason, failure.message);
    leaving.add(pod.metadata.uid ?? '');
    powers.end(pod, failure);
    await untilGone(pod, signal);
    settledAt = clock.wallTime();
    return true;
  };

  const untilGone = async ({ metadata: { uid } }: Pod, signal: AbortSignal) => {
    const until = clock.now() + endingMillisMax;
    const isThere = () => powers.pods().some((one) => one.metadata.uid === uid);
    while (!signal.aborted && isThere() && clock.now() < until) {
      await clock.sleep(endingLookMillis, { signal }).catch(() => undefined);
    }
  };

  /** Those that have been told to go are on their way. */
  const staying = (): readonly Pod[] => {
    const pods = powers.pods();
    leaving = leaving.intersection(new Set(pods.map(({ metadata: { uid = '' } }) => uid)));
    return pods.filter(({ metadata: { uid = '' } }) => !leaving.has(uid));
  };

  /** Whether some pod had to go. */
  const enforceLimits = async (signal: AbortSignal): Promise<boolean> => {
    const bounded = staying().filter(hasStorageLimits);
    if (bounded.length === 0) return false;
    const usages = await powers.measure(bounded, { withDisk: true });
    let isEvicting = false;
    for (const pod of bounded) {
      const usage = usages.get(pod.metadata.uid ?? '');
      const failure = usage === undefined ? undefined : overLimit(pod, usage);
      if (failure !== undefined && (await evict(pod, failure, signal))) isEvicting = true;
    }
    return isEvicting;
  };

  const relieve = async (
    threshold: Threshold,
    observations: Observations,
    signal: AbortSignal,
  ): Promise<void> => {
    const resource = resourceOf(threshold.signal);
    powers.tellNode('EvictionThresholdMet', `Attempting to reclaim ${resource}`);
    const isDisk = pressureOf(threshold.signal) === 'DiskPressure';
    if (isDisk) {
      await powers.reclaimDisk();
      if (isRelieved(thresholds, await powers.observe())) return;
    }
    const pods = staying();
    const usages = await powers.measure(pods, { withDisk: isDisk });
    for (const pod of rank(resource, pods, usages)) {
      const usage = usages.get(pod.metadata.uid ?? '');
      const facts = { threshold, observations, usage, maxPodGraceSeconds };
      if (await evict(pod, evictionOf(pod, facts), signal)) return;
    }
    log.warn({ resource }, 'no pod of this node can be evicted');
  };

  const look = async (signal: AbortSignal): Promise<void> => {
    const observations = await powers.observe();
    const now = clock.now();
    const view = lookAt(memory, observations, { thresholds, transitionMillis, now });
    memory = view.memory;
    const changed = view.pressures.join() !== pressures.join();
    pressures = view.pressures;
    if (changed) powers.onChange();
    if (await enforceLimits(signal)) return;
    const first = view.due.find(({ signal: starved }) => {
      const { measuredAt = Infinity } = observations[starved]!;
      return measuredAt > settledAt;
    });
    if (first !== undefined) await relieve(first, observations, signal);
  };

  return {
    pressures: () => pressures,
    refusal: (pod) => pressureRefusal(pod, pressures),
    run: async (signal) => {
      while (!signal.aborted) {
        await look(signal).catch((error: unknown) => {
          if (!signal.aborted) log.warn({ err: error }, 'cannot tell what the node has left');
        });
        await clock.sleep(lookMillis, { signal }).catch(() => undefined);
      }
    },
  };
}
