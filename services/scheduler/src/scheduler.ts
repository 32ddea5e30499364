/**
 * The scheduler while it leads: follows pods and nodes, decides, binds.
 *
 * 1. It schedules pods that name it as their scheduler, have no node, no gates, and are not on their
 *    way out; the pods of other schedulers count on their nodes all the same.
 * 2. Deciding is synchronous; bindings are sent without waiting for each other, at most `bindingsMax`
 *    at a time. The cache assumes each binding until the informer confirms it or the call fails.
 * 3. A binding that fails is forgotten and the pod is tried again, unless it is gone or bound already.
 * 4. All that it knows is built anew from the informers each time it begins to lead.
 */
import type { Node, Pod } from '@drydock/api';
import {
  isConflict,
  isNotFound,
  type ApiClient,
  type EventRecorder,
  type Informer,
} from '@drydock/client';
import type { Clock, Logger, Random } from '@drydock/ports';
import { createCache } from './cache/cache.ts';
import { describeFailure } from './framework/diagnosis.ts';
import { createFramework } from './framework/framework.ts';
import type { AnyPlugin, ClusterEvent } from './framework/plugin.ts';
import type { SchedulerMetrics } from './metrics.ts';
import { hasEnded, podInfoOf, type PodInfo } from './model/pod-info.ts';
import type { Choice } from './plugins/volume-binding/choice.ts';
import {
  createSchedulingQueue,
  type QueuedPod,
  type QueueLengths,
} from './queue/scheduling-queue.ts';
import { reportUnschedulable } from './unschedulable-condition.ts';
import { createVolumeBinder, type StorageInformers } from './volume-binder.ts';

export interface SchedulerOptions {
  /** Pods with this schedulerName are scheduled. */
  readonly schedulerName: string;
  readonly plugins: readonly AnyPlugin[];
  /** Bindings under way at the same time. */
  readonly bindingsMax?: number;
}

export interface SchedulerPowers {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly events: EventRecorder;
  readonly pods: Informer<Pod>;
  readonly nodes: Informer<Node>;
  /** Without them every claim is unknown. */
  readonly storage?: StorageInformers;
  readonly metrics?: SchedulerMetrics;
  /** Whether this process leads at this very moment: a process that was paused may not, and not know. */
  readonly mayAct?: () => boolean;
  /** Lets I/O happen between decisions. */
  readonly breathe: () => Promise<void>;
}

export interface Scheduler {
  /** Schedules until the signal aborts and the bindings under way have ended. */
  run(signal: AbortSignal): Promise<void>;
  readonly queueLengths: QueueLengths;
}

/** What scheduling depends on in a pod. */
function essence({ metadata, spec }: Pod): string {
  return JSON.stringify([metadata.labels, metadata.annotations, metadata.ownerReferences, spec]);
}

/** How long decisions may follow each other before I/O gets its turn, in real milliseconds. */
const decidingMillis = 4;
const idle: QueueLengths = { active: 0, backOff: 0, unschedulable: 0 };

export function createScheduler(options: SchedulerOptions, powers: SchedulerPowers): Scheduler {
  let leading: ReturnType<typeof createLeadership> | undefined;
  return {
    get queueLengths() {
      return leading?.queue.lengths ?? idle;
    },
    run: async (signal) => {
      const { pods, nodes, storage } = powers;
      const others =
        storage === undefined ? [] : [storage.claims, storage.volumes, storage.classes];
      await Promise.all([pods, nodes, ...others].map((one) => one.synced(signal))).catch(() => {
        // Only the signal's abort rejects, and the loop below looks at it.
      });
      leading = createLeadership(options, powers, signal);
      try {
        await leading.run();
      } finally {
        leading = undefined;
      }
    },
  };
}

/** One time of leading: its cache and queue begin with it and end with it. */
function createLeadership(options: SchedulerOptions, powers: SchedulerPowers, signal: AbortSignal) {
  const { schedulerName, plugins, bindingsMax = 256 } = options;
  const { api, clock, log, events, metrics, mayAct = () => true } = powers;
  const helpers = new Map(plugins.map((plugin) => [plugin.name, new Set(plugin.helpedBy)]));
  const cache = createCache();
  const volumes = createVolumeBinder(cache, { api, clock });
  const framework = createFramework(plugins, powers.random);
  const queue = createSchedulingQueue((plugin, event) => helpers.get(plugin)?.has(event) ?? true);
  const bindings = new Set<Promise<void>>();
  let wake: () => void = () => undefined;

  const happened = (event: ClusterEvent) => {
    queue.happened(event, clock.now());
    wake();
  };
  const isMine = (pod: Pod) =>
    (pod.spec.schedulerName ?? 'default-scheduler') === schedulerName &&
    (pod.spec.schedulingGates ?? []).length === 0 &&
    pod.metadata.deletionTimestamp === undefined &&
    !hasEnded(pod);
  const isAssigned = (pod: Pod) => (pod.spec.nodeName ?? '') !== '';
  const lose = (uid: string) => {
    queue.remove(uid);
    if (cache.removePod(uid)) happened('assigned-pod-deleted');
  };

  const podHandler = {
    onAdd: (pod: Pod) => podHandler.onUpdate(pod),
    onUpdate: (pod: Pod, old?: Pod) => {
      const uid = pod.metadata.uid ?? '';
      if (isAssigned(pod)) {
        queue.remove(uid);
        if (hasEnded(pod)) lose(uid);
        else {
          const isNew = !cache.isKnown(uid);
          cache.setPod(podInfoOf(pod), pod.spec.nodeName!);
          if (isNew) happened('assigned-pod-added');
        }
      } else if (!isMine(pod)) {
        queue.remove(uid);
      } else if (!cache.isKnown(uid)) {
        const info = podInfoOf(pod);
        // Our own report of a failed attempt changes the pod too, and is no reason for another one.
        if (old !== undefined && essence(old) === essence(pod)) queue.refresh(info);
        else queue.update(info, clock.now());
        wake();
      }
    },
    onDelete: (pod: Pod) => lose(pod.metadata.uid ?? ''),
  };
  const nodeHandler = {
    onAdd: (node: Node) => {
      cache.setNode(node);
      happened('node-added');
    },
    onUpdate: (node: Node) => {
      if (cache.setNode(node)) happened('node-changed');
    },
    onDelete: (node: Node) => cache.removeNode(node.metadata.name),
  };

  const bind = async (pod: QueuedPod, nodeName: string, choice: Choice | undefined) => {
    const { info } = pod;
    try {
      if (choice !== undefined) await bindVolumes(info, nodeName, choice);
      await api.bind(info.pod, nodeName, { signal });
    } catch (error) {
      cache.forget(info.uid);
      if (choice !== undefined) volumes.release(choice);
      if (signal.aborted) return;
      metrics?.attempted('error');
      // What was assumed there is free again.
      happened('assigned-pod-deleted');
      if (isNotFound(error) || isConflict(error)) {
        log.info({ err: error, pod: info.key }, 'pod is gone or bound already');
        return;
      }
      log.warn({ err: error, pod: info.key, node: nodeName }, 'cannot bind; will try again');
      queue.retry(pod, clock.now());
      wake();
      return;
    }
    cache.bound(info.uid, clock.now());
    metrics?.attempted('scheduled');
    metrics?.scheduled(clock.now() - pod.since);
    log.debug({ pod: info.key, node: nodeName }, 'scheduled');
    events.record(info.pod, {
      type: 'Normal',
      reason: 'Scheduled',
      message: `Successfully assigned ${info.key} to ${nodeName}`,
    });
  };

  const bindVolumes = async ({ pod }: PodInfo, nodeName: string, choice: Choice) => {
    try {
      await volumes.bind(choice, nodeName, signal);
    } catch (error) {
      if (!signal.aborted) {
        const message = `running PreBind plugin "VolumeBinding": binding volumes: ${(error as Error).message}`;
        events.record(pod, { type: 'Warning', reason: 'FailedScheduling', message });
      }
      throw error;
    }
  };

  const schedule = (pod: QueuedPod) => {
    const begin = clock.now();
    const decision = framework.decide(pod.info, cache);
    metrics?.decided(clock.now() - begin);
    if (decision.kind === 'fits') {
      const { nodeName } = decision;
      cache.assume(pod.info, nodeName);
      const binding = bind(pod, nodeName, volumes.reserve(pod.info, nodeName)).finally(() => {
        bindings.delete(binding);
        wake();
      });
      bindings.add(binding);
      return;
    }
    metrics?.attempted('unschedulable');
    const message = describeFailure(decision.diagnosis);
    queue.reject(pod, decision.diagnosis.rejectors, clock.now());
    log.info({ pod: pod.info.key, message }, 'unschedulable');
    events.record(pod.info.pod, { type: 'Warning', reason: 'FailedScheduling', message });
    void reportUnschedulable(pod.info.pod, message, { api, clock, log, signal });
  };

  /** Resolves when there may be something to do. */
  const somethingToDo = async () => {
    const isFull = bindings.size >= bindingsMax;
    const due = isFull ? undefined : queue.nextDue();
    let alarm: { cancel(): void } | undefined;
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (signal.aborted) resolve();
      if (due !== undefined) alarm = clock.setTimer(Math.max(0, due - clock.now()), resolve);
    });
    wake = () => undefined;
    alarm?.cancel();
  };

  const expireAssumptions = () => {
    for (const info of cache.expire(clock.now())) {
      log.warn({ pod: info.key }, 'a binding was never confirmed; its pod is forgotten');
    }
  };

  const run = async () => {
    const onAbort = () => wake();
    signal.addEventListener('abort', onAbort);
    using _nodes = powers.nodes.addHandler(nodeHandler);
    // Claims before pods, which else would be told that theirs do not exist.
    using _storage =
      powers.storage && volumes.follow(powers.storage, () => happened('storage-changed'));
    using _pods = powers.pods.addHandler(podHandler);
    let breathed = performance.now();
    while (!signal.aborted) {
      const canBind = bindings.size < bindingsMax && mayAct();
      const pod = canBind ? queue.pop(clock.now()) : undefined;
      if (pod === undefined) {
        await somethingToDo();
        expireAssumptions();
        breathed = performance.now();
        continue;
      }
      schedule(pod);
      if (performance.now() - breathed > decidingMillis) {
        await powers.breathe();
        breathed = performance.now();
      }
    }
    signal.removeEventListener('abort', onAbort);
    await Promise.all(bindings);
  };
  return { run, queue };
}
