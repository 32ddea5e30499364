/**
 * The Auth service: users, roles, permissions, and tokens for passwords.
 *
 * 1. Changes are checked and made when they are applied, by the state of then.
 * 2. Reading is linearizable, and needs no log entry.
 */
import {
  AuthCommand,
  AuthDisableRequest,
  AuthDisableResponse,
  AuthEnableRequest,
  AuthEnableResponse,
  AuthRoleAddRequest,
  AuthRoleAddResponse,
  AuthRoleDeleteRequest,
  AuthRoleDeleteResponse,
  AuthRoleGetRequest,
  AuthRoleGetResponse,
  AuthRoleGrantPermissionRequest,
  AuthRoleGrantPermissionResponse,
  AuthRoleListResponse,
  AuthRoleRevokePermissionRequest,
  AuthRoleRevokePermissionResponse,
  AuthStatusResponse,
  AuthUserAddRequest,
  AuthUserAddResponse,
  AuthUserChangePasswordRequest,
  AuthUserChangePasswordResponse,
  AuthUserDeleteRequest,
  AuthUserDeleteResponse,
  AuthUserGetRequest,
  AuthUserGetResponse,
  AuthUserGrantRoleRequest,
  AuthUserGrantRoleResponse,
  AuthUserListResponse,
  AuthUserRevokeRoleRequest,
  AuthUserRevokeRoleResponse,
  type Codec,
} from '@drydock/proto/etcd';
import { authFailures } from '../auth/failures.ts';
import type { AuthInfo } from '../auth/types.ts';
import type { Failure } from '../mvcc/failure.ts';
import type { Header } from '../mvcc/results.ts';
import type { Passwords } from './auth/passwords.ts';
import { createAuthenticate, hashFor } from './auth/authenticate.ts';
import { proposeAs, refuse } from './auth/permitted.ts';
import { messageOfPermission } from './auth/stored-values.ts';
import { headerOf, linearize, type MemberCore } from './core.ts';
import type { Answer, CallInfo, GrpcMethods, UnaryHandler } from './grpc.ts';

interface WithHeader {
  header: Header | undefined;
}

export function createAuthService(core: MemberCore, passwords: Passwords): GrpcMethods {
  const { auth } = core.state;

  const change = async (
    call: CallInfo,
    command: Partial<AuthCommand>,
    response: Codec<WithHeader>,
  ): Promise<Answer> => {
    const result = await proposeAs(core, call, 'auth', AuthCommand.from(command));
    if (result.kind === 'failure') return result;
    return response.encode({ header: headerOf(core) });
  };

  /** A method that changes something by its request alone. */
  const changing =
    <Request>(
      request: Codec<Request>,
      command: (request: Request) => Partial<AuthCommand>,
      response: Codec<WithHeader>,
    ): UnaryHandler =>
    (bytes, call) =>
      change(call, command(request.decode(bytes)), response);

  const reading =
    (
      check: (bytes: Buffer, by: AuthInfo) => Failure | undefined,
      read: (bytes: Buffer) => Answer,
    ): UnaryHandler =>
    async (bytes, call) =>
      (await linearize(core)) ?? refuse(core, call, (by) => check(bytes, by)) ?? read(bytes);
  const rootOnly = (_bytes: Buffer, by: AuthInfo) => auth.refuseRoot(by);

  const userAdd: UnaryHandler = async (bytes, call) => {
    const request = AuthUserAddRequest.decode(bytes);
    if (request.options?.noPassword !== true) {
      const hash = await hashFor(core, passwords, { call, password: request.password });
      if ('kind' in hash) return hash;
      request.hashedPassword = hash.toString('base64');
    }
    return change(call, { userAdd: { ...request, password: '' } }, AuthUserAddResponse);
  };

  const userChangePassword: UnaryHandler = async (bytes, call) => {
    const request = AuthUserChangePasswordRequest.decode(bytes);
    if (request.password !== '') {
      const hash = await hashFor(core, passwords, { call, password: request.password });
      if ('kind' in hash) return hash;
      request.hashedPassword = hash.toString('base64');
    }
    const userChangePassword = { ...request, password: '' };
    return change(call, { userChangePassword }, AuthUserChangePasswordResponse);
  };

  const status = (): Answer =>
    AuthStatusResponse.encode({
      header: headerOf(core),
      enabled: auth.enabled,
      authRevision: auth.revision,
    });

  const userGet = (bytes: Buffer): Answer => {
    const user = auth.user(AuthUserGetRequest.decode(bytes).name);
    if (user === undefined) return authFailures.userNotFound;
    return AuthUserGetResponse.encode({ header: headerOf(core), roles: [...user.roles] });
  };
  const rootOrSelf = (bytes: Buffer, by: AuthInfo) =>
    AuthUserGetRequest.decode(bytes).name === by.user ? undefined : auth.refuseRoot(by);

  const roleGet = (bytes: Buffer): Answer => {
    const role = auth.role(AuthRoleGetRequest.decode(bytes).role);
    if (role === undefined) return authFailures.roleNotFound;
    const perm = role.permissions.map(messageOfPermission);
    return AuthRoleGetResponse.encode({ header: headerOf(core), perm });
  };
  const rootOrHolder = (bytes: Buffer, by: AuthInfo) => {
    const { role } = AuthRoleGetRequest.decode(bytes);
    return auth.user(by.user)?.roles.includes(role) === true ? undefined : auth.refuseRoot(by);
  };

  const userList = (): Answer =>
    AuthUserListResponse.encode({ header: headerOf(core), users: auth.userNames() });
  const roleList = (): Answer =>
    AuthRoleListResponse.encode({ header: headerOf(core), roles: auth.roleNames() });

  const methods: Record<string, UnaryHandler> = {
    AuthEnable: changing(AuthEnableRequest, (enable) => ({ enable }), AuthEnableResponse),
    AuthDisable: changing(AuthDisableRequest, (disable) => ({ disable }), AuthDisableResponse),
    AuthStatus: reading(rootOnly, status),
    Authenticate: createAuthenticate(core, passwords),
    UserAdd: userAdd,
    UserGet: reading(rootOrSelf, userGet),
    UserList: reading(rootOnly, userList),
    UserDelete: changing(
      AuthUserDeleteRequest,
      (userDelete) => ({ userDelete }),
      AuthUserDeleteResponse,
    ),
    UserChangePassword: userChangePassword,
    UserGrantRole: changing(
      AuthUserGrantRoleRequest,
      (userGrantRole) => ({ userGrantRole }),
      AuthUserGrantRoleResponse,
    ),
    UserRevokeRole: changing(
      AuthUserRevokeRoleRequest,
      (userRevokeRole) => ({ userRevokeRole }),
      AuthUserRevokeRoleResponse,
    ),
    RoleAdd: changing(AuthRoleAddRequest, (roleAdd) => ({ roleAdd }), AuthRoleAddResponse),
    RoleGet: reading(rootOrHolder, roleGet),
    RoleList: reading(rootOnly, roleList),
    RoleDelete: changing(
      AuthRoleDeleteRequest,
      (roleDelete) => ({ roleDelete }),
      AuthRoleDeleteResponse,
    ),
    RoleGrantPermission: changing(
      AuthRoleGrantPermissionRequest,
      (roleGrantPermission) => ({ roleGrantPermission }),
      AuthRoleGrantPermissionResponse,
    ),
    RoleRevokePermission: changing(
      AuthRoleRevokePermissionRequest,
      (roleRevokePermission) => ({ roleRevokePermission }),
      AuthRoleRevokePermissionResponse,
    ),
  };
  const unary = Object.fromEntries(
    Object.entries(methods).map(([name, handler]) => [`/etcdserverpb.Auth/${name}`, handler]),
  );
  return { unary, streams: {} };
}
