/** What all services of a member share: its state, its replica, and how to answer. */
import type { Clock, Logger, Random } from '@drydock/ports';
import type { Header } from '../mvcc/results.ts';
import { failures, type Failure } from '../mvcc/failure.ts';
import type { WatchHub, WatchHubOptions } from '../mvcc/watch-hub.ts';
import { ReplicaError, type Replica } from '../replica/types.ts';
import { AlarmAction, AlarmRequest, AlarmType } from '@drydock/proto/etcd';
import type { Authenticator } from './auth/authenticator.ts';
import { commandOf, encodeCommand, type CommandKind } from './command.ts';
import type { MemberMeters } from './metrics/member-meters.ts';
import type { ApplyResult, EtcdStateMachine } from './state-machine.ts';

export interface Limits {
  /** Bytes of a request. */
  readonly requestBytesMax: number;
  readonly txnOpsMax: number;
  /** Bytes of the database from which on writes are refused. */
  readonly quotaBytes: number;
}

export interface MemberCore {
  readonly clusterId: number;
  readonly memberId: number;
  readonly state: EtcdStateMachine;
  readonly replica: Replica<ApplyResult>;
  readonly hub: WatchHub;
  /** Who makes a call. Whether he may is asked of `state.auth`; see auth/permitted.ts. */
  readonly auth: Authenticator;
  readonly clock: Clock;
  /** Turns of the event loop, in real milliseconds. */
  readonly loop: WatchHubOptions;
  readonly random: Random;
  readonly log: Logger;
  readonly limits: Limits;
  readonly meters: MemberMeters;
  /** Cluster milliseconds. */
  readonly electionTimeout: number;
  /** Cluster milliseconds between progress notifications of an idle watcher. */
  readonly watchProgressInterval: number;
}

/** The header of an answer; its revision is the store's unless another is given. */
export function headerOf(core: MemberCore, revision: number = core.state.store.revision): Header {
  return {
    clusterId: core.clusterId,
    memberId: core.memberId,
    revision,
    raftTerm: core.replica.term,
  };
}

const replicaFailures: Partial<Record<ReplicaError['code'], Failure>> = {
  'no-leader': failures.noLeader,
  'not-leader': failures.notLeader,
  'leader-changed': failures.leaderChanged,
  timeout: failures.timeout,
  'too-many-uncommitted': failures.tooManyRequests,
  'change-in-progress': failures.unhealthyCluster,
  'impossible-change': failures.notEnoughStarted,
};

/** @throws what is not the replica's own failure */
export function failureOfReplica(error: unknown): Failure {
  if (!(error instanceof ReplicaError)) throw error;
  return replicaFailures[error.code] ?? failures.stopped;
}

/** Proposes a command and waits until it is applied here. */
export function propose<Kind extends CommandKind>(
  core: MemberCore,
  kind: Kind,
  message: Parameters<typeof encodeCommand<Kind>>[1],
): Promise<ApplyResult> {
  return proposeBytes(core, encodeCommand(kind, message));
}

/** For what this member decides as the leader: it fails with not-leader once another one may know better. */
export function proposeAsLeader<Kind extends CommandKind>(
  core: MemberCore,
  kind: Kind,
  message: Parameters<typeof encodeCommand<Kind>>[1],
): Promise<ApplyResult> {
  return proposeBytes(core, encodeCommand(kind, message), { asLeader: true });
}

/** The same for a message as it came: what was decoded and checked need not be encoded again. */
export function proposeMessage(
  core: MemberCore,
  kind: CommandKind,
  message: Uint8Array,
): Promise<ApplyResult> {
  return proposeBytes(core, commandOf(kind, message));
}

async function proposeBytes(
  core: MemberCore,
  bytes: Buffer,
  { asLeader = false } = {},
): Promise<ApplyResult> {
  if (bytes.length > core.limits.requestBytesMax) return failures.requestTooLarge;
  try {
    return await (asLeader ? core.replica.proposeAsLeader(bytes) : core.replica.propose(bytes));
  } catch (error) {
    return failureOfReplica(error);
  }
}

/** Cluster milliseconds: reads that wait longer are counted, as the original does. */
const slowReadDuration = 500;

/** Undefined when the local state is fresh enough to read. */
export async function linearize(core: MemberCore): Promise<Failure | undefined> {
  const { clock, meters, replica } = core;
  const started = clock.now();
  try {
    await replica.linearize();
    if (clock.now() - started > slowReadDuration) meters.slowReads++;
    return undefined;
  } catch (error) {
    meters.failedReads++;
    return failureOfReplica(error);
  }
}

/**
 * For writes that take space: refused when `cost` bytes more would reach the quota, and the alarm is raised
 * for all members. Whether it is raised already is looked at where the write is applied.
 */
export function checkQuota(core: MemberCore, cost: number): Failure | undefined {
  if (cost === 0 || core.state.backend.size.bytes + cost < core.limits.quotaBytes) return undefined;
  const alarm = AlarmRequest.from({
    action: AlarmAction.activate,
    memberId: core.memberId,
    alarm: AlarmType.nospace,
  });
  if (!core.state.hasAlarm(core.memberId, AlarmType.nospace)) {
    core.log.warn(
      { bytes: core.state.backend.size.bytes, quotaBytes: core.limits.quotaBytes },
      'the database has reached its quota: writes are refused until history is compacted, the database defragmented and the alarm disarmed',
    );
    void propose(core, 'alarm', alarm);
  }
  return failures.noSpace;
}
