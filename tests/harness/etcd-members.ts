/** What the etcd members say of themselves, through the real etcdctl. */
import type { Cluster } from './cluster.ts';
import { etcdEndpoints } from './etcd-writers.ts';

export interface MemberStatus {
  readonly endpoint: string;
  readonly memberId: number;
  readonly leader: number;
  readonly revision: number;
  readonly raftTerm: number;
  readonly raftIndex: number;
  readonly raftAppliedIndex: number;
}

interface StatusReply {
  Endpoint: string;
  Status: {
    header: { member_id: number; revision: number; raft_term: number };
    leader: number;
    raftIndex: number;
    raftAppliedIndex: number;
  };
}

/** Only the members that answer. */
export async function memberStatuses(cluster: Cluster): Promise<MemberStatus[]> {
  const { stdout } = await cluster.etcdctl(['endpoint', 'status', '-w', 'json']);
  if (stdout.trim() === '') return [];
  return (JSON.parse(stdout) as StatusReply[]).map(({ Endpoint, Status }) => ({
    endpoint: Endpoint,
    memberId: Status.header.member_id,
    leader: Status.leader,
    revision: Status.header.revision,
    raftTerm: Status.header.raft_term,
    raftIndex: Status.raftIndex,
    raftAppliedIndex: Status.raftAppliedIndex,
  }));
}

/** The part (`etcd-1` to `etcd-3`) that the members agree leads. @throws when there is none. */
export async function leaderPart(cluster: Cluster): Promise<string> {
  const statuses = await memberStatuses(cluster);
  const leader = statuses.find(
    (status) => status.leader !== 0 && status.leader === status.memberId,
  );
  if (leader === undefined) throw new Error('no member says that it leads');
  return partOf(cluster, leader.endpoint);
}

/** `env` lists the endpoints in the order of the members. */
function partOf(cluster: Cluster, endpoint: string): string {
  return `etcd-${etcdEndpoints(cluster).indexOf(endpoint) + 1}`;
}
