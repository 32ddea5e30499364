/**
 * Passwords at the door: hashed for users that are made, compared for users who want a token.
 *
 * 1. Both is done by the member that is asked, before anything is proposed: neither the log nor another
 *    member ever sees a password.
 * 2. A token is handed out only when no change of auth came between the look at the password and the
 *    entry that makes the token.
 */
import { AuthCommand, AuthenticateRequest, AuthenticateResponse } from '@drydock/proto/etcd';
import { authFailures } from '../../auth/failures.ts';
import type { Failure } from '../../mvcc/failure.ts';
import { headerOf, linearize, propose, type MemberCore } from '../core.ts';
import type { CallInfo, UnaryHandler } from '../grpc.ts';
import type { Passwords } from './passwords.ts';
import { refuseNonRoot } from './permitted.ts';

/** How often a password is looked at again because auth has changed meanwhile. */
const attemptsMax = 10;

/** The hash of a new password, for those who may set one: strangers must not make us work. */
export async function hashFor(
  core: MemberCore,
  passwords: Passwords,
  { call, password }: { call: CallInfo; password: string },
): Promise<Buffer | Failure> {
  if (core.state.auth.enabled) {
    const refusal = (await linearize(core)) ?? refuseNonRoot(core, call);
    if (refusal !== undefined) return refusal;
  }
  return passwords.hash(password);
}

export function createAuthenticate(core: MemberCore, passwords: Passwords): UnaryHandler {
  const { auth } = core.state;

  /** Why this is not the user's password; undefined when it is. */
  const refusePassword = async (name: string, password: string): Promise<Failure | undefined> => {
    if (!auth.enabled) return authFailures.notEnabled;
    const user = auth.user(name);
    if (user === undefined) return authFailures.authFailed;
    if (user.options?.noPassword === true) return authFailures.noPasswordUser;
    const fits = await passwords.fits(password, user.passwordHash);
    if (typeof fits !== 'boolean') return fits;
    return fits ? undefined : authFailures.authFailed;
  };

  return async (bytes) => {
    const { name, password } = AuthenticateRequest.decode(bytes);
    const stale = await linearize(core);
    if (stale !== undefined) return stale;
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const { revision } = auth;
      const refusal = await refusePassword(name, password);
      if (refusal !== undefined) {
        if (refusal !== authFailures.notEnabled) {
          core.log.warn({ user: name, reason: refusal.message }, 'refused an authentication');
        }
        return refusal;
      }
      const simpleToken = core.auth.newTokenPrefix();
      const command = AuthCommand.from({ authenticate: { name, simpleToken } });
      const result = await propose(core, 'auth', command);
      if (result.kind === 'failure') return result;
      if (result.kind !== 'authenticated') throw new Error('an authentication ends with a token');
      if (result.revision !== revision) continue;
      const token = core.auth.tokenOf(result);
      if (typeof token !== 'string') return token;
      return AuthenticateResponse.encode({ header: headerOf(core), token });
    }
    return authFailures.oldRevision;
  };
}
