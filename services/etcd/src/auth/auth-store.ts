/**
 * Users, roles and what they permit: the replicated state of auth, and the decisions on it.
 *
 * 1. It changes by applied commands only, each of which moves the revision by one. (Switching auth on
 *    and granting what is granted already do not; nor does a refused command.)
 * 2. While auth is on there is a user `root` with the role `root`, who may do everything.
 * 3. A check made at an older revision than the store's is void: `oldRevision`.
 * 4. A user's permissions are those of all his roles together, also where only two of them cover a
 *    range. They are worked out when first asked for, and forgotten with every change.
 */
import type { Failure } from '../mvcc/failure.ts';
import { authFailures } from './failures.ts';
import { keyInterval, KeyRanges } from './key-ranges.ts';
import { compareNames } from './names.ts';
import {
  PermissionType,
  rootName,
  type AuthInfo,
  type ByteString,
  type Permission,
  type Role,
  type User,
} from './types.ts';

/** What a change touched, to be written down: users and roles by name, gone or not. */
export interface AuthChanged {
  readonly kind: 'changed';
  readonly users: readonly string[];
  readonly roles: readonly string[];
}

export type AuthOutcome = AuthChanged | Failure;

const nothingChanged: AuthChanged = { kind: 'changed', users: [], roles: [] };

interface UserRanges {
  readonly read: KeyRanges;
  readonly write: KeyRanges;
}

export class AuthStore {
  readonly #users = new Map<string, User>();
  readonly #roles = new Map<string, Role>();
  readonly #ranges = new Map<string, UserRanges>();
  #revision = 1;
  #isEnabled = false;

  get enabled(): boolean {
    return this.#isEnabled;
  }

  /** 1 where nothing was ever changed. */
  get revision(): number {
    return this.#revision;
  }

  user(name: string): User | undefined {
    return this.#users.get(name);
  }

  role(name: string): Role | undefined {
    return this.#roles.get(name);
  }

  /** In the order of their names. */
  userNames(): string[] {
    return [...this.#users.keys()].sort(compareNames);
  }

  roleNames(): string[] {
    return [...this.#roles.keys()].sort(compareNames);
  }

  /** Replaces everything by what was stored. */
  load(stored: {
    users: Iterable<User>;
    roles: Iterable<Role>;
    enabled: boolean;
    revision: number;
  }): void {
    this.#users.clear();
    this.#roles.clear();
    this.#ranges.clear();
    for (const user of stored.users) this.#users.set(user.name, user);
    for (const role of stored.roles) this.#roles.set(role.name, role);
    this.#isEnabled = stored.enabled;
    this.#revision = stored.revision;
  }

  enable(): AuthOutcome {
    if (this.#isEnabled) return nothingChanged;
    const root = this.#users.get(rootName);
    if (root === undefined) return authFailures.rootUserNotExist;
    if (!hasRootRole(root)) return authFailures.rootRoleNotExist;
    this.#isEnabled = true;
    return nothingChanged;
  }

  disable(): AuthOutcome {
    if (!this.#isEnabled) return nothingChanged;
    this.#isEnabled = false;
    return this.#changed({});
  }

  /** `options.passwordHash` is undefined when what was given is no hash. */
  addUser(
    name: string,
    options: { passwordHash: Uint8Array | undefined; noPassword: boolean },
  ): AuthOutcome {
    if (name === '') return authFailures.userEmpty;
    if (this.#users.has(name)) return authFailures.userAlreadyExists;
    const { noPassword } = options;
    const passwordHash = noPassword ? new Uint8Array(0) : options.passwordHash;
    if (passwordHash === undefined) return authFailures.noPasswordUser;
    return this.#putUser({ name, passwordHash, roles: [], options: { noPassword } });
  }

  deleteUser(name: string): AuthOutcome {
    if (this.#isEnabled && name === rootName) return authFailures.invalidManagement;
    if (!this.#users.delete(name)) return authFailures.userNotFound;
    return this.#changed({ users: [name] });
  }

  changePassword(name: string, passwordHash: Uint8Array | undefined): AuthOutcome {
    const user = this.#users.get(name);
    if (user === undefined) return authFailures.userNotFound;
    const hash = user.options?.noPassword === true ? new Uint8Array(0) : passwordHash;
    if (hash === undefined) return authFailures.noPasswordUser;
    return this.#putUser({ ...user, passwordHash: hash });
  }

  grantRole(userName: string, roleName: string): AuthOutcome {
    const user = this.#users.get(userName);
    if (user === undefined) return authFailures.userNotFound;
    // The root role is one by its name alone: it needs no permissions.
    if (roleName !== rootName && !this.#roles.has(roleName)) return authFailures.roleNotFound;
    if (user.roles.includes(roleName)) return nothingChanged;
    return this.#putUser({ ...user, roles: [...user.roles, roleName].sort(compareNames) });
  }

  revokeRole(userName: string, roleName: string): AuthOutcome {
    if (this.#isEnabled && userName === rootName && roleName === rootName) {
      return authFailures.invalidManagement;
    }
    const user = this.#users.get(userName);
    if (user === undefined) return authFailures.userNotFound;
    if (!user.roles.includes(roleName)) return authFailures.roleNotGranted;
    return this.#putUser(withoutRole(user, roleName));
  }

  addRole(name: string): AuthOutcome {
    if (name === '') return authFailures.roleEmpty;
    if (this.#roles.has(name)) return authFailures.roleAlreadyExists;
    return this.#putRole({ name, permissions: [] });
  }

  deleteRole(name: string): AuthOutcome {
    if (this.#isEnabled && name === rootName) return authFailures.invalidManagement;
    if (!this.#roles.delete(name)) return authFailures.roleNotFound;
    const users: string[] = [];
    for (const user of this.#users.values()) {
      if (!user.roles.includes(name)) continue;
      this.#users.set(user.name, withoutRole(user, name));
      users.push(user.name);
    }
    return this.#changed({ users, roles: [name] });
  }

  /** A permission for the same key and range is replaced. */
  grantPermission(roleName: string, permission: Permission | undefined): AuthOutcome {
    if (permission === undefined) return authFailures.permissionNotGiven;
    if (!isValidRange(permission)) return authFailures.invalidManagement;
    const role = this.#roles.get(roleName);
    if (role === undefined) return authFailures.roleNotFound;
    const permissions = [...role.permissions];
    // As the original searches: only the first of several ranges from one key is ever replaced.
    const at = permissions.findIndex((one) => one.key >= permission.key);
    const found = permissions[at];
    if (found?.key === permission.key && found.rangeEnd === permission.rangeEnd) {
      permissions[at] = permission;
    } else {
      permissions.push(permission);
      permissions.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    }
    return this.#putRole({ name: roleName, permissions });
  }

  revokePermission(
    roleName: string,
    range: { key: ByteString; rangeEnd: ByteString },
  ): AuthOutcome {
    const role = this.#roles.get(roleName);
    if (role === undefined) return authFailures.roleNotFound;
    const permissions = role.permissions.filter(
      (one) => one.key !== range.key || one.rangeEnd !== range.rangeEnd,
    );
    if (permissions.length === role.permissions.length) return authFailures.permissionNotGranted;
    return this.#putRole({ name: roleName, permissions });
  }

  /** Why this user may not read the range; undefined when he may. */
  refuseRead(info: AuthInfo, key: ByteString, rangeEnd: ByteString): Failure | undefined {
    return this.#refuse(info, 'read', key, rangeEnd);
  }

  refuseWrite(info: AuthInfo, key: ByteString, rangeEnd: ByteString): Failure | undefined {
    return this.#refuse(info, 'write', key, rangeEnd);
  }

  /** Why this user is none of those who may manage the cluster; undefined when he is. */
  refuseRoot(info: AuthInfo | undefined): Failure | undefined {
    if (!this.#isEnabled) return undefined;
    if (info === undefined || info.user === '') return authFailures.userEmpty;
    const user = this.#users.get(info.user);
    if (user === undefined) return authFailures.userNotFound;
    return hasRootRole(user) ? undefined : authFailures.permissionDenied;
  }

  #refuse(
    info: AuthInfo,
    action: 'read' | 'write',
    key: ByteString,
    rangeEnd: ByteString,
  ): Failure | undefined {
    if (!this.#isEnabled) return undefined;
    if (info.revision === 0) return authFailures.userEmpty;
    if (info.revision < this.#revision) return authFailures.oldRevision;
    const user = this.#users.get(info.user);
    if (user === undefined) return authFailures.permissionDenied;
    if (hasRootRole(user)) return undefined;
    const ranges = this.#rangesOf(user)[action];
    return ranges.covers(keyInterval(key, rangeEnd)) ? undefined : authFailures.permissionDenied;
  }

  #rangesOf(user: User): UserRanges {
    const known = this.#ranges.get(user.name);
    if (known !== undefined) return known;
    const permissions = user.roles.flatMap((name) => this.#roles.get(name)?.permissions ?? []);
    const rangesFor = (type: number) =>
      new KeyRanges(
        permissions
          .filter((one) => one.type === type || one.type === PermissionType.readwrite)
          .map((one) => keyInterval(one.key, one.rangeEnd)),
      );
    const ranges = { read: rangesFor(PermissionType.read), write: rangesFor(PermissionType.write) };
    this.#ranges.set(user.name, ranges);
    return ranges;
  }

  #putUser(user: User): AuthChanged {
    this.#users.set(user.name, user);
    return this.#changed({ users: [user.name] });
  }

  #putRole(role: Role): AuthChanged {
    this.#roles.set(role.name, role);
    return this.#changed({ roles: [role.name] });
  }

  #changed(touched: { users?: readonly string[]; roles?: readonly string[] }): AuthChanged {
    this.#revision++;
    this.#ranges.clear();
    return { kind: 'changed', users: touched.users ?? [], roles: touched.roles ?? [] };
  }
}

const hasRootRole = (user: User): boolean => user.roles.includes(rootName);

const withoutRole = (user: User, roleName: string): User => ({
  ...user,
  roles: user.roles.filter((one) => one !== roleName),
});

/** A range that ends where it begins, or before, would permit nothing. */
function isValidRange({ key, rangeEnd }: Permission): boolean {
  if (key === '') return false;
  return rangeEnd === '' || rangeEnd === '\0' || key < rangeEnd;
}
