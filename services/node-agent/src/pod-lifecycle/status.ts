/**
 * The status of a pod as people and controllers see it: a function of the spec, of what the runtime
 * has, and of what the agent remembers (kubelet's generateAPIPodStatus).
 *
 * 1. Times of transitions are kept from the former status while nothing changed.
 * 2. Conditions that others own are none of it.
 * 3. A pod is over when nothing of it runs any more: until then it is told neither as failed nor why.
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
  const someRuns = runtime.containers.some((one) => one.state === 'running');
  const failed = memory.failure !== undefined;
  const phase = lasting(pod, phaseOf(pod, { init, main, failed }), someRuns);
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
      disruption: memory.failure?.condition,
      wallTime: input.wallTime,
    }),
    ...(memory.failure === undefined || phase !== 'Failed'
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
  if (failed) return 'Failed';
  const policy = pod.spec.restartPolicy ?? 'Always';
  const sidecarNames = new Set(
    initContainersOf(pod)
      .filter(isSidecar)
      .map((one) => one.name),
  );
  const sidecars = init.filter((one) => sidecarNames.has(one.name));
  const onceOnly = init.filter((one) => !sidecarNames.has(one.name));
  const initEnded = onceOnly.map((one) => one.state?.terminated ?? one.lastState?.terminated);
  if (policy === 'Never' && initEnded.some((one) => one !== undefined && one.exitCode !== 0)) {
    return 'Failed';
  }
  const hasBegun = main.some(
    ({ state }) => state?.running !== undefined || state?.terminated !== undefined,
  );
  const everRan = hasBegun || main.some((one) => one.lastState?.terminated !== undefined);
  const isWaiting = (one: ApiContainerStatus) =>
    one.state?.waiting !== undefined && one.lastState?.terminated === undefined;
  const isStarting = (one: ApiContainerStatus) =>
    isWaiting(one) || (one.state?.running !== undefined && one.started !== true);
  if (!everRan && onceOnly.some((one) => one.state?.terminated?.exitCode !== 0)) return 'Pending';
  if (!hasBegun && sidecars.some(isStarting)) return 'Pending';
  if ([...sidecars, ...main].some(isWaiting)) return 'Pending';
  if ([...sidecars, ...main].some((one) => one.state?.running !== undefined)) return 'Running';
  const succeeded = main.every((one) => one.state?.terminated?.exitCode === 0);
  if (pod.metadata.deletionTimestamp !== undefined) return succeeded ? 'Succeeded' : 'Failed';
  if (policy === 'Always') return 'Running';
  if (succeeded) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}

/** What is over frees what it held, so that nobody is told so too early. */
function lasting(pod: Pod, phase: PodPhase, someRuns: boolean): PodPhase {
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  if (!isOver || !someRuns || isTerminalPhase(pod)) return phase;
  return pod.status.phase ?? 'Pending';
}
