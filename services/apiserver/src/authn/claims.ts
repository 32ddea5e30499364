/** The claims of a bound service account token, as upstream writes them. Pure. */
import type { KubernetesObject } from '@drydock/api';
import { serviceAccountUser } from '../authz/subject.ts';

export interface ObjectClaim {
  readonly name: string;
  readonly uid: string;
}

export interface TokenClaims {
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** Seconds since the Unix epoch, as all times here; undefined when the token has none. */
  readonly expiresAt: number | undefined;
  readonly issuedAt: number | undefined;
  readonly notBefore: number | undefined;
  /** Empty when the token has none. */
  readonly id: string;
  readonly namespace: string;
  readonly serviceAccount: ObjectClaim;
  readonly pod: ObjectClaim | undefined;
  readonly node: ObjectClaim | undefined;
  readonly secret: ObjectClaim | undefined;
  /** From then on a client that still shows the token should have had a newer one. */
  readonly warnAfter: number | undefined;
}

export interface ClaimsInput {
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** Seconds since the Unix epoch. */
  readonly now: number;
  readonly lifetimeSeconds: number;
  readonly warnAfterSeconds: number | undefined;
  readonly id: string;
  readonly serviceAccount: KubernetesObject;
  readonly pod: KubernetesObject | undefined;
  /** Without a uid: the node that a pod names, but that is not there. */
  readonly node: { readonly name: string; readonly uid?: string | undefined } | undefined;
  readonly secret: KubernetesObject | undefined;
}

const claimOf = ({ name, uid }: { readonly name: string; readonly uid?: string | undefined }) =>
  uid === undefined ? { name } : { name, uid };

/** The payload, its keys in upstream's order. */
export function writeClaims(input: ClaimsInput): Record<string, unknown> {
  const { serviceAccount, pod, node, secret, now, warnAfterSeconds } = input;
  const { namespace = '', name } = serviceAccount.metadata;
  return {
    aud: input.audiences,
    exp: now + input.lifetimeSeconds,
    iat: now,
    iss: input.issuer,
    jti: input.id,
    'kubernetes.io': {
      namespace,
      ...(node === undefined ? {} : { node: claimOf(node) }),
      ...(pod === undefined ? {} : { pod: claimOf(pod.metadata) }),
      ...(secret === undefined ? {} : { secret: claimOf(secret.metadata) }),
      serviceaccount: claimOf(serviceAccount.metadata),
      ...(warnAfterSeconds === undefined ? {} : { warnafter: now + warnAfterSeconds }),
    },
    nbf: now,
    sub: serviceAccountUser({ namespace, name }),
  };
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
const timeOf = (value: unknown) => (typeof value === 'number' ? value : undefined);
const recordOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;

/** Whoever has the key may have signed anything: what has another type counts as absent. */
export function readClaims(claims: Readonly<Record<string, unknown>>): TokenClaims {
  const own = recordOf(claims['kubernetes.io']) ?? {};
  const object = (key: string): ObjectClaim | undefined => {
    const claim = recordOf(own[key]);
    return claim && { name: textOf(claim['name']), uid: textOf(claim['uid']) };
  };
  const { aud } = claims;
  return {
    issuer: textOf(claims['iss']),
    audiences: (Array.isArray(aud) ? aud : [aud]).filter((one) => typeof one === 'string'),
    expiresAt: timeOf(claims['exp']),
    issuedAt: timeOf(claims['iat']),
    notBefore: timeOf(claims['nbf']),
    id: textOf(claims['jti']),
    namespace: textOf(own['namespace']),
    serviceAccount: object('serviceaccount') ?? { name: '', uid: '' },
    pod: object('pod'),
    node: object('node'),
    secret: object('secret'),
    warnAfter: timeOf(own['warnafter']),
  };
}

/** Clocks of machines differ by less than this. */
export const leewaySeconds = 60;

/** Why the token is not good at this time; undefined: it is. */
export function untimely(claims: TokenClaims, now: number): string | undefined {
  const { notBefore, expiresAt, issuedAt } = claims;
  if (notBefore !== undefined && now + leewaySeconds < notBefore) {
    return 'service account token is not valid yet';
  }
  if (expiresAt !== undefined && now - leewaySeconds > expiresAt) {
    return 'service account token has expired';
  }
  if (issuedAt !== undefined && now + leewaySeconds < issuedAt) {
    return 'service account token claims could not be validated due to unexpected validation error';
  }
  return undefined;
}
