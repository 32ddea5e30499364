/**
 * Knows service account tokens.
 *
 * 1. The signature is checked before any claim but the issuer is believed, with the key that the token
 *    names, or with each key when it names none.
 * 2. A token is good for as long as its service account and the object that it is bound to are there
 *    with the same uid: deleting them revokes it.
 */
import { notFoundError, parseTime, type KubernetesObject } from '@drydock/api';
import type { Clock } from '@drydock/ports';
import {
  leewaySeconds,
  readClaims,
  untimely,
  type ObjectClaim,
  type TokenClaims,
} from './claims.ts';
import { isSignedBy, readToken, type UnverifiedToken } from './jwt.ts';
import type { TokenKey } from './keys.ts';
import { intersect, type TokenAuthenticator } from './token-authenticator.ts';
import {
  credentialIdKey,
  serviceAccountGroups,
  serviceAccountUser,
  type Subject,
} from '../authz/subject.ts';

/** As fresh as the watch cache; what is missing there is looked for in the store. */
export type ObjectLookUp = (
  resource: 'nodes' | 'pods' | 'secrets' | 'serviceaccounts',
  namespace: string,
  name: string,
) => Promise<KubernetesObject | undefined>;

export interface ServiceAccountTokensOptions {
  /** The first one issues; tokens of the others stay good. */
  readonly issuers: readonly string[];
  readonly keys: readonly TokenKey[];
  readonly apiAudiences: readonly string[];
}

export interface ServiceAccountTokensPowers {
  readonly lookUp: ObjectLookUp;
  readonly clock: Clock;
}

export function createServiceAccountTokens(
  { issuers, keys, apiAudiences }: ServiceAccountTokensOptions,
  powers: ServiceAccountTokensPowers,
): TokenAuthenticator {
  return async (text, audiences = apiAudiences) => {
    const token = readToken(text);
    if (token === undefined) return undefined;
    const claims = readClaims(token.claims);
    if (!issuers.includes(claims.issuer)) return undefined;
    const why =
      unsigned(token, keys) ??
      untimely(claims, powers.clock.wallTime() / 1_000) ??
      misaddressed(claims, audiences) ??
      (await revoked(claims, powers));
    if (why !== undefined) return { kind: 'refused', why };
    const shared = intersect(claims.audiences, audiences);
    return { kind: 'authenticated', user: userOf(claims), audiences: shared };
  };
}

function unsigned(token: UnverifiedToken, keys: readonly TokenKey[]): string | undefined {
  const { keyId } = token;
  const named = typeof keyId === 'string' && keyId !== '';
  const candidates = named ? keys.filter(({ id }) => id === keyId) : keys;
  if (candidates.length === 0) return 'invalid signature, no keys found';
  if (candidates.some((key) => isSignedBy(token, key))) return undefined;
  return 'go-jose/go-jose: error in cryptographic primitive';
}

const quoted = (list: readonly string[]) => `[${list.map((one) => JSON.stringify(one)).join(' ')}]`;

function misaddressed(claims: TokenClaims, audiences: readonly string[]): string | undefined {
  if (intersect(claims.audiences, audiences).length > 0) return undefined;
  return `token audiences ${quoted(claims.audiences)} is invalid for the target audiences ${quoted(audiences)}`;
}

const invalidated = 'service account token has been invalidated';

async function revoked(
  claims: TokenClaims,
  { lookUp, clock }: ServiceAccountTokensPowers,
): Promise<string | undefined> {
  const { namespace, serviceAccount, secret, pod, node } = claims;
  const isGone = ({ metadata: { deletionTimestamp: time } }: KubernetesObject) =>
    time !== undefined && parseTime(time) < clock.wallTime() - leewaySeconds * 1_000;
  const { name } = serviceAccount;
  const account = await lookUp('serviceaccounts', namespace, name);
  if (account === undefined) {
    return notFoundError({ group: '', resource: 'serviceaccounts' }, name).message;
  }
  const { uid = '' } = account.metadata;
  if (uid !== serviceAccount.uid) {
    return `service account UID (${uid}) does not match claim (${serviceAccount.uid})`;
  }
  if (isGone(account)) return `service account ${namespace}/${name} has been deleted`;
  const unbound = async (
    kind: 'node' | 'pod' | 'secret',
    claim: ObjectClaim | undefined,
  ): Promise<string | undefined> => {
    if (claim === undefined) return undefined;
    const object = await lookUp(`${kind}s`, kind === 'node' ? '' : namespace, claim.name);
    if (object === undefined) return invalidated;
    const actual = object.metadata.uid ?? '';
    if (actual !== claim.uid) {
      return `${kind} UID (${actual}) does not match service account ${kind} ref claim (${claim.uid})`;
    }
    return isGone(object) ? invalidated : undefined;
  };
  return (
    (await unbound('secret', secret)) ??
    (await unbound('pod', pod)) ??
    // The node of a bound pod is told, not checked: the pod goes with it.
    (pod === undefined ? unbound('node', node) : undefined)
  );
}

const extraPrefix = 'authentication.kubernetes.io/';

function userOf({ namespace, serviceAccount, pod, node, id }: TokenClaims): Subject {
  const told = (key: string, value: string | undefined) =>
    value === undefined || value === '' ? [] : [[extraPrefix + key, [value]] as const];
  return {
    user: serviceAccountUser({ namespace, name: serviceAccount.name }),
    uid: serviceAccount.uid,
    groups: serviceAccountGroups(namespace),
    extra: Object.fromEntries([
      ...(id === '' ? [] : [[credentialIdKey, [`JTI=${id}`]] as const]),
      ...told('node-name', node?.name),
      ...told('node-uid', node?.uid),
      ...told('pod-name', pod?.name),
      ...told('pod-uid', pod?.uid),
    ]),
  };
}
