/**
 * The status of a pod as people and controllers see it: a function of the spec, of what the runtime
 * has, and of what the agent remembers (kubelet's generateAPIPodStatus).
 *
 * 1. Times of transitions are kept from the former status while nothing changed.
 * 2. A condition that others own is left as it is.
 */
import {
  formatTime,
  type Pod,
  type PodPhase,
  type PodStatus,
  type ContainerStatus as ApiContainerStatus,
} from '@drydock/api';
import { conditionsOf } from './conditions.ts';
import {
  containerStatusOf,
  ephemeralStatusOf,
  type StatusSurroundings,
} from './container-status.ts';
import type { PodMemory } from './memory.ts';
import {
  currentSandbox,
  ephemeralContainersOf,
  initContainersOf,
  isSidecar,
  isTerminalPhase,
  type PodRuntime,
} from './pod-facts.ts';
import { qosClass } from './qos.ts';

export interface StatusInput {
  readonly pod: Pod;
  readonly runtime: PodRuntime;
  readonly memory: PodMemory;
  readonly bootId: string;
  /** The runtime's name, before `://` in container ids. */
  readonly runtimeName: string;
  readonly nodeAddress: string | undefined;
  readonly wallTime: number;
}

export function status(input: StatusInput): PodStatus {
  const { pod, runtime, memory, nodeAddress } = input;
  const surroundings: StatusSurroundings = {
    runtime,
    memory,
    runtimeName: input.runtimeName,
    restartPolicy: pod.spec.restartPolicy ?? 'Always',
    waitingReason: initContainersOf(pod).length > 0 ? 'PodInitializing' : 'ContainerCreating',
    isEnding:
      pod.metadata.deletionTimestamp !== undefined ||
      memory.failure !== undefined ||
      isTerminalPhase(pod),
  };
  const init = initContainersOf(pod).map((container) =>
    containerStatusOf(container, pod.status.initContainerStatuses, {
      ...surroundings,
      isInit: true,
    }),
  );
  const main = pod.spec.containers.map((container) =>
    containerStatusOf(container, pod.status.containerStatuses, { ...surroundings, isInit: false }),
  );
  const ephemeral = ephemeralContainersOf(pod).map((container) =>
    ephemeralStatusOf(container, pod.status.ephemeralContainerStatuses, surroundings),
  );
  const phase = phaseOf(pod, { init, main, failed: memory.failure !== undefined });
  const sandbox = currentSandbox(runtime, input.bootId);
  const address = pod.spec.hostNetwork === true ? nodeAddress : sandbox?.address;
  const podIP = address ?? pod.status.podIP;
  return {
    phase,
    conditions: conditionsOf(pod, {
      phase,
      init,
      main,
      sandboxReady: sandbox?.state === 'ready',
      wallTime: input.wallTime,
    }),
    ...(memory.failure === undefined
      ? keep(pod.status, ['message', 'reason'])
      : { reason: memory.failure.reason, message: memory.failure.message }),
    ...keep(pod.status, ['nominatedNodeName']),
    ...(nodeAddress === undefined ? {} : { hostIP: nodeAddress, hostIPs: [{ ip: nodeAddress }] }),
    ...(podIP === undefined || podIP === '' ? {} : { podIP, podIPs: [{ ip: podIP }] }),
    startTime: pod.status.startTime ?? formatTime(memory.acceptedAt),
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    containerStatuses: main,
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
    qosClass: pod.status.qosClass ?? qosClass(pod),
  };
}

function keep<Key extends keyof PodStatus>(from: PodStatus, keys: readonly Key[]): PodStatus {
  return Object.fromEntries(
    keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]])),
  ) as PodStatus;
}

interface Parts {
  readonly init: readonly ApiContainerStatus[];
  readonly main: readonly ApiContainerStatus[];
  readonly failed: boolean;
}

/** Kubelet's getPhase. A terminal phase is never left. */
function phaseOf(pod: Pod, { init, main, failed }: Parts): PodPhase {
  if (isTerminalPhase(pod)) return pod.status.phase!;
  const policy = pod.spec.restartPolicy ?? 'Always';
  const someRuns = main.some((one) => one.state?.running !== undefined);
  if (failed && !someRuns) return 'Failed';
  const sidecars = new Set(
    initContainersOf(pod)
      .filter(isSidecar)
      .map((one) => one.name),
  );
  const onceOnly = init.filter((one) => !sidecars.has(one.name));
  const initEnded = onceOnly.map((one) => one.state?.terminated ?? one.lastState?.terminated);
  if (policy === 'Never' && initEnded.some((one) => one !== undefined && one.exitCode !== 0)) {
    return 'Failed';
  }
  const everRan = main.some(
    (one) =>
      one.state?.running !== undefined ||
      one.state?.terminated !== undefined ||
      one.lastState?.terminated !== undefined,
  );
  if (!everRan && onceOnly.some((one) => one.state?.terminated?.exitCode !== 0)) return 'Pending';

  const stopped = main.filter(
    (one) => one.state?.terminated !== undefined || one.lastState?.terminated !== undefined,
  );
  const waiting = main.filter(
    (one) => one.state?.waiting !== undefined && one.lastState?.terminated === undefined,
  );
  if (waiting.length > 0) return 'Pending';
  if (someRuns) return 'Running';
  if (stopped.length < main.length) return 'Pending';
  const succeeded = main.every((one) => one.state?.terminated?.exitCode === 0);
  if (pod.metadata.deletionTimestamp !== undefined) return succeeded ? 'Succeeded' : 'Failed';
  if (policy === 'Always') return 'Running';
  if (succeeded) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}
