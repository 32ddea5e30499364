/** The options of a replica with their defaults, in ticks. */
import type { Mutant } from '../raft/mutants.ts';
import type { Raft } from '../raft/raft.ts';
import type { Tracer } from '../raft/trace-events.ts';
import type { ReplicaOptions } from './types.ts';

const mebibyte = 1024 * 1024;

/** What only the simulation and tests set. */
export interface ReplicaInternals {
  readonly preallocateBytes?: number;
  readonly inflightMax?: number;
  readonly messageBytesMax?: number;
  readonly mutant?: Mutant | undefined;
  /** Is told of every step of the core, in the shape of raft/trace-events.ts. */
  readonly trace?: Tracer | undefined;
  /** Hands out the core, for checkers that look at every step. */
  readonly observe?: (raft: Raft) => void;
}

export function settingsOf(options: ReplicaOptions & ReplicaInternals) {
  const heartbeatInterval = options.heartbeatInterval ?? 100;
  const electionTimeout = options.electionTimeout ?? 1_000;
  if (electionTimeout < 5 * heartbeatInterval) {
    throw new RangeError(
      `the election timeout (${electionTimeout} ms) must be at least five heartbeat intervals ` +
        `(${heartbeatInterval} ms), or a late heartbeat causes an election`,
    );
  }
  const requestTimeout = options.requestTimeout ?? 5_000 + 2 * electionTimeout;
  const electionTicks = Math.round(electionTimeout / heartbeatInterval);
  return {
    heartbeatInterval,
    electionTicks,
    /** Without a leader for that long, requests fail at once instead of waiting for one. */
    leaderlessTicksMax: 3 * electionTicks,
    requestTicks: Math.ceil(requestTimeout / heartbeatInterval),
    snapshotCount: options.snapshotCount ?? 10_000,
    catchUpEntries: options.catchUpEntries ?? 5_000,
    releaseBytes: 16 * mebibyte,
    catchUpBytes: 8 * mebibyte,
    snapshotCatchUpBytes: 256 * mebibyte,
    segmentBytesMax: options.segmentBytesMax ?? 64 * mebibyte,
    preallocateBytes: options.preallocateBytes ?? mebibyte,
    uncommittedBytesMax: options.uncommittedBytesMax ?? 64 * mebibyte,
    messageBytesMax: options.messageBytesMax ?? mebibyte,
    inflightMax: options.inflightMax ?? 512,
    mutant: options.mutant,
  };
}

export type Settings = ReturnType<typeof settingsOf>;
