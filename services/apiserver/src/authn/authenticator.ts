/**
 * Who sends a request: the chain of client certificate, token file and service account tokens.
 *
 * 1. A good certificate wins over a token beside it, as upstream.
 * 2. Nobody is anonymous: what proves nothing is refused with 401.
 * 3. Why it was refused is logged for the administrator and not told to the client, who may be guessing.
 *    Tokens are in neither.
 */
import { unauthorizedError } from '@drydock/api';
import type { Clock, Logger, Millis } from '@drydock/ports';
import { bearerTokenOf, splitSubprotocols } from './bearer.ts';
import {
  createServiceAccountTokens,
  type ObjectLookUp,
  type ServiceAccountTokensOptions,
} from './service-account-tokens.ts';
import type { TokenAuthenticator, TokenOutcome } from './token-authenticator.ts';
import { rememberTokens } from './token-cache.ts';
import { createStaticTokens, type StaticToken } from './token-file.ts';
import { authenticated, type Subject } from '../authz/subject.ts';

export interface AuthenticatorOptions {
  readonly staticTokens: readonly StaticToken[];
  readonly serviceAccounts: ServiceAccountTokensOptions;
}

export interface AuthenticatorPowers {
  readonly lookUp: ObjectLookUp;
  readonly clock: Clock;
  readonly log: Logger;
}

/** As much of a request as proves who sends it. */
export interface Credentials {
  /** Of the client's certificate, when it is one of this cluster. */
  readonly identity: Subject | undefined;
  header(name: string): string | undefined;
}

export interface Authenticator {
  /** Whom tokens are for that name no audience. */
  readonly apiAudiences: readonly string[];
  /** @throws ApiError Unauthorized */
  authenticate(credentials: Credentials): Promise<Subject>;
  /** What a token proves to one of the audiences. */
  review(token: string, audiences: readonly string[]): Promise<TokenOutcome>;
}

/** Upstream's for good tokens; bad ones are looked at anew each time. */
const rememberedMillis: Millis = 10_000;

export function createAuthenticator(
  options: AuthenticatorOptions,
  powers: AuthenticatorPowers,
): Authenticator {
  const { clock, log } = powers;
  const { apiAudiences } = options.serviceAccounts;
  const ask = rememberTokens(
    firstOf([
      createStaticTokens(options.staticTokens, apiAudiences),
      createServiceAccountTokens(options.serviceAccounts, powers),
    ]),
    { lifetimeMillis: rememberedMillis, clock },
  );
  const check = async (token: string, audiences?: readonly string[]): Promise<TokenOutcome> => {
    const outcome = await ask(token, audiences);
    if (outcome === undefined) return { kind: 'refused', why: 'invalid bearer token' };
    if (outcome.kind === 'authenticated') {
      return { ...outcome, user: authenticated(outcome.user) };
    }
    return { kind: 'refused', why: `[invalid bearer token, ${outcome.why}]` };
  };
  const refuse = (why: string) => {
    log.info({ why }, 'unable to authenticate the request');
    return unauthorizedError();
  };

  return {
    apiAudiences,
    authenticate: async (credentials) => {
      if (credentials.identity !== undefined) return authenticated(credentials.identity);
      const offered = tokenOf(credentials);
      if (offered.kind === 'invalid') throw refuse(offered.why);
      if (offered.token === undefined) throw unauthorizedError();
      const outcome = await check(offered.token);
      if (outcome.kind === 'refused') throw refuse(outcome.why);
      return outcome.user;
    },
    review: check,
  };
}

type Offered =
  | { readonly kind: 'valid'; readonly token: string | undefined }
  | { readonly kind: 'invalid'; readonly why: string };

/** The header counts before the subprotocol; only a WebSocket has one. */
function tokenOf(credentials: Credentials): Offered {
  const token = bearerTokenOf(credentials.header('authorization'));
  const isWebSocket = credentials.header('upgrade')?.toLowerCase() === 'websocket';
  if (token !== undefined || !isWebSocket) return { kind: 'valid', token };
  return splitSubprotocols(credentials.header('sec-websocket-protocol'));
}

/** One that knows the token wins; otherwise the reason of one that at least knew its kind. */
function firstOf(authenticators: readonly TokenAuthenticator[]): TokenAuthenticator {
  return async (token, audiences) => {
    let refused: TokenOutcome | undefined;
    for (const ask of authenticators) {
      const outcome = await ask(token, audiences);
      if (outcome?.kind === 'authenticated') return outcome;
      refused ??= outcome;
    }
    return refused;
  };
}
