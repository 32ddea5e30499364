/** Small pods and runtime facts for tests of the pure core. */
import type { Container, Pod, PodSpec } from '@drydock/api';
import { emptyMemory, type PodMemory } from '../pod-lifecycle/memory.ts';
import { specHashOf, type PodRuntime } from '../pod-lifecycle/pod-facts.ts';
import type { ContainerStatus, SandboxStatus } from '../runtime/runtime.ts';

/** When everything in these tests happens: seconds since are real seconds. */
export const startWallTime = Date.UTC(2026, 0, 1);
export const bootId = 'boot-1';

export const container = (name: string, more: Partial<Container> = {}): Container => ({
  name,
  image: `${name}:1`,
  ...more,
});

export function pod(spec: Partial<PodSpec> = {}, more: Partial<Pod> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop', uid: 'u-1' },
    spec: { containers: [container('main')], nodeName: 'node-1', ...spec },
    status: {},
    ...more,
  };
}

export function deleted(of: Pod, gracePeriodSeconds = 30): Pod {
  const metadata = {
    ...of.metadata,
    deletionTimestamp: '2026-01-01T00:00:00Z',
    deletionGracePeriodSeconds: gracePeriodSeconds,
  };
  return { ...of, metadata };
}

const identity = { namespace: 'shop', name: 'web', uid: 'u-1' };

export function sandbox(more: Partial<SandboxStatus> = {}): SandboxStatus {
  return {
    id: `sandbox-${more.attempt ?? 0}`,
    pod: identity,
    attempt: 0,
    state: 'ready',
    createdAt: startWallTime,
    address: '10.244.1.5',
    bootId,
    ...more,
  };
}

export function running(name: string, more: Partial<ContainerStatus> = {}): ContainerStatus {
  return {
    id: `${name}-${more.attempt ?? 0}`,
    sandboxId: 'sandbox-0',
    pod: identity,
    name,
    attempt: 0,
    specHash: specHashOf(container(name)),
    state: 'running',
    createdAt: startWallTime,
    startedAt: startWallTime,
    finishedAt: undefined,
    exitCode: undefined,
    oomKilled: false,
    error: undefined,
    image: `${name}:1`,
    imageId: `sha256:${name}`,
    ...more,
  };
}

export const exited = (
  name: string,
  exitCode: number,
  more: Partial<ContainerStatus> = {},
): ContainerStatus =>
  running(name, { state: 'exited', exitCode, finishedAt: startWallTime, ...more });

export const runtime = (
  sandboxes: readonly SandboxStatus[],
  ...containers: readonly ContainerStatus[]
): PodRuntime => ({ sandboxes, containers });

export const memory = (more: Partial<PodMemory> = {}): PodMemory => ({
  ...emptyMemory(startWallTime),
  ...more,
});

/** A clock that stands still some seconds after the start. */
export const clockAt = (seconds: number) => ({
  now: () => seconds * 1000,
  elapsedSince: (wallTime: number) => Math.max(0, startWallTime + seconds * 1000 - wallTime),
});
