/**
 * Which calls need a user, and which need root, before their handlers see them; as etcd 3.5 has it since
 * its security fixes of 2026. What is decided key by key is left to the handlers.
 */
import { AlarmAction, AlarmRequest } from '@drydock/proto/etcd';
import { authFailures } from '../../auth/failures.ts';
import type { Failure } from '../../mvcc/failure.ts';
import type { MemberCore } from '../core.ts';
import type { CallInfo, GrpcMethods, MessageBytes, StreamHandler, UnaryHandler } from '../grpc.ts';
import { catchUp, isAhead, refuseNonRoot, refuseStranger } from './permitted.ts';

type Check = (core: MemberCore, call: CallInfo, bytes: MessageBytes) => Failure | undefined;

const root: Check = refuseNonRoot;
const user: Check = refuseStranger;

/** Everybody who is known may look at the alarms. */
const alarm: Check = (core, call, bytes) => {
  const isRead = AlarmRequest.decode(bytes).action === AlarmAction.get;
  return isRead ? refuseStranger(core, call) : refuseNonRoot(core, call);
};

const internalWords = new Map<Failure, string>([
  [authFailures.userEmpty, 'auth: user name is empty'],
  [authFailures.userNotFound, 'auth: user not found'],
  [authFailures.permissionDenied, 'auth: permission denied'],
  [authFailures.invalidToken, 'auth: invalid auth token'],
]);

/** Some calls of the original do not translate their refusals: the client reads its inner words. */
const untranslated: Check = (core, call) => {
  const refusal = refuseNonRoot(core, call);
  const message = refusal === undefined ? undefined : internalWords.get(refusal);
  return message === undefined ? refusal : { kind: 'failure', code: 2, message };
};

/** For those that check keys themselves, or have nothing to protect. */
const open: Check = () => undefined;

/** Every method of the original's services, and ours. */
export const checks: Readonly<Record<string, Check>> = {
  '/etcdserverpb.KV/Range': open,
  '/etcdserverpb.KV/Put': open,
  '/etcdserverpb.KV/DeleteRange': open,
  '/etcdserverpb.KV/Txn': open,
  '/etcdserverpb.KV/Compact': root,
  '/etcdserverpb.Watch/Watch': open,
  '/etcdserverpb.Lease/LeaseGrant': user,
  '/etcdserverpb.Lease/LeaseRevoke': user,
  '/etcdserverpb.Lease/LeaseKeepAlive': open,
  '/etcdserverpb.Lease/LeaseTimeToLive': user,
  '/etcdserverpb.Lease/LeaseLeases': open,
  '/etcdserverpb.Cluster/MemberAdd': root,
  '/etcdserverpb.Cluster/MemberRemove': root,
  '/etcdserverpb.Cluster/MemberUpdate': root,
  '/etcdserverpb.Cluster/MemberList': user,
  '/etcdserverpb.Cluster/MemberPromote': root,
  '/etcdserverpb.Maintenance/Alarm': alarm,
  '/etcdserverpb.Maintenance/Status': user,
  '/etcdserverpb.Maintenance/Defragment': untranslated,
  '/etcdserverpb.Maintenance/Hash': untranslated,
  '/etcdserverpb.Maintenance/HashKV': untranslated,
  '/etcdserverpb.Maintenance/Snapshot': untranslated,
  '/etcdserverpb.Maintenance/MoveLeader': root,
  '/etcdserverpb.Maintenance/Downgrade': root,
  '/etcdserverpb.Auth/AuthEnable': open,
  '/etcdserverpb.Auth/AuthDisable': open,
  '/etcdserverpb.Auth/AuthStatus': open,
  '/etcdserverpb.Auth/Authenticate': open,
  '/etcdserverpb.Auth/UserAdd': open,
  '/etcdserverpb.Auth/UserGet': open,
  '/etcdserverpb.Auth/UserList': open,
  '/etcdserverpb.Auth/UserDelete': open,
  '/etcdserverpb.Auth/UserChangePassword': open,
  '/etcdserverpb.Auth/UserGrantRole': open,
  '/etcdserverpb.Auth/UserRevokeRole': open,
  '/etcdserverpb.Auth/RoleAdd': open,
  '/etcdserverpb.Auth/RoleGet': open,
  '/etcdserverpb.Auth/RoleList': open,
  '/etcdserverpb.Auth/RoleDelete': open,
  '/etcdserverpb.Auth/RoleGrantPermission': open,
  '/etcdserverpb.Auth/RoleRevokePermission': open,
  '/drydock.etcd.v1.Raft/Watch': root,
};

/** The methods, for clients: those of services that are not the original's stay as they are. */
export function guarded(core: MemberCore, methods: GrpcMethods): GrpcMethods {
  const each = <Handler>(
    handlers: Readonly<Record<string, Handler>>,
    wrap: (handler: Handler, check: Check) => Handler,
  ) =>
    Object.fromEntries(
      Object.entries(handlers).map(([path, handler]) => {
        const check = checks[path] ?? open;
        return [path, check === open ? handler : wrap(handler, check)];
      }),
    );
  return {
    unary: each(methods.unary, (handler, check) => guardedUnary(core, handler, check)),
    streams: each(methods.streams, (handler, check) => guardedStream(core, handler, check)),
  };
}

function guardedUnary(core: MemberCore, handler: UnaryHandler, check: Check): UnaryHandler {
  return (bytes, call, asker) => {
    if (!core.state.auth.enabled) return handler(bytes, call, asker);
    const decide = () => check(core, call, bytes) ?? handler(bytes, call, asker);
    if (!isAhead(core, call)) return decide();
    return catchUp(core, call).then((stale) => stale ?? decide());
  };
}

/** For streams of one request. */
function guardedStream(core: MemberCore, handler: StreamHandler, check: Check): StreamHandler {
  return (stream) => {
    const refusal = core.state.auth.enabled ? check(core, stream.call, Buffer.alloc(0)) : undefined;
    if (refusal === undefined) handler(stream);
    else stream.fail(refusal);
  };
}
