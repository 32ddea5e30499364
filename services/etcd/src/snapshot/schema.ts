/**
 * Where the original keeps what in its database: bucket names, keys and values, as of 3.5.
 *
 *   key              revision (mvcc/revision-key.ts)       -> KeyValue
 *   meta             consistent_index, term (u64, big-endian), confState (JSON),
 *                    scheduledCompactRev, finishedCompactRev (a revision)
 *   lease            id (u64)                              -> leasepb.Lease
 *   alarm            AlarmMember                           -> nothing
 *   auth             authEnabled (a byte), authRevision (u64)
 *   authUsers        name                                  -> authpb.User
 *   authRoles        name                                  -> authpb.Role
 *   members          id in hex                             -> JSON
 *   members_removed  id in hex                             -> "removed"
 *   cluster          clusterVersion                        -> "3.5.0"
 *
 * 3.4 lacks term and confState, and ignores them; 3.6 adds storageVersion.
 */
import type { Member } from '@drydock/proto/etcd';
import type { Configuration } from '../raft/types.ts';

/** In byte order, as a bbolt file has them. */
export const bucketNames = [
  'alarm',
  'auth',
  'authRoles',
  'authUsers',
  'cluster',
  'key',
  'lease',
  'members',
  'members_removed',
  'meta',
] as const;
export type BucketName = (typeof bucketNames)[number];

export const metaKeys = {
  consistentIndex: 'consistent_index',
  term: 'term',
  confState: 'confState',
  scheduledCompact: 'scheduledCompactRev',
  finishedCompact: 'finishedCompactRev',
} as const;

export const authKeys = { enabled: 'authEnabled', revision: 'authRevision' } as const;
export const clusterVersionKey = 'clusterVersion';

export function encodeUint64(value: bigint | number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, BigInt(value)));
  return bytes;
}

/** Undefined for bytes that are none. */
export function decodeUint64(bytes: Uint8Array): bigint | undefined {
  if (bytes.length !== 8) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
}

/** A member as the original writes it: with these names, in this order, and nothing that is empty. */
export function memberJson({ id, name, peerUrls, clientUrls, isLearner }: Member): Buffer {
  return Buffer.from(
    JSON.stringify({
      id,
      peerURLs: peerUrls,
      ...(isLearner ? { isLearner } : {}),
      ...(name === '' ? {} : { name }),
      ...(clientUrls.length === 0 ? {} : { clientURLs: clientUrls }),
    }),
  );
}

/** Who votes, as the original's Raft writes it. */
export function confStateJson(configuration: Configuration): Buffer {
  const { voters, learners, votersOutgoing, learnersNext, autoLeave } = configuration;
  const unlessEmpty = (name: string, ids: readonly number[]) =>
    ids.length === 0 ? {} : { [name]: ids };
  return Buffer.from(
    JSON.stringify({
      ...unlessEmpty('voters', voters),
      ...unlessEmpty('learners', learners),
      ...unlessEmpty('voters_outgoing', votersOutgoing),
      ...unlessEmpty('learners_next', learnersNext),
      auto_leave: autoLeave,
    }),
  );
}
