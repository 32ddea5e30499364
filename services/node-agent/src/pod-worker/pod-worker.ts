/**
 * Brings one pod to what its spec says: asks the pure core for a plan, carries it out, and tells the
 * API how it went.
 *
 * 1. One sync of a pod at a time; news during a sync lead to another one.
 * 2. A sync reads the newest state it can have and never remembers what it meant to do.
 * 3. A pod that is to be deleted interrupts the start of its containers.
 * 4. The last status is sent before the object is deleted.
 */
import { formatTime, parseTime, type Container, type Pod } from '@drydock/api';
import { isConflict, isNotFound, resources, type ApiClient } from '@drydock/client';
import type { Clock, Logger, Millis, Timer } from '@drydock/ports';
import { deadlineExceeded, deadlineLeft } from '../pod-lifecycle/admission.ts';
import {
  emptyMemory,
  type PodMemory,
  type ProbeVerdict,
  type WaitingReason,
} from '../pod-lifecycle/memory.ts';
import { sandboxConfig } from '../pod-lifecycle/container-config.ts';
import { plan, type Action } from '../pod-lifecycle/plan.ts';
import {
  allContainersOf,
  currentSandbox,
  describePod,
  identityOf,
  isTerminalPhase,
  type PodRuntime,
} from '../pod-lifecycle/pod-facts.ts';
import { status } from '../pod-lifecycle/status.ts';
import type { RuntimeService } from '../runtime/runtime.ts';
import type { Volumes } from '../volumes/volumes.ts';
import { knownVerdict, mergeStatus, wishOf } from './api-echo.ts';
import type { Endings } from './endings.ts';
import type { Images } from './images.ts';
import { lastWordsOf } from './last-words.ts';
import type { PodEvents } from './pod-events.ts';
import type { Prober } from './prober.ts';
import type { Ask } from './requests.ts';
import type { RuntimeCache } from './runtime-cache.ts';
import { StartFailure, type NodeFacts, type Starter } from './starter.ts';
import type { StatusWriter } from './status-writer.ts';

export interface PodWorkerPowers {
  readonly api: ApiClient;
  readonly runtime: RuntimeService;
  readonly cache: RuntimeCache;
  readonly starter: Starter;
  readonly endings: Endings;
  readonly prober: Prober;
  readonly ask: Ask;
  readonly images: Images;
  readonly volumes: Volumes | undefined;
  readonly statuses: StatusWriter;
  readonly events: PodEvents;
  readonly clock: Clock;
  readonly log: Logger;
  readonly bootId: string;
  readonly nodeFacts: () => NodeFacts;
  /** An address of the node's range; undefined while the node has none to give. */
  readonly takeAddress: (uid: string) => string | undefined;
  readonly releaseAddress: (uid: string) => void;
  readonly clusterDns: readonly string[];
  readonly clusterDomain: string;
  /** Nothing of the pod is left. */
  readonly onFinished: (uid: string) => void;
}

export interface PodWorker {
  /** The pod as it is in the API now. */
  update(pod: Pod): void;
  /** The pod is in the API no more: what runs of it ends. */
  orphan(graceSeconds: number): void;
  /** The runtime or a probe has news. */
  wake(): void;
  /** As the agent sees it, status included. */
  readonly pod: Pod;
}

/** Kubelet's pause before a pod whose sync failed is looked at again. */
const retryMillis: Millis = 10_000;
/** Upstream waits for ever; a hook that hangs must not hold its pod for good. */
const postStartMillisMax: Millis = 600_000;
/** Volumes follow their ConfigMaps and Secrets this often. */
const refreshMillis: Millis = 60_000;

interface MutableMemory extends PodMemory {
  readonly waiting: Map<string, { reason: string; message: string }>;
  readonly backOff: Map<string, { delayMillis: Millis; setAt: Millis }>;
  readonly probes: Map<string, ProbeVerdict>;
  failure: PodMemory['failure'];
}

export function createPodWorker(
  first: Pod,
  powers: PodWorkerPowers,
  refused?: WaitingReason,
): PodWorker {
  const { runtime, cache, clock, events, endings, statuses } = powers;
  const identity = identityOf(first);
  const { uid } = identity;
  const log = powers.log.child({ pod: `${identity.namespace}/${identity.name}`, uid });
  const memory = { ...emptyMemory(clock.wallTime()), failure: refused } as MutableMemory;
  if (refused !== undefined) {
    const { reason, message } = refused;
    events.record(first, { type: 'Warning', reason, message: message.replace(/^.*?: /, '') });
  }
  let pod = first;
  let lastAsked = '';
  let inApi = true;
  let isBusy = false;
  let isDirty = false;
  let isFinished = false;
  let someStartFailed = false;
  let recheck: Timer | undefined;
  let recheckAt = Infinity;
  let refreshedAt = clock.now();
  let interrupt = new AbortController();

  const facts = (): PodRuntime => cache.get(uid);
  const remembered = (): PodMemory => ({
    ...memory,
    ending: new Set(facts().containers.flatMap(({ id }) => (endings.has(id) ? [id] : []))),
  });

  const publish = () => {
    if (!inApi) return;
    const next = status({
      pod,
      runtime: facts(),
      memory: remembered(),
      bootId: powers.bootId,
      runtimeName: runtime.name,
      nodeAddress: powers.nodeFacts().address,
      wallTime: clock.wallTime(),
    });
    const before = pod;
    pod = { ...pod, status: { ...pod.status, ...next } };
    statuses.set(before, next);
  };

  const containerNamed = (name: string): Container | undefined =>
    allContainersOf(pod).find((one) => one.name === name);

  /** What dies is no longer ending; what runs is probed. */
  const follow = async () => {
    const { containers } = facts();
    for (const instance of containers) {
      if (instance.state !== 'exited') continue;
      endings.ended(instance.id);
      if (instance.terminationMessage === undefined) await collectLastWords(instance.id);
    }
    const sandbox = currentSandbox(facts(), powers.bootId);
    const podIP = sandbox?.address ?? powers.nodeFacts().address;
    const probed = new Set<string>();
    for (const instance of containers) {
      const container = containerNamed(instance.name);
      if (instance.state !== 'running' || container === undefined || podIP === undefined) continue;
      if (pod.metadata.deletionTimestamp === undefined || !endings.has(instance.id)) {
        probed.add(instance.id);
        const known = memory.probes.get(instance.id) ?? knownVerdict(pod, instance.id);
        memory.probes.set(instance.id, known);
        powers.prober.watch({ pod, container, instance, podIP, known }, (verdict) => {
          memory.probes.set(instance.id, verdict);
          worker.wake();
        });
      }
    }
    powers.prober.keepOnly(uid, probed);
    for (const id of memory.probes.keys()) {
      if (!containers.some((one) => one.id === id)) memory.probes.delete(id);
    }
  };

  const collectLastWords = async (id: string) => {
    const instance = facts().containers.find((one) => one.id === id);
    if (instance === undefined) return;
    const message = await lastWordsOf(instance, containerNamed(instance.name), powers);
    cache.putContainer({ ...instance, terminationMessage: message });
  };

  const execute = async (action: Action, signal: AbortSignal): Promise<void> => {
    switch (action.kind) {
      case 'create-sandbox':
        return createSandbox(action);
      case 'start-container':
        return startContainer(action, signal);
      case 'kill-container': {
        const container = containerNamed(action.instance.name);
        events.record(pod, {
          type: 'Normal',
          reason: 'Killing',
          message: action.message,
          ...(container === undefined ? {} : { container }),
        });
        endings.begin({
          pod,
          container,
          instance: action.instance,
          podIP: currentSandbox(facts(), powers.bootId)?.address ?? '',
          gracePeriodSeconds: action.gracePeriodSeconds,
        });
        return;
      }
      case 'wait-for-restart': {
        const { container, message } = action;
        const known = memory.waiting.get(container.name);
        memory.waiting.set(container.name, { reason: 'CrashLoopBackOff', message });
        if (known?.message === message) return;
        events.record(pod, {
          type: 'Warning',
          reason: 'BackOff',
          message: `Back-off restarting failed container ${container.name} in pod ${describePod(identity)}`,
          container,
        });
        return;
      }
      case 'remove-container':
        await runtime.removeContainer(action.instance.id);
        cache.remove(uid, action.instance.id);
        return;
      case 'stop-sandbox':
        await runtime.stopPodSandbox(action.sandbox.id);
        cache.putSandbox({ ...action.sandbox, state: 'not-ready' });
        return;
      case 'remove-sandbox':
        await runtime.removePodSandbox(action.sandbox.id);
        for (const instance of facts().containers) {
          if (instance.sandboxId === action.sandbox.id) cache.remove(uid, instance.id);
        }
        cache.remove(uid, action.sandbox.id);
        return;
      case 'finish':
        return finish();
      default:
        action satisfies never;
    }
  };

  const createSandbox = async (action: Extract<Action, { kind: 'create-sandbox' }>) => {
    const onNodeNetwork = pod.spec.hostNetwork === true;
    const address = onNodeNetwork ? undefined : powers.takeAddress(uid);
    if (!onNodeNetwork && address === undefined) {
      const message =
        'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: the node has no podCIDR with a free address';
      events.record(pod, { type: 'Warning', reason: 'NetworkNotReady', message });
      throw new Error(message);
    }
    if (action.replaces) {
      events.record(pod, {
        type: 'Normal',
        reason: 'SandboxChanged',
        message: 'Pod sandbox changed, it will be killed and re-created.',
      });
    }
    const { clusterDns, clusterDomain } = powers;
    try {
      cache.putSandbox(
        await runtime.runPodSandbox(
          sandboxConfig({ pod, attempt: action.attempt, address, clusterDns, clusterDomain }),
        ),
      );
    } catch (error) {
      const message = `Failed to create pod sandbox: ${(error as Error).message}`;
      events.record(pod, { type: 'Warning', reason: 'FailedCreatePodSandBox', message });
      throw error;
    } finally {
      // From here on the sandbox holds it, or nobody does.
      powers.releaseAddress(uid);
    }
  };

  const startContainer = async (
    { container, attempt, backOff }: Extract<Action, { kind: 'start-container' }>,
    signal: AbortSignal,
  ) => {
    const sandbox = currentSandbox(facts(), powers.bootId);
    if (sandbox === undefined) return;
    if (backOff !== undefined) memory.backOff.set(container.name, backOff);
    try {
      const id = await powers.starter.start({ pod, container, attempt, sandbox, signal });
      await cache.refresh(uid, id);
      memory.waiting.delete(container.name);
      await runPostStart(container, id);
    } catch (error) {
      if (!(error instanceof StartFailure)) throw error;
      someStartFailed = true;
      memory.waiting.set(container.name, { reason: error.reason, message: error.message });
      const { reason, message } = error;
      log.info({ reason, why: message, container: container.name }, 'a container did not start');
      askAgainAfter(error.retryAfterMillis);
      // A container that could not start is there all the same, with its exit code.
      if (error.reason === 'RunContainerError') await cache.relist();
    }
  };

  const runPostStart = async (container: Container, id: string) => {
    const hook = container.lifecycle?.postStart;
    const instance = facts().containers.find((one) => one.id === id);
    if (hook === undefined || instance === undefined) return;
    const podIP = currentSandbox(facts(), powers.bootId)?.address ?? '';
    if (hook.sleep !== undefined) {
      await clock.sleep(hook.sleep.seconds * 1000, { signal: interrupt.signal });
      return;
    }
    const target = { container, containerId: id, podIP };
    const { answer, output } = await powers.ask(hook, target, postStartMillisMax);
    if (answer === 'success') return;
    events.record(pod, {
      type: 'Warning',
      reason: 'FailedPostStartHook',
      message: 'PostStartHook failed',
      container,
    });
    memory.waiting.set(container.name, { reason: 'PostStartHookError', message: output });
    endings.begin({ pod, container, instance, podIP, gracePeriodSeconds: 1 });
  };

  const finish = async () => {
    publish();
    await statuses.flushed(uid);
    await powers.volumes?.remove(uid);
    if (inApi) {
      try {
        await powers.api.delete(resources.pods, identity, { gracePeriodSeconds: 0, uid });
      } catch (error) {
        if (!isNotFound(error) && !isConflict(error)) throw error;
      }
    }
    isFinished = true;
    recheck?.cancel();
    statuses.forget(uid);
    powers.images.forget(uid);
    powers.starter.forget(uid);
    powers.prober.keepOnly(uid, new Set());
    powers.onFinished(uid);
  };

  const refreshVolumes = async () => {
    const sandbox = currentSandbox(facts(), powers.bootId);
    const isRunning = facts().containers.some((one) => one.state === 'running');
    if (clock.now() - refreshedAt < refreshMillis * 0.9 || !isRunning || sandbox === undefined)
      return;
    if (pod.metadata.deletionTimestamp !== undefined || !hasFollowingVolumes(pod)) return;
    refreshedAt = clock.now();
    await powers.starter.refreshVolumes({ pod, sandbox, signal: interrupt.signal });
  };

  const enforceDeadline = () => {
    const { startTime } = pod.status;
    // The API's time has whole seconds: of a pod that this agent accepted it knows better.
    const isOwn = startTime === undefined || startTime === formatTime(memory.acceptedAt);
    const startedAt = isOwn ? memory.acceptedAt : parseTime(startTime);
    const left = deadlineLeft(pod, startedAt, clock);
    if (left === undefined || memory.failure !== undefined || isTerminalPhase(pod)) return;
    if (left > 0) {
      askAgainAfter(left);
      return;
    }
    memory.failure = deadlineExceeded;
    events.record(pod, { type: 'Normal', ...deadlineExceeded });
  };

  /** The earliest wish counts; every sync wishes anew. */
  const askAgainAfter = (delay: Millis) => {
    const at = clock.now() + delay;
    if (at >= recheckAt) return;
    recheckAt = at;
    recheck?.cancel();
    recheck = clock.setTimer(delay, () => worker.wake());
  };

  const sync = async () => {
    if (isFinished) return;
    interrupt = new AbortController();
    someStartFailed = false;
    recheckAt = Infinity;
    await follow();
    enforceDeadline();
    const { actions, recheckAfterMillis } = plan({
      pod,
      runtime: facts(),
      memory: remembered(),
      bootId: powers.bootId,
      clock,
    });
    askAgainAfter(Math.min(recheckAfterMillis ?? refreshMillis, refreshMillis));
    publish();
    for (const action of actions) {
      await execute(action, interrupt.signal);
      if (isFinished) return;
      interrupt.signal.throwIfAborted();
    }
    await refreshVolumes();
    if (actions.length > 0) {
      await follow();
      publish();
      // One step may have made way for the next; after a failure time must pass first.
      if (!someStartFailed && actions.some((action) => makesWay.has(action.kind))) isDirty = true;
    }
  };

  const run = async () => {
    if (isBusy) {
      isDirty = true;
      return;
    }
    isBusy = true;
    do {
      isDirty = false;
      try {
        await sync();
      } catch (error) {
        if (interrupt.signal.aborted) continue;
        log.warn({ err: error }, 'cannot bring a pod to its wanted state; will try again');
        publish();
        askAgainAfter(retryMillis);
      }
    } while (isDirty);
    isBusy = false;
  };

  const worker: PodWorker = {
    get pod() {
      return pod;
    },
    update: (next) => {
      const wasDeleted = pod.metadata.deletionTimestamp !== undefined;
      statuses.observe(next);
      // The agent's own status is newer than what it reads back.
      pod = { ...next, status: mergeStatus(next.status, pod.status) };
      if (next.metadata.deletionTimestamp !== undefined) {
        if (!wasDeleted) {
          isDirty = true;
          interrupt.abort(new Error('the pod is being deleted'));
        }
        hurry(next.metadata.deletionGracePeriodSeconds);
      }
      // The echo of the agent's own status is no news.
      const asked = wishOf(next);
      if (asked === lastAsked) return;
      lastAsked = asked;
      void run();
    },
    orphan: (graceSeconds) => {
      inApi = false;
      statuses.forget(uid);
      if (pod.metadata.deletionTimestamp === undefined) {
        pod = {
          ...pod,
          metadata: {
            ...pod.metadata,
            deletionTimestamp: formatTime(clock.wallTime()),
            deletionGracePeriodSeconds: graceSeconds,
          },
        };
      }
      isDirty = true;
      interrupt.abort(new Error('the pod is gone'));
      hurry(graceSeconds);
      void run();
    },
    wake: () => {
      if (!isFinished) void run();
    },
  };

  /** Containers that are ending already get the shorter grace. */
  const hurry = (graceSeconds: number | undefined) => {
    if (graceSeconds === undefined) return;
    for (const instance of facts().containers) {
      if (!endings.has(instance.id)) continue;
      const container = containerNamed(instance.name);
      const gracePeriodSeconds = Math.max(1, graceSeconds);
      endings.begin({ pod, container, instance, podIP: '', gracePeriodSeconds });
    }
  };

  return worker;
}

const hasFollowingVolumes = (pod: Pod) =>
  (pod.spec.volumes ?? []).some(
    (one) => (one.configMap ?? one.secret ?? one.downwardAPI ?? one.projected) !== undefined,
  );

const makesWay: ReadonlySet<Action['kind']> = new Set([
  'create-sandbox',
  'start-container',
  'remove-sandbox',
  'remove-container',
]);
