/** The status of one container, from its newest instances (kubelet's convertToAPIContainerStatuses). */
import {
  formatTime,
  type Container,
  type ContainerState,
  type ContainerStateTerminated,
  type ContainerStatus as ApiContainerStatus,
} from '@drydock/api';
import type { ContainerStatus } from '../runtime/runtime.ts';
import type { PodMemory } from './memory.ts';
import { instancesOf, isSidecar, type PodRuntime } from './pod-facts.ts';

export interface StatusSurroundings {
  readonly runtime: PodRuntime;
  readonly memory: PodMemory;
  readonly runtimeName: string;
  readonly restartPolicy: string;
  /** The reason of containers that were never started. */
  readonly waitingReason: string;
  /** Nothing of the pod is started any more. */
  readonly isEnding: boolean;
}

export function containerStatusOf(
  container: Container,
  former: readonly ApiContainerStatus[] | undefined,
  surroundings: StatusSurroundings & { readonly isInit: boolean },
): ApiContainerStatus {
  const { runtime, memory, runtimeName } = surroundings;
  const known = former?.find((one) => one.name === container.name);
  const [newest, previous] = instancesOf(runtime, container.name);
  if (newest === undefined) return neverHere(container, known, surroundings);

  const reason = memory.waiting.get(container.name);
  const waits =
    newest.state !== 'running' &&
    reason !== undefined &&
    !surroundings.isEnding &&
    mayStart(container, newest, surroundings);
  const state: ContainerState = waits
    ? { waiting: withMessage(reason.reason, reason.message) }
    : stateOf(newest, runtimeName, surroundings.waitingReason);
  const lastEnded = waits && newest.state === 'exited' ? newest : previous;
  const lastState: ContainerState =
    lastEnded?.state === 'exited'
      ? { terminated: terminatedOf(lastEnded, runtimeName) }
      : previous === undefined && newest.attempt > 0
        ? (known?.lastState ?? {})
        : {};
  const running = newest.state === 'running';
  const verdict = memory.probes.get(newest.id);
  const started = running && (container.startupProbe === undefined || verdict?.startup === true);
  // Its hook has failed, and it is about to end.
  const isRejected = reason?.reason === 'PostStartHookError';
  const ready =
    started &&
    !isRejected &&
    (container.readinessProbe === undefined || verdict?.readiness === true);
  const initDone = surroundings.isInit && !isSidecar(container);
  return {
    name: container.name,
    state,
    lastState,
    ready: initDone ? newest.state === 'exited' && newest.exitCode === 0 : ready,
    restartCount: newest.attempt,
    image: newest.image,
    imageID: newest.imageId,
    containerID: `${runtimeName}://${newest.id}`,
    started: initDone ? running : started,
  };
}

/** Nobody waits for it to be ready, and it starts no second time. */
export function ephemeralStatusOf(
  container: Container,
  former: readonly ApiContainerStatus[] | undefined,
  surroundings: StatusSurroundings,
): ApiContainerStatus {
  const once = { ...surroundings, restartPolicy: 'Never', isInit: false };
  const { started: _, ...rest } = containerStatusOf(container, former, once);
  return { ...rest, ready: false };
}

function mayStart(
  container: Container,
  newest: ContainerStatus,
  { restartPolicy }: StatusSurroundings,
): boolean {
  if (isSidecar(container) || newest.state === 'created') return true;
  return restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && newest.exitCode !== 0);
}

/** The runtime knows no instance: it waits to be made, or was lost with its machine. */
function neverHere(
  container: Container,
  known: ApiContainerStatus | undefined,
  { memory, waitingReason, isEnding }: StatusSurroundings,
): ApiContainerStatus {
  if (isEnding && known?.state?.terminated !== undefined) return known;
  const reason = memory.waiting.get(container.name);
  const base = {
    name: container.name,
    ready: false,
    restartCount: known?.restartCount ?? 0,
    image: container.image ?? '',
    imageID: known?.imageID ?? '',
    started: false,
    ...(known?.containerID === undefined ? {} : { containerID: known.containerID }),
  };
  const lost = known?.state?.running;
  const ended =
    known?.state?.terminated ??
    (lost === undefined ? undefined : lostWith(lost, { known, isEnding }));
  if (isEnding && ended !== undefined) {
    return { ...base, state: { terminated: ended }, lastState: known?.lastState ?? {} };
  }
  const waiting =
    reason === undefined ? { reason: waitingReason } : withMessage(reason.reason, reason.message);
  return {
    ...base,
    state: { waiting },
    lastState: ended === undefined ? (known?.lastState ?? {}) : { terminated: ended },
  };
}

function lostWith(
  running: { startedAt?: string },
  { known, isEnding }: { known: ApiContainerStatus | undefined; isEnding: boolean },
): ContainerStateTerminated {
  return {
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
    message: isEnding
      ? 'The container could not be located when the pod was terminated'
      : 'The container could not be located when the pod was deleted.  The container used to be Running',
    ...(running.startedAt === undefined ? {} : { startedAt: running.startedAt }),
    ...(known?.containerID === undefined ? {} : { containerID: known.containerID }),
  };
}

const withMessage = (reason: string, message: string) =>
  message === '' ? { reason } : { reason, message };

function stateOf(
  instance: ContainerStatus,
  runtimeName: string,
  waitingReason: string,
): ContainerState {
  if (instance.state === 'running') {
    return { running: { startedAt: formatTime(instance.startedAt ?? instance.createdAt) } };
  }
  if (instance.state === 'exited') return { terminated: terminatedOf(instance, runtimeName) };
  return { waiting: { reason: waitingReason } };
}

function terminatedOf(instance: ContainerStatus, runtimeName: string): ContainerStateTerminated {
  const { exitCode = 0 } = instance;
  const reason = instance.oomKilled
    ? 'OOMKilled'
    : instance.error !== undefined
      ? 'ContainerCannotRun'
      : exitCode === 0
        ? 'Completed'
        : 'Error';
  const message = instance.error ?? instance.terminationMessage;
  return {
    exitCode,
    reason,
    ...(message === undefined || message === '' ? {} : { message }),
    startedAt: formatTime(instance.startedAt ?? instance.createdAt),
    finishedAt: formatTime(instance.finishedAt ?? instance.createdAt),
    containerID: `${runtimeName}://${instance.id}`,
  };
}
