/**
 * Keeps a node fit to run pods: evicts some of them when it runs short of something, and removes what
 * nobody needs. Joins eviction/ and gc/ to the parts of the agent.
 */
import type { ObjectReference, Pod } from '@drydock/api';
import type { EventRecorder } from '@drydock/client';
import type { Clock, Logger, Millis } from '@drydock/ports';
import {
  createEvictionManager,
  type EvictionManager,
  type EvictionSettings,
} from '../eviction/eviction-manager.ts';
import { measure } from '../eviction/usages.ts';
import { createGarbageCollector } from '../gc/garbage-collector.ts';
import type { ContainerPolicy } from '../gc/containers.ts';
import type { ImageLedger } from '../gc/image-ledger.ts';
import type { ImagePolicy } from '../gc/images.ts';
import { isTerminalPhase } from '../pod-lifecycle/pod-facts.ts';
import type { PodManager } from '../pod-worker/pod-manager.ts';
import type { RuntimeHousekeeping } from '../runtime/housekeeping.ts';
import type { RuntimeService } from '../runtime/runtime.ts';
import type { Volumes } from '../volumes/volumes.ts';
import type { Observe } from './resources.ts';

export interface UpkeepOptions {
  readonly eviction: EvictionSettings;
  readonly containers: ContainerPolicy;
  readonly images: ImagePolicy;
}

/** What upkeep needs beside what an agent has anyway. */
export interface UpkeepPorts {
  readonly observe: Observe;
  /** Undefined: the runtime cannot tell what is written, nor remove images. */
  readonly housekeeping: RuntimeHousekeeping | undefined;
  readonly ledger: ImageLedger;
}

export interface UpkeepPowers extends UpkeepPorts {
  readonly nodeName: string;
  readonly runtime: RuntimeService;
  readonly volumes: Volumes | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly recorder: EventRecorder;
  readonly manager: () => Pick<PodManager, 'pods' | 'end'>;
  /** The node's conditions have changed. */
  readonly onChange: () => void;
}

export interface Upkeep extends Pick<EvictionManager, 'pressures' | 'refusal'> {
  /** Until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

/** Kubelet's housekeeping period. */
const emptyMillis: Millis = 2_000;

const uidsOf = (pods: readonly Pod[]) => new Set(pods.map((pod) => pod.metadata.uid ?? ''));

export function createUpkeep(options: UpkeepOptions, powers: UpkeepPowers): Upkeep {
  const { nodeName, runtime, volumes, housekeeping, clock, log, recorder, observe } = powers;
  // Kubelet's events about nodes have the name as the uid, where `kubectl describe` looks for them.
  const node: ObjectReference = { apiVersion: 'v1', kind: 'Node', name: nodeName, uid: nodeName };
  const tell = (about: ObjectReference | Pod, reason: string, message: string) =>
    recorder.record(about, { type: 'Warning', reason, message });
  const tellNode = (reason: string, message: string) => tell(node, reason, message);
  const over = () => powers.manager().pods().filter(isTerminalPhase);

  const garbage = createGarbageCollector(options, {
    runtime,
    housekeeping,
    ledger: powers.ledger,
    clock,
    log,
    ended: () => uidsOf(over()),
    isKnown: (uid) => uidsOf(powers.manager().pods()).has(uid),
    imageDisk: async () => (await observe())['imagefs.available'],
    tellNode,
  });
  const eviction = createEvictionManager(options.eviction, {
    clock,
    log,
    observe,
    measure: (pods, what) => measure(pods, what, { runtime, housekeeping, volumes }),
    pods: () =>
      powers
        .manager()
        .pods()
        .filter((pod) => !isTerminalPhase(pod)),
    end: (pod, failure) => powers.manager().end(pod.metadata.uid ?? '', failure),
    reclaimDisk: () => garbage.reclaimAll(),
    tellNode,
    tellPod: tell,
    onChange: powers.onChange,
  });

  /** False: a sidecar is still at work in them. */
  const emptyVolumesOf = async (pod: Pod): Promise<boolean> => {
    const containers = await runtime.listContainers({ podUid: pod.metadata.uid ?? '' });
    if (containers.some((one) => one.state === 'running')) return false;
    await volumes?.empty(pod);
    return true;
  };
  /** What a pod has written goes when it has ended, not only when it is deleted. */
  const emptyVolumes = async (signal: AbortSignal) => {
    let done = new Set<string>();
    while (!signal.aborted) {
      const emptied = new Set<string>();
      for (const pod of over()) {
        const { uid = '', name } = pod.metadata;
        const isDone = done.has(uid) || emptyVolumesOf(pod);
        const failed = (error: unknown) => {
          log.warn({ err: error, pod: name }, 'cannot empty the volumes of a pod; will try again');
          return false;
        };
        if (isDone === true || (await isDone.catch(failed))) emptied.add(uid);
      }
      done = emptied;
      await clock.sleep(emptyMillis, { signal }).catch(() => undefined);
    }
  };

  return {
    pressures: () => eviction.pressures(),
    refusal: (pod) => eviction.refusal(pod),
    run: async (signal) => {
      await Promise.all([
        eviction.run(signal),
        garbage.run(signal),
        volumes === undefined ? undefined : emptyVolumes(signal),
      ]);
    },
  };
}
