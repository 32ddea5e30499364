/**
 * What holds for every call of a client, whatever it asks: calls that demand a leader fail without
 * one, and a learner answers only what needs nobody's agreement.
 */
import { RangeRequest } from '@drydock/proto/etcd';
import { failures, type Failure } from '../mvcc/failure.ts';
import type { MemberCore } from './core.ts';
import type { GrpcMethods, MessageBytes, StreamHandler, UnaryHandler } from './grpc.ts';

const notForLearners: Failure = {
  kind: 'failure',
  code: 14,
  message: 'etcdserver: rpc not supported for learner',
};

const statusPath = '/etcdserverpb.Maintenance/Status';
const rangePath = '/etcdserverpb.KV/Range';
const snapshotPath = '/etcdserverpb.Maintenance/Snapshot';

export function guardCalls(core: MemberCore, methods: GrpcMethods): GrpcMethods {
  const isLearner = () => core.state.members.get(core.memberId)?.isLearner === true;
  const isLeaderless = () => core.replica.status().leader === 0;
  const isForLearners = (path: string, bytes: MessageBytes) =>
    path === statusPath || (path === rangePath && RangeRequest.decode(bytes).serializable);

  const unary =
    (path: string, handler: UnaryHandler): UnaryHandler =>
    (bytes, call, asker) => {
      if (isLearner() && !isForLearners(path, bytes)) return notForLearners;
      if (call.requireLeader && isLeaderless()) return failures.noLeader;
      return handler(bytes, call, asker);
    };
  const stream =
    (path: string, handler: StreamHandler): StreamHandler =>
    (opened) => {
      if (isLearner() && path !== snapshotPath) opened.fail(notForLearners);
      else if (opened.call.requireLeader && isLeaderless()) opened.fail(failures.noLeader);
      else handler(opened);
    };
  return {
    unary: mapPaths(methods.unary, unary),
    streams: mapPaths(methods.streams, stream),
  };
}

function mapPaths<Handler>(
  handlers: Readonly<Record<string, Handler>>,
  wrap: (path: string, handler: Handler) => Handler,
): Record<string, Handler> {
  const wrapped = Object.entries(handlers).map(([path, one]) => [path, wrap(path, one)] as const);
  return Object.fromEntries(wrapped);
}
