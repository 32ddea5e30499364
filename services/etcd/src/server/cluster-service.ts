/** The Cluster service: who the members are, and changes of it one at a time. */
import {
  MemberAddRequest,
  MemberAddResponse,
  MemberListRequest,
  MemberListResponse,
  MemberPromoteRequest,
  MemberPromoteResponse,
  MemberRemoveRequest,
  MemberRemoveResponse,
  MemberUpdateRequest,
  MemberUpdateResponse,
  Member,
} from '@drydock/proto/etcd';
import { memberId, type ClusterMember } from '../membership/members.ts';
import { failures, type Failure } from '../mvcc/failure.ts';
import type { ConfigurationChange } from '../replica/types.ts';
import { failureOfReplica, headerOf, linearize, propose, type MemberCore } from './core.ts';
import type { Answer, GrpcMethods, MessageBytes } from './grpc.ts';
import { messageOf } from './state-machine.ts';

export function createClusterService(core: MemberCore): GrpcMethods {
  const { members } = core.state;
  /** Cluster answers leave the revision out. */
  const header = () => headerOf(core, 0);
  const list = () => members.list().map(messageOf);

  const change = async (
    kind: ConfigurationChange['kind'],
    member: ClusterMember,
  ): Promise<Failure | undefined> => {
    const context = Member.encode(messageOf(member));
    try {
      await core.replica.proposeConfiguration({ kind, member: member.id }, context);
      return undefined;
    } catch (error) {
      return failureOfReplica(error);
    }
  };

  const memberList = async (bytes: MessageBytes): Promise<Answer> => {
    const { linearizable } = MemberListRequest.decode(bytes);
    const stale = linearizable ? await linearize(core) : undefined;
    return stale ?? MemberListResponse.encode({ header: header(), members: list() });
  };

  const memberAdd = async (bytes: MessageBytes): Promise<Answer> => {
    const request = MemberAddRequest.decode(bytes);
    const { peerUrls, isLearner } = request;
    if (peerUrls.length === 0 || !peerUrls.every(isPeerUrl)) return failures.badPeerUrls;
    const taken = new Set(members.list().flatMap((one) => one.peerUrls));
    if (peerUrls.some((url) => taken.has(url))) return failures.peerUrlExists;
    const id = memberId(peerUrls, '', String(core.random.uint32()));
    const member: ClusterMember = { id, name: '', peerUrls, clientUrls: [], isLearner };
    const failure = await change(isLearner ? 'add-learner' : 'add-voter', member);
    if (failure !== undefined) return failure;
    return MemberAddResponse.encode({
      header: header(),
      member: messageOf(member),
      members: list(),
    });
  };

  const memberRemove = async (bytes: MessageBytes): Promise<Answer> => {
    const member = members.get(MemberRemoveRequest.decode(bytes).id);
    if (member === undefined) return failures.memberNotFound;
    const failure = await change('remove', member);
    return failure ?? MemberRemoveResponse.encode({ header: header(), members: list() });
  };

  const memberUpdate = async (bytes: MessageBytes): Promise<Answer> => {
    const { id, peerUrls } = MemberUpdateRequest.decode(bytes);
    const member = members.get(id);
    if (member === undefined) return failures.memberNotFound;
    if (peerUrls.length === 0 || !peerUrls.every(isPeerUrl)) return failures.badPeerUrls;
    const others = members.list().filter((one) => one.id !== id);
    const taken = new Set(others.flatMap((one) => one.peerUrls));
    if (peerUrls.some((url) => taken.has(url))) return failures.peerUrlExists;
    const result = await propose(core, 'member', messageOf({ ...member, peerUrls }));
    if (result.kind === 'failure') return result;
    return MemberUpdateResponse.encode({ header: header(), members: list() });
  };

  const memberPromote = async (bytes: MessageBytes): Promise<Answer> => {
    const member = members.get(MemberPromoteRequest.decode(bytes).id);
    if (member === undefined) return failures.memberNotFound;
    if (!member.isLearner) return failures.memberNotLearner;
    const { role, peers, commit } = core.replica.status();
    if (role !== 'leader') return failures.notLeader;
    const progress = peers.find((one) => one.id === member.id);
    // The original's measure of "in sync": nine tenths of what the leader has.
    if (progress === undefined || progress.match < commit * 0.9) return failures.learnerNotReady;
    const failure = await change('add-voter', { ...member, isLearner: false });
    return failure ?? MemberPromoteResponse.encode({ header: header(), members: list() });
  };

  return {
    unary: {
      '/etcdserverpb.Cluster/MemberList': memberList,
      '/etcdserverpb.Cluster/MemberAdd': memberAdd,
      '/etcdserverpb.Cluster/MemberRemove': memberRemove,
      '/etcdserverpb.Cluster/MemberUpdate': memberUpdate,
      '/etcdserverpb.Cluster/MemberPromote': memberPromote,
    },
    streams: {},
  };
}

const isPeerUrl = (url: string) => /^https?:\/\/[^/]+$/.test(url);
