/** Changes of the auth store, as the log brings them. */
import type { AuthCommand, AuthUserAddRequest } from '@drydock/proto/etcd';
import type { AuthOutcome, AuthStore } from '../../auth/auth-store.ts';
import { authFailures } from '../../auth/failures.ts';
import type { SimpleTokens } from '../../auth/simple-tokens.ts';
import { rootName, type AuthInfo } from '../../auth/types.ts';
import type { Failure } from '../../mvcc/failure.ts';
import { toByteString } from '../../mvcc/version.ts';
import { permissionOf } from './stored-values.ts';

/** A password was accepted, and who may ask for a token is known. */
export interface Authenticated {
  readonly kind: 'authenticated';
  readonly user: string;
  /** Of the auth store when the entry was applied. */
  readonly revision: number;
  /** Empty where tokens are signed. */
  readonly simpleToken: string;
}

export interface AuthPowers {
  readonly store: AuthStore;
  readonly tokens: SimpleTokens;
  /** Cluster milliseconds. */
  readonly now: number;
  /** Of the log entry. */
  readonly index: number;
}

/** Applies one command for whoever asked for it. */
export function applyAuth(
  { store, tokens, now, index }: AuthPowers,
  command: AuthCommand,
  by: AuthInfo,
): AuthOutcome | Authenticated {
  const { authenticate } = command;
  if (authenticate !== undefined) {
    const { name, simpleToken: random } = authenticate;
    const refusal = refuseAuthenticate(store, name);
    if (refusal !== undefined) return refusal;
    const simpleToken = random === '' ? '' : `${random}.${index}`;
    if (simpleToken !== '') tokens.assign(simpleToken, name, now);
    return { kind: 'authenticated', user: name, revision: store.revision, simpleToken };
  }
  const outcome = store.refuseRoot(by) ?? change(store, command);
  if (outcome.kind === 'changed') {
    const left = command.userDelete?.name ?? command.userChangePassword?.name;
    if (left !== undefined) tokens.forgetUser(left);
    if (!store.enabled) tokens.clear();
  }
  return outcome;
}

function refuseAuthenticate(store: AuthStore, name: string): Failure | undefined {
  if (!store.enabled) return authFailures.notEnabled;
  const user = store.user(name);
  const isKnown = user !== undefined && user.options?.noPassword !== true;
  return isKnown ? undefined : authFailures.authFailed;
}

function change(store: AuthStore, command: AuthCommand): AuthOutcome {
  if (command.enable !== undefined) return store.enable();
  if (command.disable !== undefined) return store.disable();
  if (command.userAdd !== undefined) return addUser(store, command.userAdd);
  if (command.userDelete !== undefined) return store.deleteUser(command.userDelete.name);
  if (command.userChangePassword !== undefined) {
    const { name, hashedPassword } = command.userChangePassword;
    return store.changePassword(name, fromBase64(hashedPassword));
  }
  if (command.userGrantRole !== undefined) {
    return store.grantRole(command.userGrantRole.user, command.userGrantRole.role);
  }
  if (command.userRevokeRole !== undefined) {
    return store.revokeRole(command.userRevokeRole.name, command.userRevokeRole.role);
  }
  if (command.roleAdd !== undefined) return store.addRole(command.roleAdd.name);
  if (command.roleDelete !== undefined) return store.deleteRole(command.roleDelete.role);
  if (command.roleGrantPermission !== undefined) {
    const { name, perm } = command.roleGrantPermission;
    return store.grantPermission(name, perm === undefined ? undefined : permissionOf(perm));
  }
  if (command.roleRevokePermission !== undefined) {
    const { role, key, rangeEnd } = command.roleRevokePermission;
    const range = { key: toByteString(key), rangeEnd: toByteString(rangeEnd) };
    return store.revokePermission(role, range);
  }
  throw new Error('the log holds a change of auth that a newer version wrote');
}

function addUser(store: AuthStore, request: AuthUserAddRequest): AuthOutcome {
  return store.addUser(request.name, {
    passwordHash: fromBase64(request.hashedPassword),
    noPassword: request.options?.noPassword ?? false,
  });
}

/** Undefined when it is not base64. */
function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** As whom a member works on its own: its leases end whatever their keys are. */
export const asRoot = (store: AuthStore): AuthInfo => ({
  user: rootName,
  revision: store.revision,
});
