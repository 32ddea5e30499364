/**
 * Brings one pod to what its spec says: asks the pure core for a plan, carries it out, and tells the
 * API how it went.
 *
 * 1. One sync of a pod at a time; news during a sync lead to another one.
 * 2. A sync reads the newest state it can have and never remembers what it meant to do.
 * 3. A pod that is to be deleted interrupts the start of its containers.
 * 4. The last status is sent before the object is deleted.
 */
import { formatTime, parseTime, type Pod } from '@drydock/api';
import { isConflict, isNotFound, resources } from '@drydock/client';
import type { Millis, Timer } from '@drydock/ports';
import { deadlineExceeded, deadlineLeft } from '../pod-lifecycle/admission.ts';
import type { PodFailure, PodMemory, WaitingReason } from '../pod-lifecycle/memory.ts';
import { gracePeriodSecondsMin, plan } from '../pod-lifecycle/plan.ts';
import {
  allContainersOf,
  currentSandbox,
  identityOf,
  isTerminalPhase,
  type PodRuntime,
} from '../pod-lifecycle/pod-facts.ts';
import { status } from '../pod-lifecycle/status.ts';
import { mergeStatus, wishOf } from './api-echo.ts';
import { createCarryOut } from './carry-out.ts';
import { createFollow } from './follow.ts';
import { createMemory, type PodSession } from './pod-session.ts';
import type { PodWorkerPowers } from './powers.ts';

export interface PodWorker {
  /** The pod as it is in the API now. */
  update(pod: Pod): void;
  /** The pod is in the API no more: what runs of it ends. */
  orphan(graceSeconds: number): void;
  /** The node ends the pod, which has failed for it. What has ended already stays as it is. */
  end(failure: PodFailure): void;
  /** Resolves when the pod has ended and the API knows of it, or nothing is left of it. */
  over(): Promise<void>;
  /** The runtime or a probe has news. */
  wake(): void;
  /** As the agent sees it, status included. */
  readonly pod: Pod;
}

/** Kubelet's pause before a pod whose sync failed is looked at again. */
const retryMillis: Millis = 10_000;
/** Volumes follow their ConfigMaps and Secrets this often. */
const refreshMillis: Millis = 60_000;

export function createPodWorker(
  first: Pod,
  powers: PodWorkerPowers,
  refused?: WaitingReason,
): PodWorker {
  const { clock, events, endings, statuses } = powers;
  const identity = identityOf(first);
  const { uid } = identity;
  const log = powers.log.child({ pod: `${identity.namespace}/${identity.name}`, uid });
  const memory = createMemory(clock.wallTime(), refused);
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
  let recheck: Timer | undefined;
  let recheckAt = Infinity;
  let refreshedAt = clock.now();
  let interrupt = new AbortController();
  const ended = Promise.withResolvers<void>();

  const facts = (): PodRuntime => powers.cache.get(uid);
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
      runtimeName: powers.runtime.name,
      nodeAddress: powers.nodeFacts().address,
      wallTime: clock.wallTime(),
    });
    const before = pod;
    pod = { ...pod, status: mergeStatus(pod.status, next) };
    statuses.set(before, next);
    if (isTerminalPhase(pod)) ended.resolve();
  };

  const session: PodSession = {
    identity,
    log,
    memory,
    get pod() {
      return pod;
    },
    facts,
    sandbox: () => currentSandbox(facts(), powers.bootId),
    containerNamed: (name) => allContainersOf(pod).find((one) => one.name === name),
    askAgainAfter: (delay) => askAgainAfter(delay),
    wake: () => worker.wake(),
  };
  const follow = createFollow(session, powers);
  const carryOut = createCarryOut(session, powers);

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
    ended.resolve();
    recheck?.cancel();
    statuses.forget(uid);
    powers.images.forget(uid);
    powers.starter.forget(uid);
    powers.prober.keepOnly(uid, new Set());
    powers.onFinished(uid);
  };

  const refreshVolumes = async () => {
    const sandbox = session.sandbox();
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
    let someStartFailed = false;
    recheckAt = Infinity;
    await follow();
    enforceDeadline();
    const { actions, recheckAfterMillis } = plan({
      pod,
      runtime: facts(),
      memory: remembered(),
      bootId: powers.bootId,
      clock,
      deadInstancesKept: powers.deadInstancesKept,
    });
    askAgainAfter(Math.min(recheckAfterMillis ?? refreshMillis, refreshMillis));
    publish();
    for (const action of actions) {
      if (action.kind === 'finish') return finish();
      if (!(await carryOut(action, interrupt.signal))) someStartFailed = true;
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
    end: (failure) => {
      if (isFinished || isTerminalPhase(pod) || memory.failure !== undefined) return;
      memory.failure = failure;
      isDirty = true;
      interrupt.abort(new Error('the node ends the pod'));
      hurry(failure.gracePeriodSeconds);
      void run();
    },
    over: async () => {
      await ended.promise;
      await statuses.flushed(uid);
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
      const container = session.containerNamed(instance.name);
      const gracePeriodSeconds = Math.max(gracePeriodSecondsMin, graceSeconds);
      endings.begin({ pod, container, instance, podIP: '', gracePeriodSeconds });
    }
  };

  return worker;
}

const hasFollowingVolumes = (pod: Pod) =>
  (pod.spec.volumes ?? []).some(
    (one) => (one.configMap ?? one.secret ?? one.downwardAPI ?? one.projected) !== undefined,
  );

const makesWay: ReadonlySet<string> = new Set([
  'create-sandbox',
  'start-container',
  'remove-sandbox',
  'remove-container',
]);
