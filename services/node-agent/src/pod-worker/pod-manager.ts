/**
 * All pods of one node: a worker for each, fed by the API's pods and by the runtime's events.
 *
 * 1. Containers of unknown pods are not touched before the API's pods are known: until then each of them
 *    might be wanted. Static pods wait for no API.
 * 2. Containers of pods that are not bound here are orphans, and end.
 * 3. What events tell too late or not at all, the relist finds within a second.
 */
import type { Pod } from '@drydock/api';
import type { Clock, Logger, Millis } from '@drydock/ports';
import { nextAddress } from '../cni/addresses.ts';
import { refusal, type Allocatable } from '../pod-lifecycle/admission.ts';
import type { PodFailure, WaitingReason } from '../pod-lifecycle/memory.ts';
import { isTerminalPhase } from '../pod-lifecycle/pod-facts.ts';
import type { PodIdentity, RuntimeEvent, RuntimeService } from '../runtime/runtime.ts';
import type { Volumes } from '../volumes/volumes.ts';
import type { Mirrors } from '../static-pods/mirrors.ts';
import { createSuccession } from '../static-pods/succession.ts';
import { createPodWorker, type PodWorker } from './pod-worker.ts';
import type { PodWorkerPowers } from './powers.ts';
import type { RuntimeCache } from './runtime-cache.ts';

const relistMillis: Millis = 1_000;
/** Pods that no API object asks for get no more than upstream gives them. */
const orphanGraceSeconds = 1;

export interface PodManagerPowers extends Omit<
  PodWorkerPowers,
  'onFinished' | 'takeAddress' | 'releaseAddress'
> {
  readonly runtime: RuntimeService;
  readonly cache: RuntimeCache;
  readonly volumes: Volumes | undefined;
  readonly podRange: () => string | undefined;
  readonly allocatable: Allocatable;
  /** Why the node lets no such pod in, before it is asked whether the pod fits. */
  readonly refuses?: (pod: Pod) => WaitingReason | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Shows static pods, and takes their status. */
  readonly mirrors: Pick<Mirrors, 'setStatic' | 'removeStatic' | 'statuses'>;
}

export interface PodManager {
  /** A pod of the API that is bound to this node, as it is now. */
  set(pod: Pod): void;
  remove(pod: Pod): void;
  /** All pods that the node runs of itself. */
  setStatic(pods: readonly Pod[]): void;
  /** Begins with static pods. */
  start(signal: AbortSignal): Promise<void>;
  /** The pods set so far are all that there are: they begin, and what else runs ends. */
  allKnown(): Promise<void>;
  /** Something that pods may be waiting for is there now: the node's range of addresses. */
  wakeAll(): void;
  pods(): readonly Pod[];
  /** The node ends a pod. */
  end(uid: string, failure: PodFailure): void;
  /** Resolves when a pod has ended and the API knows, or there is none. */
  over(uid: string): Promise<void>;
}

export function createPodManager(powers: PodManagerPowers): PodManager {
  const { runtime, cache, clock, log } = powers;
  const workers = new Map<string, PodWorker>();
  /** Pods of the API that were set before all were known. */
  const pending = new Map<string, Pod>();
  const reserved = new Map<string, string>();
  let lastAddress: string | undefined;
  let isStarted = false;
  let areAllKnown = false;

  const takeAddress = (uid: string): string | undefined => {
    const range = powers.podRange();
    if (range === undefined) return undefined;
    const used = cache.addresses();
    for (const [holder, address] of reserved) if (holder !== uid) used.add(address);
    const address = nextAddress(range, used, lastAddress);
    if (address !== undefined) {
      lastAddress = address;
      reserved.set(uid, address);
    }
    return address;
  };

  const open = (pod: Pod, { isStatic } = { isStatic: false }): PodWorker => {
    const uid = pod.metadata.uid ?? '';
    const worker = createPodWorker(
      pod,
      {
        ...powers,
        ...(isStatic ? { statuses: powers.mirrors.statuses } : {}),
        takeAddress,
        releaseAddress: (holder) => void reserved.delete(holder),
        onFinished: (finished) => {
          workers.delete(finished);
          if (!isStatic) return;
          powers.mirrors.removeStatic(pod);
          statics.ended(finished);
        },
      },
      admit(pod),
    );
    workers.set(uid, worker);
    return worker;
  };

  const statics = createSuccession({
    begin: (pod) => {
      powers.mirrors.setStatic(pod);
      open(pod, { isStatic: true }).update(pod);
    },
    end: ({ metadata, spec }) => {
      const graceSeconds = spec.terminationGracePeriodSeconds ?? 30;
      workers.get(metadata.uid ?? '')?.orphan(graceSeconds);
    },
  });
  let staticPods: readonly Pod[] = [];

  /** A pod that has begun here is not refused any more: it was let in by an earlier agent. */
  const admit = (pod: Pod) => {
    const { sandboxes } = cache.get(pod.metadata.uid ?? '');
    const isNew = sandboxes.length === 0 && pod.status.containerStatuses === undefined;
    if (!isNew || pod.metadata.deletionTimestamp !== undefined || !inPhase(pod, active)) {
      return undefined;
    }
    const others = [...workers.values()].map((worker) => worker.pod);
    return (
      powers.refuses?.(pod) ??
      refusal(
        pod,
        others.filter((other) => inPhase(other, active)),
        powers.allocatable,
      )
    );
  };

  const adoptOrphans = () => {
    if (!areAllKnown) return;
    for (const uid of cache.uids()) {
      if (workers.has(uid)) continue;
      const { sandboxes, containers } = cache.get(uid);
      const identity = sandboxes[0]?.pod ?? containers[0]?.pod;
      if (identity === undefined) continue;
      log.info({ ...identity }, 'ending the containers of a pod that is not bound here');
      open(podOf(identity)).orphan(orphanGraceSeconds);
    }
  };

  const onEvent = (event: RuntimeEvent) => {
    const { podUid: uid, containerId } = event;
    if (event.kind === 'removed') {
      cache.remove(uid, containerId);
      workers.get(uid)?.wake();
      return;
    }
    const known = cache.get(uid).containers.find((one) => one.id === containerId);
    if (event.kind === 'started' && known?.state === 'running') return;
    cache.refresh(uid, containerId).then(
      () => workers.get(uid)?.wake(),
      (error: unknown) => log.warn({ err: error, uid }, 'cannot inspect a container; will relist'),
    );
  };

  const relistForEver = async (signal: AbortSignal) => {
    let failures = 0;
    while (!signal.aborted) {
      await clock.sleep(relistMillis, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        const changed = await cache.relist();
        for (const uid of changed) workers.get(uid)?.wake();
        adoptOrphans();
        failures = 0;
      } catch (error) {
        // One line for each outage, not one a second.
        if (failures++ === 0) log.warn({ err: error }, 'cannot list containers');
      }
    }
  };

  return {
    set: (pod) => {
      const uid = pod.metadata.uid ?? '';
      if (!areAllKnown) {
        pending.set(uid, pod);
        return;
      }
      const worker = workers.get(uid);
      if (worker !== undefined) worker.update(pod);
      else if (!isOver(pod, cache)) open(pod).update(pod);
    },
    remove: (pod) => {
      const uid = pod.metadata.uid ?? '';
      pending.delete(uid);
      workers.get(uid)?.orphan(pod.metadata.deletionGracePeriodSeconds ?? orphanGraceSeconds);
    },
    setStatic: (pods) => {
      staticPods = pods;
      if (isStarted) statics.replace(pods);
    },
    start: async (signal) => {
      await cache.relist();
      isStarted = true;
      statics.replace(staticPods);
      runtime.getContainerEvents(onEvent, signal);
      void relistForEver(signal);
    },
    allKnown: async () => {
      if (areAllKnown) return;
      areAllKnown = true;
      for (const pod of pending.values()) if (!isOver(pod, cache)) open(pod).update(pod);
      const known = new Set([...pending.keys(), ...workers.keys(), ...cache.uids()]);
      pending.clear();
      await powers.volumes?.keepOnly(known);
      adoptOrphans();
    },
    wakeAll: () => {
      for (const worker of workers.values()) worker.wake();
    },
    pods: () => [...workers.values()].map((worker) => worker.pod),
    end: (uid, failure) => workers.get(uid)?.end(failure),
    over: async (uid) => workers.get(uid)?.over(),
  };
}

const active: ReadonlySet<string> = new Set(['Pending', 'Running', 'Unknown']);
const inPhase = ({ status }: Pod, phases: ReadonlySet<string>) =>
  phases.has(status.phase ?? 'Pending');

/** A pod that has ended and left nothing behind needs no worker; one being deleted does. */
function isOver(pod: Pod, cache: RuntimeCache): boolean {
  if (!isTerminalPhase(pod)) return false;
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  const { sandboxes, containers } = cache.get(pod.metadata.uid ?? '');
  return sandboxes.length + containers.length === 0;
}

/** What is known of a pod whose object is gone. */
function podOf({ namespace, name, uid }: PodIdentity): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, uid },
    spec: { containers: [] },
    status: {},
  };
}
