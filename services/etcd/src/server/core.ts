/** What all services of a member share: its state, its replica, and how to answer. */
import type { Clock, Logger, Random } from '@drydock/ports';
import type { Header } from '../mvcc/results.ts';
import { failures, type Failure } from '../mvcc/failure.ts';
import type { WatchHub } from '../mvcc/watch-hub.ts';
import { ReplicaError, type Replica } from '../replica/types.ts';
import { AlarmAction, AlarmRequest, AlarmType } from '@drydock/proto/etcd';
import { encodeCommand, type CommandKind } from './command.ts';
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
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly limits: Limits;
  /** Cluster milliseconds. */
  readonly electionTimeout: number;
}

/** The header of an answer; its revision is the store's unless another is given. */
export function headerOf(core: MemberCore, revision: number = core.state.store.revision): Header {
  return {
    clusterId: core.clusterId,
    memberId: core.memberId,
    revision,
    raftTerm: core.replica.status().term,
  };
}

const replicaFailures: Partial<Record<ReplicaError['code'], Failure>> = {
  'no-leader': failures.noLeader,
  'not-leader': failures.notLeader,
  'leader-changed': failures.leaderChanged,
  timeout: failures.timeout,
  'too-many-uncommitted': failures.tooManyRequests,
  'change-in-progress': failures.unhealthyCluster,
};

/** @throws what is not the replica's own failure */
export function failureOfReplica(error: unknown): Failure {
  if (!(error instanceof ReplicaError)) throw error;
  return replicaFailures[error.code] ?? failures.stopped;
}

/** Proposes a command and waits until it is applied here. */
export async function propose<Kind extends CommandKind>(
  core: MemberCore,
  kind: Kind,
  message: Parameters<typeof encodeCommand<Kind>>[1],
): Promise<ApplyResult> {
  const bytes = encodeCommand(kind, message);
  if (bytes.length > core.limits.requestBytesMax) return failures.requestTooLarge;
  try {
    return await core.replica.propose(bytes);
  } catch (error) {
    return failureOfReplica(error);
  }
}

/** Undefined when the local state is fresh enough to read. */
export async function linearize(core: MemberCore): Promise<Failure | undefined> {
  try {
    await core.replica.linearize();
    return undefined;
  } catch (error) {
    return failureOfReplica(error);
  }
}

/** For writes that take space: refused from the quota on, and the alarm is raised for all members. */
export function checkQuota(core: MemberCore): Failure | undefined {
  if (core.state.hasNoSpaceAlarm) return failures.noSpace;
  if (core.state.backend.size.bytes < core.limits.quotaBytes) return undefined;
  core.log.warn(
    { bytes: core.state.backend.size.bytes, quotaBytes: core.limits.quotaBytes },
    'the database has reached its quota: writes are refused until history is compacted, the database defragmented and the alarm disarmed',
  );
  const alarm = AlarmRequest.from({
    action: AlarmAction.activate,
    memberId: core.memberId,
    alarm: AlarmType.nospace,
  });
  void propose(core, 'alarm', alarm);
  return failures.noSpace;
}
