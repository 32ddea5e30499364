/** What the engine tells of a container, in the words of the runtime interface. */
import type { ContainerInspectInfo } from 'dockerode';
import type { ContainerStatus, SandboxStatus } from '../runtime.ts';
import { label, podOf } from './labels.ts';

/** Of the fields of an inspection, those that matter here. */
export type Inspected = Pick<ContainerInspectInfo, 'Id' | 'Created' | 'Image'> & {
  readonly State: Pick<
    ContainerInspectInfo['State'],
    'Status' | 'Running' | 'ExitCode' | 'OOMKilled' | 'StartedAt' | 'FinishedAt'
  > & { readonly Error?: string; readonly Pid?: number };
  readonly HostConfig: { readonly Memory?: number | undefined };
  readonly Config: {
    readonly Labels: Readonly<Record<string, string>>;
    readonly Image: string;
    readonly StopSignal?: string;
  };
};

/** The engine writes year 1 where there is no time. */
function wallTimeOf(timestamp: string): number | undefined {
  const wallTime = Date.parse(timestamp);
  return Number.isNaN(wallTime) || wallTime <= 0 ? undefined : wallTime;
}

export function containerStatusOf(inspected: Inspected): ContainerStatus {
  const { State: state } = inspected;
  const labels = inspected.Config.Labels;
  const createdAt = wallTimeOf(inspected.Created) ?? 0;
  const error = state.Error === undefined || state.Error === '' ? undefined : state.Error;
  // A container that could not start stays "created" for the engine; its exit code says why.
  const failedToStart = state.Status === 'created' && state.ExitCode !== 0;
  const exited = failedToStart || state.Status === 'exited' || state.Status === 'dead';
  const startedAt = failedToStart ? createdAt : wallTimeOf(state.StartedAt);
  // The engine notes a quick death a moment before the start that it follows.
  const finishedAt = Math.max(startedAt ?? 0, wallTimeOf(state.FinishedAt) ?? createdAt);
  return {
    id: inspected.Id,
    sandboxId: labels[label.sandbox] ?? '',
    pod: podOf(labels),
    name: labels[label.container] ?? '',
    attempt: Number(labels[label.attempt] ?? 0),
    specHash: labels[label.specHash] ?? '',
    state: exited ? 'exited' : state.Status === 'created' ? 'created' : 'running',
    createdAt,
    startedAt,
    finishedAt: exited ? finishedAt : undefined,
    exitCode: exited ? state.ExitCode : undefined,
    oomKilled: state.OOMKilled,
    error: exited ? error : undefined,
    image: inspected.Config.Image,
    imageId: inspected.Image,
  };
}

export function sandboxStatusOf(inspected: Inspected): SandboxStatus {
  const labels = inspected.Config.Labels;
  return {
    id: inspected.Id,
    pod: podOf(labels),
    attempt: Number(labels[label.attempt] ?? 0),
    state: inspected.State.Running ? 'ready' : 'not-ready',
    createdAt: wallTimeOf(inspected.Created) ?? 0,
    address: labels[label.address],
    bootId: labels[label.boot] ?? '',
  };
}
