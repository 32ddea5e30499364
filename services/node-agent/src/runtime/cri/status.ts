/** What the runtime tells of sandboxes, containers and images, in the words of the interface. Pure. */
import type { CriAnswers } from '@drydock/proto/cri';
import type { ContainerStats, ContainerStatus, ImageStatus, SandboxStatus } from '../runtime.ts';
import { annotation, podOf } from './labels.ts';

const nanosPerMilli = 1_000_000;
const nanosPerMicro = 1_000;

/** Undefined for 0, which is no time. */
const wallTimeOf = (nanos: number): number | undefined =>
  nanos > 0 ? nanos / nanosPerMilli : undefined;

export function sandboxStatusOf(
  sandbox: CriAnswers['PodSandbox'] | CriAnswers['PodSandboxStatus'],
  address: string | undefined,
): SandboxStatus {
  return {
    id: sandbox.id,
    pod: podOf(sandbox.labels),
    attempt: sandbox.metadata?.attempt ?? 0,
    state: sandbox.state === 'SANDBOX_READY' ? 'ready' : 'not-ready',
    createdAt: wallTimeOf(sandbox.createdAt) ?? 0,
    address,
    bootId: sandbox.annotations[annotation.boot] ?? '',
  };
}

const states = {
  CONTAINER_CREATED: 'created',
  CONTAINER_RUNNING: 'running',
  CONTAINER_EXITED: 'exited',
  // The runtime has lost it, and knows of no process: upstream takes that for an end, too.
  CONTAINER_UNKNOWN: 'exited',
} as const;

/** Reasons of containers that ran; any other says why one could not. */
const reasonsOfRuns: ReadonlySet<string> = new Set(['', 'Completed', 'Error', 'OOMKilled']);

export function containerStatusOf(
  status: CriAnswers['ContainerStatus'],
  sandboxId: string,
): ContainerStatus {
  const state = states[status.state];
  const isExited = state === 'exited';
  const createdAt = wallTimeOf(status.createdAt) ?? 0;
  const startedAt = wallTimeOf(status.startedAt);
  const isStartFailure = isExited && !reasonsOfRuns.has(status.reason);
  return {
    id: status.id,
    sandboxId,
    pod: podOf(status.labels),
    name: status.metadata?.name ?? '',
    attempt: status.metadata?.attempt ?? 0,
    specHash: status.annotations[annotation.specHash] ?? '',
    state,
    createdAt,
    startedAt: isExited ? (startedAt ?? createdAt) : startedAt,
    finishedAt: isExited
      ? Math.max(startedAt ?? createdAt, wallTimeOf(status.finishedAt) ?? createdAt)
      : undefined,
    exitCode: isExited ? status.exitCode : undefined,
    oomKilled: status.reason === 'OOMKilled',
    error: isStartFailure ? (status.message === '' ? status.reason : status.message) : undefined,
    image: status.image?.image ?? '',
    imageId: status.imageRef,
  };
}

export function imageStatusOf(image: CriAnswers['Image']): ImageStatus {
  return {
    id: image.id,
    names: [...image.repoTags, ...image.repoDigests],
    sizeBytes: image.size,
    user: image.uid === null ? image.username : String(image.uid.value),
  };
}

/** Undefined when the runtime has not measured it. */
export function containerStatsOf({
  cpu,
  memory,
}: CriAnswers['ContainerStats']): ContainerStats | undefined {
  const wallTime = wallTimeOf(cpu?.timestamp ?? 0);
  const nanos = cpu?.usageCoreNanoSeconds?.value;
  if (wallTime === undefined || nanos === undefined) return undefined;
  const workingSetBytes = memory?.workingSetBytes?.value ?? 0;
  return { wallTime, cpuMicros: nanos / nanosPerMicro, workingSetBytes };
}
