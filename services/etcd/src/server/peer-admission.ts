/**
 * Whom a member listens to as a peer. A refusal says why at both ends: it is logged here, and the caller
 * logs the status that it gets.
 *
 * 1. A member of another cluster, of another version of this protocol, or one that looks for somebody else
 *    at this address is refused.
 * 2. Who was removed is told so, and stops: ids are never used again.
 * 3. A stranger is refused by the leader only. Any other member may lag behind the change that added it,
 *    and would lock out a leader that it has not heard of yet.
 */
import type { Failure } from '../mvcc/failure.ts';
import type { CallInfo } from './grpc.ts';

/** Of what members say to each other; a change that older members do not understand raises it. */
export const peerProtocol = '1';

export interface Admission {
  readonly clusterId: number;
  readonly memberId: number;
  readonly isMember: (id: number) => boolean;
  readonly isRemoved: (id: number) => boolean;
  readonly isLeader: () => boolean;
}

const removedText = 'the member has been permanently removed from the cluster';

const failedPrecondition = 9;

const refuse = (message: string): Failure => ({
  kind: 'failure',
  code: failedPrecondition,
  message,
});

/** Undefined for who may speak. */
export function refusalOf(call: CallInfo, self: Admission): Failure | undefined {
  const { clusterId, memberId, peerVersion = '', targetId = '' } = call;
  const from = Number(memberId);
  if (clusterId !== String(self.clusterId)) {
    return refuse(
      `member ${nameOf(memberId)} belongs to cluster ${nameOf(clusterId)}, this one to ` +
        `${nameOf(self.clusterId)}: check --initial-cluster and --initial-cluster-token on both`,
    );
  }
  // The first version did not say so.
  if (peerVersion !== '' && peerVersion !== peerProtocol) {
    return refuse(
      `member ${nameOf(memberId)} speaks version ${peerVersion} of the members' protocol, this one ` +
        `${peerProtocol}: run the same release on both`,
    );
  }
  if (self.isRemoved(from)) return refuse(`${removedText} (${nameOf(memberId)})`);
  if (targetId !== '' && targetId !== String(self.memberId)) {
    return refuse(
      `here is member ${nameOf(self.memberId)}, not ${nameOf(targetId)}: one of them has the other's ` +
        'address (etcdctl member list, member update)',
    );
  }
  if (self.isLeader() && !self.isMember(from)) {
    return refuse(`member ${nameOf(memberId)} is unknown to this cluster: run etcdctl member add`);
  }
  return undefined;
}

/** Whether a refusal means that this member was removed. */
export function saysRemoved(details: string): boolean {
  return details.startsWith(removedText);
}

/** Ids as etcdctl shows them. */
const nameOf = (id: string | number) =>
  Number.isSafeInteger(Number(id)) ? Number(id).toString(16) : String(id);
