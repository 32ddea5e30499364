/**
 * What an agent knows of a pod besides its spec and the runtime's facts. All of it may be lost: a
 * restarted agent begins with an empty memory and reaches the same state again.
 */
import type { Millis } from '@drydock/ports';
import type { BackOff } from './back-off.ts';

export interface WaitingReason {
  readonly reason: string;
  readonly message: string;
}

/** Why a pod is over before its time, and how it ends. */
export interface PodFailure extends WaitingReason {
  /** Of its containers; undefined: as the pod says. */
  readonly gracePeriodSeconds?: number;
  /** True from now on. */
  readonly condition?: {
    readonly type: string;
    readonly reason: string;
    readonly message: string;
  };
}

/** What probes have said of one container instance, by its id. */
export interface ProbeVerdict {
  /** Undefined: it has no such probe, or none has been decided yet. */
  readonly startup?: boolean;
  readonly liveness?: boolean;
  readonly readiness?: boolean;
}

export interface PodMemory {
  /** Why a container of this name is not running, by its name. */
  readonly waiting: ReadonlyMap<string, WaitingReason>;
  /** Delays of restarts, by container name. */
  readonly backOff: ReadonlyMap<string, BackOff>;
  /** When to try again to start a container that could not be made, on the monotonic clock, by its name. */
  readonly retryAt: ReadonlyMap<string, Millis>;
  /** Ids of containers that were asked to end. */
  readonly ending: ReadonlySet<string>;
  readonly probes: ReadonlyMap<string, ProbeVerdict>;
  /** Wall time at which the agent first saw the pod. */
  readonly acceptedAt: number;
  /** Why the pod as a whole has failed: refused on admission, past its deadline, evicted. */
  readonly failure: PodFailure | undefined;
}

export function emptyMemory(acceptedAt: number): PodMemory {
  return {
    waiting: new Map(),
    backOff: new Map(),
    retryAt: new Map(),
    ending: new Set(),
    probes: new Map(),
    acceptedAt,
    failure: undefined,
  };
}
