/**
 * How auth rests in the backend: `auth/enabled`, `auth/revision`, `auth/user/NAME`, `auth/role/NAME`.
 * Users and roles are the bytes that the original keeps in its own database, so that a snapshot can be
 * carried over in both directions.
 */
import {
  Role,
  User,
  type Permission as PermissionMessage,
  type PermissionType,
} from '@drydock/proto/etcd';
import type { AuthChanged, AuthStore } from '../../auth/auth-store.ts';
import type * as auth from '../../auth/types.ts';
import { toByteString, toBytes } from '../../mvcc/version.ts';

const userPrefix = 'auth/user/';
const rolePrefix = 'auth/role/';
const enabledName = 'auth/enabled';
const revisionName = 'auth/revision';

/** Fills the store from all values of a backend. */
export function loadAuth(store: AuthStore, values: ReadonlyMap<string, Uint8Array>): void {
  const users: auth.User[] = [];
  const roles: auth.Role[] = [];
  for (const [name, value] of values) {
    if (name.startsWith(userPrefix)) users.push(decodeUser(value));
    else if (name.startsWith(rolePrefix)) roles.push(decodeRole(value));
  }
  const revision = values.get(revisionName);
  store.load({
    users,
    roles,
    enabled: values.has(enabledName),
    revision: revision === undefined ? 1 : Number(textOf(revision)),
  });
}

/** What a change makes of the values; undefined deletes one. */
export function* changedValues(
  store: AuthStore,
  change: AuthChanged,
): Iterable<[name: string, value: Uint8Array | undefined]> {
  for (const name of change.users) {
    const user = store.user(name);
    yield [userPrefix + name, user === undefined ? undefined : encodeUser(user)];
  }
  for (const name of change.roles) {
    const role = store.role(name);
    yield [rolePrefix + name, role === undefined ? undefined : encodeRole(role)];
  }
  yield [enabledName, store.enabled ? Buffer.from('1') : undefined];
  yield [revisionName, Buffer.from(String(store.revision))];
}

export function permissionOf(message: PermissionMessage): auth.Permission {
  return {
    type: message.permType,
    key: toByteString(message.key),
    rangeEnd: toByteString(message.rangeEnd),
  };
}

export function messageOfPermission(permission: auth.Permission): PermissionMessage {
  return {
    permType: permission.type as PermissionType,
    key: toBytes(permission.key),
    rangeEnd: toBytes(permission.rangeEnd),
  };
}

function decodeUser(bytes: Uint8Array): auth.User {
  const { name, password, roles, options } = User.decode(bytes.slice());
  return { name: textOf(name), passwordHash: password, roles, options };
}

function encodeUser({ name, passwordHash, roles, options }: auth.User): Buffer {
  return User.encode({
    name: Buffer.from(name),
    password: passwordHash,
    roles: [...roles],
    options: options === undefined ? undefined : { ...options },
  });
}

function decodeRole(bytes: Uint8Array): auth.Role {
  const { name, keyPermission } = Role.decode(bytes.slice());
  return { name: textOf(name), permissions: keyPermission.map(permissionOf) };
}

function encodeRole({ name, permissions }: auth.Role): Buffer {
  return Role.encode({
    name: Buffer.from(name),
    keyPermission: permissions.map(messageOfPermission),
  });
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
