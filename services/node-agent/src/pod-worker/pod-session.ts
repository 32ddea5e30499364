/**
 * What the parts of one pod's worker share: the pod as it is known now, what is remembered of it, and
 * the wish to be asked again. Only the worker itself changes the pod.
 */
import type { Container, Pod } from '@drydock/api';
import type { Logger, Millis } from '@drydock/ports';
import type { BackOff } from '../pod-lifecycle/back-off.ts';
import { emptyMemory, type PodMemory, type ProbeVerdict } from '../pod-lifecycle/memory.ts';
import type { PodRuntime } from '../pod-lifecycle/pod-facts.ts';
import type { PodIdentity, SandboxStatus } from '../runtime/runtime.ts';

export interface MutableMemory extends PodMemory {
  readonly waiting: Map<string, { reason: string; message: string }>;
  readonly backOff: Map<string, BackOff>;
  readonly retryAt: Map<string, Millis>;
  readonly probes: Map<string, ProbeVerdict>;
  failure: PodMemory['failure'];
}

export interface PodSession {
  readonly identity: PodIdentity;
  readonly log: Logger;
  readonly memory: MutableMemory;
  /** As the agent sees it, status included. */
  readonly pod: Pod;
  facts(): PodRuntime;
  /** Of the node's present boot. */
  sandbox(): SandboxStatus | undefined;
  containerNamed(name: string): Container | undefined;
  /** The earliest wish counts; every sync wishes anew. */
  askAgainAfter(delay: Millis): void;
  wake(): void;
}

export function createMemory(acceptedAt: number, failure: PodMemory['failure']): MutableMemory {
  return {
    ...emptyMemory(acceptedAt),
    waiting: new Map(),
    backOff: new Map(),
    retryAt: new Map(),
    probes: new Map(),
    failure,
  };
}
