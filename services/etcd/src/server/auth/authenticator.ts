/**
 * Who makes a call: by the token that came with it, or else by the client certificate of its connection.
 *
 * 1. A token wins over a certificate. A call with a bad token is refused; it does not fall back.
 * 2. Certificates count only where --client-cert-auth has them checked, and not for calls that a gateway
 *    forwards: the certificate is then the gateway's, not the user's.
 * 3. Nothing here waits. A token of the future (made by an entry that this member has not applied yet) is
 *    `ahead`: whoever asks waits for the cluster first, then asks again.
 * 4. Tokens are secrets: they are not logged, nor are parts of them.
 */
import { randomInt } from 'node:crypto';
import type { Clock } from '@drydock/ports';
import type { AuthStore } from '../../auth/auth-store.ts';
import { authFailures } from '../../auth/failures.ts';
import { entryOfToken, type SimpleTokens } from '../../auth/simple-tokens.ts';
import type { AuthInfo } from '../../auth/types.ts';
import type { Failure } from '../../mvcc/failure.ts';
import type { CallInfo } from '../grpc.ts';
import type { Authenticated } from './apply-auth.ts';
import { createJwtTokens } from './jwt.ts';
import type { TokenOptions } from './jwt-options.ts';

export interface Authenticator {
  /** Undefined when the call does not say. To be asked only while auth is on. */
  identify(call: CallInfo): AuthInfo | Failure | undefined;
  /** The call's token is newer than what this member knows. */
  isAhead(call: CallInfo): boolean;
  /** The random part of a new token, for the log; empty where tokens are signed. */
  newTokenPrefix(): string;
  /** The token for a user who has shown the right password. */
  tokenOf(authenticated: Authenticated): string | Failure;
}

export interface AuthenticatorOptions {
  readonly store: AuthStore;
  readonly simpleTokens: SimpleTokens;
  readonly appliedIndex: () => number;
  readonly clock: Clock;
  readonly tokens: TokenOptions;
  /** Client certificates are demanded and checked. */
  readonly trustsCertificates: boolean;
}

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { store, clock } = options;
  const scheme =
    options.tokens.kind === 'jwt'
      ? jwtScheme(
          createJwtTokens(options.tokens, () => clock.wallTime()),
          store,
        )
      : simpleScheme(options);
  return {
    ...scheme,
    isAhead: (call) => {
      const token = tokenIn(call);
      return token !== undefined && scheme.isAhead(token);
    },
    identify: (call) => {
      const token = tokenIn(call);
      if (token !== undefined) return scheme.use(token) ?? authFailures.invalidToken;
      const { commonName } = call;
      const isTrusted = options.trustsCertificates && !call.isForwarded;
      if (commonName === undefined || !isTrusted) return undefined;
      return { user: commonName, revision: store.revision };
    },
  };
}

interface TokenScheme extends Pick<Authenticator, 'newTokenPrefix' | 'tokenOf'> {
  use(token: string): AuthInfo | undefined;
  isAhead(token: string): boolean;
}

function simpleScheme({
  store,
  simpleTokens,
  appliedIndex,
  clock,
}: AuthenticatorOptions): TokenScheme {
  return {
    use: (token) => {
      const user = simpleTokens.use(token, clock.now());
      return user === undefined ? undefined : { user, revision: store.revision };
    },
    isAhead: (token) => (entryOfToken(token) ?? 0) > appliedIndex(),
    newTokenPrefix: randomLetters,
    tokenOf: ({ simpleToken }) => simpleToken,
  };
}

function jwtScheme(tokens: ReturnType<typeof createJwtTokens>, store: AuthStore): TokenScheme {
  return {
    use: (token) => tokens.use(token),
    isAhead: (token) => (tokens.use(token)?.revision ?? 0) > store.revision,
    newTokenPrefix: () => '',
    tokenOf: (authenticated) => tokens.assign(authenticated) ?? authFailures.verifyOnly,
  };
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const prefixLength = 16;

function randomLetters(): string {
  let text = '';
  for (let index = 0; index < prefixLength; index++) text += letters[randomInt(letters.length)]!;
  return text;
}

const tokenIn = ({ token, authorization }: CallInfo): string | undefined =>
  (token ?? authorization)?.replace(/^Bearer /, '');
