/** The Maintenance service: of this member, whoever leads. */
import {
  AlarmAction,
  AlarmRequest,
  AlarmResponse,
  AlarmType,
  DefragmentRequest,
  DefragmentResponse,
  HashKVRequest,
  HashRequest,
  HashResponse,
  MoveLeaderRequest,
  MoveLeaderResponse,
  StatusRequest,
  StatusResponse,
} from '@drydock/proto/etcd';
import { failures } from '../mvcc/failure.ts';
import type { SnapshotExporter } from '../mvcc/sqlite-export.ts';
import { failureOfReplica, headerOf, linearize, propose, type MemberCore } from './core.ts';
import { createDowngradeHandler } from './downgrade.ts';
import type { Answer, GrpcMethods, MessageBytes } from './grpc.ts';
import { writeDownLeases } from './lease-service.ts';
import type { ServingState } from './serving-status.ts';
import { createSnapshotHandler } from './snapshot-stream.ts';
import type { Alarm } from './state-machine.ts';
import { defragment, hashKv } from './upkeep.ts';

/** The release of etcd whose API this server speaks; clients switch features on by it. */
export const apiVersion = '3.5.17';

const alarmNames: Record<number, string> = { 1: 'NOSPACE', 2: 'CORRUPT' };

export function createMaintenanceService(
  core: MemberCore,
  serving: ServingState,
  snapshots: SnapshotExporter,
): GrpcMethods {
  const { state, replica } = core;

  const status = (bytes: MessageBytes): Answer => {
    StatusRequest.decode(bytes);
    const { leader, term, commit, applied } = replica.status();
    const alarms = Array.from(
      state.alarms,
      (one) => `memberID:${one.member} alarm:${alarmNames[one.type] ?? one.type} `,
    );
    const { size } = state.backend;
    return StatusResponse.encode({
      header: headerOf(core),
      version: apiVersion,
      dbSize: size.bytes,
      dbSizeInUse: size.bytesInUse,
      leader,
      raftIndex: commit,
      raftTerm: term,
      raftAppliedIndex: applied,
      errors: leader === 0 ? [failures.noLeader.message, ...alarms] : alarms,
      isLearner: state.members.get(core.memberId)?.isLearner ?? false,
    });
  };

  const alarm = async (bytes: MessageBytes): Promise<Answer> => {
    const request = AlarmRequest.decode(bytes);
    const isRead = request.action === AlarmAction.get;
    const stale = isRead ? await linearize(core) : undefined;
    if (stale !== undefined) return stale;
    const before = [...state.alarms];
    const result = isRead ? undefined : await propose(core, 'alarm', request);
    if (result?.kind === 'failure') return result;
    // What was read, raised, or was there to be disarmed.
    const isMeant = isRead
      ? (one: Alarm) => request.alarm === AlarmType.none || request.alarm === one.type
      : (one: Alarm) => one.member === request.memberId && one.type === request.alarm;
    const listed = request.action === AlarmAction.activate ? [...state.alarms] : before;
    const alarms = listed
      .filter(isMeant)
      .map(({ member, type }) => ({ memberId: member, alarm: type }));
    return AlarmResponse.encode({ header: headerOf(core), alarms });
  };

  const defragmentRpc = async (bytes: MessageBytes): Promise<Answer> => {
    DefragmentRequest.decode(bytes);
    await serving.whileDefragmenting(() => defragment(core));
    return DefragmentResponse.encode({ header: undefined });
  };

  const hash = async (bytes: MessageBytes): Promise<Answer> => {
    HashRequest.decode(bytes);
    const result = await state.hash(0);
    return HashResponse.encode({ header: headerOf(core), hash: result?.hash ?? 0 });
  };

  const hashKvRpc = (bytes: MessageBytes): Promise<Answer> =>
    hashKv(core, HashKVRequest.decode(bytes).revision);

  const moveLeader = async (bytes: MessageBytes): Promise<Answer> => {
    const { targetId } = MoveLeaderRequest.decode(bytes);
    if (!replica.isLeader()) return failures.notLeader;
    const target = state.members.get(targetId);
    if (target === undefined || target.isLearner) return failures.badTransferee;
    try {
      await writeDownLeases(core);
      await replica.transferLeadership(targetId);
    } catch (error) {
      return failureOfReplica(error);
    }
    return MoveLeaderResponse.encode({ header: undefined });
  };

  return {
    unary: {
      '/etcdserverpb.Maintenance/Status': status,
      '/etcdserverpb.Maintenance/Alarm': alarm,
      '/etcdserverpb.Maintenance/Defragment': defragmentRpc,
      '/etcdserverpb.Maintenance/Hash': hash,
      '/etcdserverpb.Maintenance/HashKV': hashKvRpc,
      '/etcdserverpb.Maintenance/MoveLeader': moveLeader,
      '/etcdserverpb.Maintenance/Downgrade': createDowngradeHandler(core),
    },
    streams: {
      '/etcdserverpb.Maintenance/Snapshot': createSnapshotHandler(core, { snapshots, apiVersion }),
    },
  };
}
