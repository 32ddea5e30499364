/** serviceaccounts/token: tokens for a service account, bound to an object if asked. */
import { randomUUID } from 'node:crypto';
import {
  badRequestError,
  conflictError,
  findResource,
  formatTime,
  internalError,
  invalidError,
  reasonOf,
  type BoundObjectReference,
  type FieldError,
  type KubernetesObject,
  type Pod,
  type TokenRequest,
} from '@drydock/api';
import type { Clock } from '@drydock/ports';
import { writeClaims } from '../../authn/claims.ts';
import { signToken } from '../../authn/jwt.ts';
import type { AuthenticationOptions } from '../../authn/options.ts';
import { admitTokenRequest, otherUid } from '../admission/node-tokens.ts';
import type { Registry } from '../registry.ts';
import type { Freshness, Target, WriteOptions } from '../requests.ts';

export type TokenIssuerOptions = Pick<
  AuthenticationOptions,
  'apiAudiences' | 'extendsTokens' | 'issuers' | 'signingKey' | 'tokenSecondsMax'
>;

export interface TokenIssuer {
  /** @throws ApiError */
  issue(target: Target, request: TokenRequest, write: WriteOptions): Promise<TokenRequest>;
}

export const tokenRequestType = {
  apiVersion: 'authentication.k8s.io/v1',
  schema: 'TokenRequest',
} as const;
const requestKind = { group: 'authentication.k8s.io', kind: 'TokenRequest' };

const secondsDefault = 3_600;
const secondsMin = 600;
const secondsMax = 2 ** 32;
/** What the admission of pods asks for: by it such tokens are told from those that somebody chose. */
const injectedSeconds = 3_607;
/** A client that never reads its token anew goes on for a year, and is counted as stale. */
const extendedSeconds = 365 * 24 * 3_600;

/** What a token is bound to. */
interface Bound {
  readonly pod?: KubernetesObject;
  readonly node?: { readonly name: string; readonly uid?: string | undefined };
  readonly secret?: KubernetesObject;
}

export function createTokenIssuer(
  options: TokenIssuerOptions,
  { registry, clock }: { readonly registry: Registry; readonly clock: Clock },
): TokenIssuer {
  const read = async (
    resource: string,
    namespace: string,
    name: string,
    freshness: Freshness = 'consistent',
  ) => {
    const kind = findResource('', resource)!;
    return (await registry.get({ kind, namespace, name }, freshness)).parse();
  };
  const readIfThere = (...place: Parameters<typeof read>) =>
    read(...place).catch((error: unknown) => {
      if (reasonOf(error) !== 'NotFound') throw error;
      return undefined;
    });

  const bindToPod = async (account: Target, name: string): Promise<Bound & { uid: string }> => {
    const pod = (await read('pods', account.namespace, name)) as Pod;
    if (pod.spec.serviceAccountName !== account.name) {
      throw badRequestError(
        `cannot bind token for serviceaccount "${account.name}" to pod running with different serviceaccount name.`,
      );
    }
    const { uid = '' } = pod.metadata;
    const { nodeName = '' } = pod.spec;
    if (nodeName === '') return { pod, uid };
    const node = await readIfThere('nodes', '', nodeName, 'any');
    return { pod, node: node?.metadata ?? { name: nodeName }, uid };
  };
  const bind = async (
    account: Target,
    reference: Partial<BoundObjectReference>,
  ): Promise<Bound> => {
    const { kind = '', name = '', apiVersion = '' } = reference;
    const isCore = !apiVersion.includes('/');
    const bound =
      isCore && kind === 'Pod'
        ? await bindToPod(account, name)
        : isCore && kind === 'Secret'
          ? withUid('secret', await read('secrets', account.namespace, name))
          : isCore && kind === 'Node'
            ? withUid('node', await read('nodes', '', name))
            : undefined;
    if (bound === undefined) {
      throw badRequestError(`cannot bind token to object of type ${goKind(apiVersion, kind)}`);
    }
    const { uid, ...rest } = bound;
    if (reference.uid === undefined || reference.uid === '' || reference.uid === uid) return rest;
    throw conflictError({ group: '', resource: kind }, name, otherUid(reference.uid));
  };

  return {
    issue: async (target, request, write) => {
      const { signingKey, issuers, apiAudiences, tokenSecondsMax, extendsTokens } = options;
      if (signingKey === undefined) {
        throw internalError(
          'this server signs no tokens: it was started without --service-account-signing-key-file',
        );
      }
      const { name, namespace } = target;
      await admitTokenRequest(
        write.user,
        { name, spec: request.spec },
        async (pod) => (await readIfThere('pods', namespace, pod)) as Pod | undefined,
      );
      checkPlace(target, request);
      const serviceAccount = await read('serviceaccounts', namespace, name);
      const asked = request.spec.audiences ?? [];
      const audiences = asked.length === 0 ? [...apiAudiences] : asked;
      let seconds = request.spec.expirationSeconds ?? secondsDefault;
      checkSeconds(seconds);
      const reference = request.spec.boundObjectRef;
      const bound = reference === undefined ? {} : await bind(target, reference);
      if (tokenSecondsMax !== undefined && seconds > tokenSecondsMax) {
        write.warnings.push(
          `requested expiration of ${seconds} seconds shortened to ${tokenSecondsMax} seconds`,
        );
        seconds = tokenSecondsMax;
      }
      const isExtended =
        extendsTokens &&
        bound.pod !== undefined &&
        seconds === injectedSeconds &&
        hasSame(audiences, apiAudiences);
      // Whole seconds: what the status tells is never later than what the token says.
      const now = Math.floor(clock.wallTime() / 1_000);
      const claims = writeClaims({
        issuer: issuers[0]!,
        audiences,
        now,
        lifetimeSeconds: isExtended ? extendedSeconds : seconds,
        warnAfterSeconds: isExtended ? seconds : undefined,
        id: randomUUID(),
        serviceAccount,
        pod: bound.pod,
        node: bound.node,
        secret: bound.secret,
      });
      return {
        kind: 'TokenRequest',
        apiVersion: tokenRequestType.apiVersion,
        metadata: {
          ...request.metadata,
          name,
          namespace,
          creationTimestamp: formatTime(now * 1_000),
        },
        spec: {
          audiences,
          expirationSeconds: seconds,
          ...(reference === undefined ? {} : { boundObjectRef: reference }),
        },
        status: {
          token: signToken(signingKey, claims),
          expirationTimestamp: formatTime((now + seconds) * 1_000),
        },
      };
    },
  };
}

function withUid(key: 'secret' | 'node', object: KubernetesObject): Bound & { uid: string } {
  const { uid = '' } = object.metadata;
  return key === 'secret' ? { secret: object, uid } : { node: object.metadata, uid };
}

/** Group, version and kind as Go prints them. */
function goKind(apiVersion: string, kind: string): string {
  const [group, version, ...more] = apiVersion.includes('/')
    ? apiVersion.split('/')
    : ['', apiVersion];
  return more.length > 0 ? `/, Kind=${kind}` : `${group}/${version}, Kind=${kind}`;
}

const hasSame = (some: readonly string[], others: readonly string[]) =>
  some.every((one) => others.includes(one)) && others.every((one) => some.includes(one));

function checkPlace({ name, namespace }: Target, { metadata }: TokenRequest): void {
  const places = [
    ['name', metadata.name, name],
    ['namespace', metadata.namespace ?? '', namespace],
  ] as const;
  for (const [key, given, wanted] of places) {
    if (given === '' || given === undefined || given === wanted) continue;
    const detail = `must match the service account ${key} if specified`;
    throw invalidError(requestKind, name, [
      { type: 'Invalid', field: `metadata.${key}`, badValue: given, detail },
    ]);
  }
}

function checkSeconds(seconds: number): void {
  const detail =
    seconds < secondsMin
      ? 'may not specify a duration less than 10 minutes'
      : seconds > secondsMax
        ? 'may not specify a duration larger than 2^32 seconds'
        : undefined;
  if (detail === undefined) return;
  const error: FieldError = {
    type: 'Invalid',
    field: 'spec.expirationSeconds',
    badValue: seconds,
    detail,
  };
  throw invalidError(requestKind, '', [error]);
}
