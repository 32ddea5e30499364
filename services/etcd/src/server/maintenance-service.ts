/** The Maintenance service: of this member, whoever leads. */
import { createHash } from 'node:crypto';
import {
  AlarmAction,
  AlarmRequest,
  AlarmResponse,
  AlarmType,
  DefragmentResponse,
  HashKVRequest,
  HashKVResponse,
  HashResponse,
  MoveLeaderRequest,
  MoveLeaderResponse,
  SnapshotResponse,
  StatusResponse,
} from '@drydock/proto/etcd';
import { failures, notServed } from '../mvcc/failure.ts';
import { hashKv } from '../mvcc/hash.ts';
import { failureOfReplica, headerOf, linearize, propose, type MemberCore } from './core.ts';
import type { Answer, GrpcMethods, MessageBytes, MessageStream } from './grpc.ts';

/** The release of etcd whose API this server speaks; clients switch features on by it. */
export const apiVersion = '3.5.17';

const alarmNames: Record<number, string> = { 1: 'NOSPACE', 2: 'CORRUPT' };

export function createMaintenanceService(core: MemberCore): GrpcMethods {
  const { state, replica } = core;
  const pause = () => new Promise<void>((resolve) => void setImmediate(resolve));

  const status = (): Answer => {
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
    const before = [...state.alarms];
    const result = isRead ? await linearize(core) : await propose(core, 'alarm', request);
    if (result?.kind === 'failure') return result;
    const matches = (one: { member: number; type: AlarmType }) =>
      request.alarm === AlarmType.none || request.alarm === one.type;
    const listed = request.action === AlarmAction.deactivate ? before : [...state.alarms];
    const alarms = listed.filter(matches).map(({ member, type }) => ({
      memberId: member,
      alarm: type,
    }));
    return AlarmResponse.encode({ header: headerOf(core), alarms });
  };

  const defragment = async (): Promise<Answer> => {
    await state.persist();
    await state.backend.defragment();
    return DefragmentResponse.encode({ header: undefined });
  };

  const hashOf = async (revision: number) => {
    await state.persist();
    return hashKv(state.store, state.backend, revision, pause);
  };

  const hash = async (): Promise<Answer> => {
    const result = await hashOf(state.store.revision);
    return HashResponse.encode({ header: headerOf(core), hash: result.hash });
  };

  const hashKvRpc = async (bytes: MessageBytes): Promise<Answer> => {
    const { revision } = HashKVRequest.decode(bytes);
    const { store } = state;
    if (revision > store.revision) return failures.futureRevision;
    if (revision > 0 && revision < store.compactRevision) return failures.compacted;
    const header = headerOf(core);
    const result = await hashOf(revision > 0 ? revision : store.revision);
    return HashKVResponse.encode({ header, ...result });
  };

  const moveLeader = async (bytes: MessageBytes): Promise<Answer> => {
    const { targetId } = MoveLeaderRequest.decode(bytes);
    if (!replica.isLeader()) return failures.notLeader;
    const target = state.members.get(targetId);
    if (target === undefined || target.isLearner) return failures.badTransferee;
    try {
      await replica.transferLeadership(targetId);
    } catch (error) {
      return failureOfReplica(error);
    }
    return MoveLeaderResponse.encode({ header: undefined });
  };

  const snapshot = (stream: MessageStream): void => {
    stream.onMessage(() => {
      sendSnapshot(core, stream).catch((error: unknown) => {
        core.log.error({ err: error }, 'a snapshot for a client failed');
        stream.fail(failures.stopped);
      });
    });
  };

  return {
    unary: {
      '/etcdserverpb.Maintenance/Status': status,
      '/etcdserverpb.Maintenance/Alarm': alarm,
      '/etcdserverpb.Maintenance/Defragment': defragment,
      '/etcdserverpb.Maintenance/Hash': hash,
      '/etcdserverpb.Maintenance/HashKV': hashKvRpc,
      '/etcdserverpb.Maintenance/MoveLeader': moveLeader,
      '/etcdserverpb.Maintenance/Downgrade': () => notServed('Downgrade'),
    },
    streams: { '/etcdserverpb.Maintenance/Snapshot': snapshot },
  };
}

const blobBytes = 32 * 1024;

/** The database file, then its SHA-256, as `etcdctl snapshot save` checks it. */
async function sendSnapshot(core: MemberCore, stream: MessageStream): Promise<void> {
  await core.state.persist();
  const copy = await core.state.backend.snapshot();
  let wake = () => {};
  stream.onReady(() => wake());
  stream.onClose(() => wake());
  try {
    const hash = createHash('sha256');
    let remaining = copy.bytes;
    const send = async (blob: Uint8Array) => {
      const header = headerOf(core);
      stream.send(SnapshotResponse.encode({ header, remainingBytes: remaining, blob }));
      while (!stream.isReady && !stream.isClosed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    for await (const part of copy.body) {
      hash.update(part);
      for (let at = 0; at < part.length && !stream.isClosed; at += blobBytes) {
        const blob = part.subarray(at, at + blobBytes);
        remaining -= blob.length;
        await send(blob);
      }
      if (stream.isClosed) return;
    }
    await send(hash.digest());
    stream.end();
  } finally {
    await copy.close();
  }
}
