/**
 * The tokens in pods' volumes: asked for at the API server, kept while they are fresh, and renewed.
 *
 * 1. A token is of one pod: it is bound to it, and forgotten with it.
 * 2. One that cannot be renewed stays until it expires.
 * 3. Tokens appear in no log and no error.
 */
import { parseTime, type Pod, type ServiceAccountTokenProjection } from '@drydock/api';
import type { ApiClient } from '@drydock/client';
import type { Clock, Logger } from '@drydock/ports';
import type { TokenLookUp } from '../volumes/files.ts';
import { isExpired, isStale, type HeldToken } from '../volumes/token-age.ts';

export interface PodTokens {
  /** Those of all volumes of the pod, fresh. Rejects with the signal's reason alone. */
  fetch(pod: Pod, signal: AbortSignal): Promise<TokenLookUp>;
  forget(uid: string): void;
}

const secondsDefault = 3_600;

const keyOf = ({ audience = '', expirationSeconds = secondsDefault }: Source) =>
  `${expirationSeconds} ${audience}`;
type Source = Pick<ServiceAccountTokenProjection, 'audience' | 'expirationSeconds'>;

export function createPodTokens({
  api,
  clock,
  log,
}: {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly log: Logger;
}): PodTokens {
  const held = new Map<string, Map<string, HeldToken>>();

  const ask = async (pod: Pod, source: Source, signal: AbortSignal): Promise<HeldToken> => {
    const { audience = '', expirationSeconds = secondsDefault } = source;
    const { name, namespace, uid = '' } = pod.metadata;
    const { spec, status } = await api.requestToken(
      { namespace, name: pod.spec.serviceAccountName ?? 'default' },
      {
        audiences: audience === '' ? [] : [audience],
        expirationSeconds,
        boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name, uid },
      },
      { signal },
    );
    return {
      token: status.token,
      expiresAt: parseTime(status.expirationTimestamp),
      lifetimeSeconds: spec.expirationSeconds ?? expirationSeconds,
    };
  };

  /** The newest that can be had. */
  const renew = async (
    pod: Pod,
    source: Source,
    old: HeldToken | undefined,
    signal: AbortSignal,
  ): Promise<HeldToken | Error> => {
    const wallTime = clock.wallTime();
    if (old !== undefined && !isStale(old, wallTime)) return old;
    try {
      return await ask(pod, source, signal);
    } catch (error) {
      signal.throwIfAborted();
      const { message } = error as Error;
      if (old === undefined) return new Error(`failed to fetch token: ${message}`);
      if (isExpired(old, wallTime)) {
        return new Error(`token expired and refresh failed: ${message}`);
      }
      const { name, namespace } = pod.metadata;
      log.warn({ err: error, pod: `${namespace ?? ''}/${name}` }, 'cannot renew a token yet');
      return old;
    }
  };

  return {
    fetch: async (pod, signal) => {
      const { uid = '' } = pod.metadata;
      const known = held.get(uid) ?? new Map<string, HeldToken>();
      const found = new Map<string, HeldToken | Error>();
      await Promise.all(
        sourcesOf(pod).map(async (source) => {
          const key = keyOf(source);
          const token = await renew(pod, source, known.get(key), signal);
          found.set(key, token);
          if (!(token instanceof Error)) known.set(key, token);
        }),
      );
      if (known.size > 0) held.set(uid, known);
      return (source) => {
        const token = found.get(keyOf(source));
        if (token === undefined) return new Error('the token was not fetched');
        return token instanceof Error ? token : token.token;
      };
    },
    forget: (uid) => void held.delete(uid),
  };
}

/** Each audience and lifetime once. */
function sourcesOf(pod: Pod): Source[] {
  const sources = (pod.spec.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
  const tokens = sources.flatMap(({ serviceAccountToken }) => serviceAccountToken ?? []);
  return [...new Map(tokens.map((source) => [keyOf(source), source])).values()];
}
