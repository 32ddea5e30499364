/**
 * The Cluster service: who the members are, and changes of it one at a time.
 *
 * 1. Changes are checked and proposed by the leader, which knows who is connected and how far a learner
 *    has come; other members pass them on, once (membership/reconfiguration.ts).
 * 2. Another member's answer is given when the change is applied here as well.
 */
import type {
  MemberAddRequest,
  MemberAddResponse,
  MemberPromoteRequest,
  MemberPromoteResponse,
  MemberRemoveRequest,
  MemberRemoveResponse,
  MemberUpdateRequest,
  MemberUpdateResponse,
} from '@drydock/proto/etcd';
import {
  ClusterService,
  MemberListRequest,
  MemberListResponse,
  type ResponseHeader,
} from '@drydock/proto/etcd';
import type { Failure } from '../mvcc/failure.ts';
import { createMemberChanges, type Outcome } from './cluster-changes.ts';
import { headerOf, linearize, type MemberCore } from './core.ts';
import { passToLeader, type Leader } from './cluster-leader.ts';
import type { Answer, GrpcMethods, MessageBytes, UnaryHandler } from './grpc.ts';
import type { Method } from './peer-calls.ts';
import { messageOf } from './state-machine.ts';

export interface ClusterServiceOptions {
  /** As `--strict-reconfig-check`. */
  readonly isStrict: boolean;
  readonly learnersMax: number;
  /** How long the connection to a member stands, cluster milliseconds; undefined without one. */
  readonly connectedFor: (id: number) => number | undefined;
  /** How to reach the leader; undefined where members call, so that no call circles. */
  readonly leader: Leader | undefined;
}

interface Change<Request, Response> {
  readonly method: Method<Request, Response> & {
    readonly requestDeserialize: (bytes: Buffer) => Request;
    readonly responseSerialize: (value: Response) => Buffer;
  };
  /** What the leader does. */
  readonly run: (request: Request) => Promise<Failure | Response>;
  /** Why it would be refused, as far as this member knows. */
  readonly check?: (request: Request) => Failure | undefined;
}

export function createClusterService(
  core: MemberCore,
  options: ClusterServiceOptions,
): GrpcMethods {
  const changes = createMemberChanges(core, options);
  /** Cluster answers leave the revision out. */
  const header = () => headerOf(core, 0);
  const list = () => core.state.members.list().map(messageOf);

  const memberList = async (bytes: MessageBytes): Promise<Answer> => {
    const { linearizable } = MemberListRequest.decode(bytes);
    const stale = linearizable ? await linearize(core) : undefined;
    return stale ?? MemberListResponse.encode({ header: header(), members: list() });
  };

  const handle =
    <Request, Response extends { header: ResponseHeader | undefined }>({
      method,
      run,
      check,
    }: Change<Request, Response>): UnaryHandler =>
    async (bytes) => {
      const request = method.requestDeserialize(bytes);
      const local = () => run(request);
      const outcome = await passToLeader(core, options.leader, {
        method,
        request,
        local,
        check: check && (() => check(request)),
      });
      if (isFailure(outcome)) return outcome;
      return method.responseSerialize({ ...outcome, header: header() });
    };
  const answer = <Response extends object>(
    outcome: Outcome,
    make: () => Response,
  ): Failure | Response => (outcome.kind === 'failure' ? outcome : make());

  const memberAdd = handle<MemberAddRequest, MemberAddResponse>({
    method: ClusterService.memberAdd,
    check: (request) => changes.refusalOfAdd(request),
    run: async (request) => {
      const outcome = await changes.add(request);
      if (outcome.kind === 'failure') return outcome;
      return { header: header(), member: messageOf(outcome.member), members: list() };
    },
  });
  const memberRemove = handle<MemberRemoveRequest, MemberRemoveResponse>({
    method: ClusterService.memberRemove,
    check: ({ id }) => changes.refusalOfRemove(id),
    run: async ({ id }) =>
      answer(await changes.remove(id), () => ({ header: header(), members: list() })),
  });
  const memberUpdate = handle<MemberUpdateRequest, MemberUpdateResponse>({
    method: ClusterService.memberUpdate,
    run: async (request) =>
      answer(await changes.update(request), () => ({ header: header(), members: list() })),
  });
  const memberPromote = handle<MemberPromoteRequest, MemberPromoteResponse>({
    method: ClusterService.memberPromote,
    run: async ({ id }) =>
      answer(await changes.promote(id), () => ({ header: header(), members: list() })),
  });

  return {
    unary: {
      [ClusterService.memberList.path]: memberList,
      [ClusterService.memberAdd.path]: memberAdd,
      [ClusterService.memberRemove.path]: memberRemove,
      [ClusterService.memberUpdate.path]: memberUpdate,
      [ClusterService.memberPromote.path]: memberPromote,
    },
    streams: {},
  };
}

function isFailure(outcome: object): outcome is Failure {
  return 'kind' in outcome && outcome.kind === 'failure';
}
