/**
 * Which files a volume holds: those of ConfigMaps and Secrets, fields of the pod, tokens of its service
 * account. Pure.
 */
import { normalize } from 'node:path';
import type { KeyToPath, Pod, ServiceAccountTokenProjection, Volume } from '@drydock/api';
import {
  containerResource,
  podField,
  type EnvironmentInput,
} from '../pod-lifecycle/environment.ts';
import { allContainersOf } from '../pod-lifecycle/pod-facts.ts';
import type { ClaimedVolume } from './claims.ts';

/** A volume cannot be set up; `message` is that of upstream's FailedMount. */
export class VolumeError extends Error {
  override readonly name = 'VolumeError';
  readonly code = 'VOLUME';

  constructor(volume: string, why: string, message?: string) {
    super(message ?? `MountVolume.SetUp failed for volume "${volume}" : ${why}`);
  }

  /** At another step of upstream's than the setting up. */
  static of(step: string, volume: string, why: string): VolumeError {
    return new VolumeError(
      volume,
      why,
      `MountVolume.${step} failed for volume "${volume}" : ${why}`,
    );
  }

  /** What it needs of the API is not there. */
  static unprocessed(volume: string, why: string): VolumeError {
    const message = `Unable to attach or mount volumes: unmounted volumes=[${volume}], unattached volumes=[], failed to process volumes=[${volume}]: ${why}`;
    return new VolumeError(volume, why, message);
  }
}

/** The data of a ConfigMap or Secret of the pod's namespace, as bytes. */
export type BytesLookUp = (
  kind: 'configmap' | 'secret',
  name: string,
) => Readonly<Record<string, Uint8Array>> | undefined;

/** A token as it was fetched, or why it could not be. */
export type TokenLookUp = (source: ServiceAccountTokenProjection) => string | Error;

export interface VolumeContext extends Pick<
  EnvironmentInput,
  'podIP' | 'nodeAddress' | 'allocatable'
> {
  readonly pod: Pod;
  readonly lookUp: BytesLookUp;
  readonly tokenFor: TokenLookUp;
  /** What its claims stand for, by the names of its volumes; those that are mounted are not asked for. */
  readonly claims?: ReadonlyMap<string, ClaimedVolume>;
}

export interface VolumeFile {
  readonly bytes: Uint8Array;
  readonly mode: number;
  /** Of its owner; undefined: the agent's. */
  readonly uid?: number | undefined;
}

/** By their paths, which are relative and lead nowhere else. */
export type Files = ReadonlyMap<string, VolumeFile>;

const modeDefault = 0o644;
/** Of a token that a user or group of the pod's own can be given to: nobody else reads it. */
const tokenModeNarrow = 0o600;

/** The group that the pod's volumes belong to. */
export const fsGroupOf = ({ spec }: Pod): number | undefined => spec.securityContext?.fsGroup;

/** The user that all containers run as, if their specs say so. */
function soleUser(pod: Pod): number | undefined {
  const users = allContainersOf(pod).map(
    ({ securityContext }) => securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser,
  );
  return users.every((user) => user === users[0]) ? users[0] : undefined;
}

export const holdsFiles = ({ configMap, secret, downwardAPI, projected }: Volume): boolean =>
  (configMap ?? secret ?? downwardAPI ?? projected) !== undefined;

/** Undefined for kinds of volumes that hold no files of the node's making. @throws VolumeError */
export function filesOf(context: VolumeContext, volume: Volume): Files | undefined {
  const { configMap, secret, downwardAPI, projected } = volume;
  const part = partsOf(context, volume.name);
  const mode = (configMap ?? secret ?? downwardAPI ?? projected)?.defaultMode ?? modeDefault;
  if (configMap !== undefined)
    return part.data('configmap', configMap.name, { ...configMap, mode });
  if (secret !== undefined) return part.data('secret', secret.secretName, { ...secret, mode });
  if (downwardAPI !== undefined) return part.fields(downwardAPI.items, mode);
  if (projected === undefined) return undefined;
  // Of two sources with one path the later one counts.
  return new Map(
    (projected.sources ?? []).flatMap((source) => {
      if (source.configMap !== undefined) {
        return [...part.data('configmap', source.configMap.name, { ...source.configMap, mode })];
      }
      if (source.secret !== undefined) {
        return [...part.data('secret', source.secret.name, { ...source.secret, mode })];
      }
      if (source.downwardAPI !== undefined) return [...part.fields(source.downwardAPI.items, mode)];
      if (source.serviceAccountToken !== undefined) {
        return [...part.token(source.serviceAccountToken, mode)];
      }
      return [];
    }),
  );
}

const keyWords = { configmap: 'config', secret: 'secret' } as const;

const encode = (text: string) => new TextEncoder().encode(text);

interface DataAsk {
  readonly items?: readonly KeyToPath[] | undefined;
  readonly optional?: boolean | undefined;
  readonly mode: number;
}

function partsOf(context: VolumeContext, volume: string) {
  const fail = (why: string): never => {
    throw new VolumeError(volume, why);
  };
  const { pod, lookUp, tokenFor } = context;
  /** Names that begin so are the writer's own. */
  const confine = (path: string): string => {
    const inside = normalize(`/${path}`).slice(1);
    return inside.startsWith('..') ? fail(`path must not start with '..': "${inside}"`) : inside;
  };
  return {
    data: (
      kind: 'configmap' | 'secret',
      name: string | undefined,
      { items, optional, mode }: DataAsk,
    ): Files => {
      const found = lookUp(kind, name ?? '');
      if (found === undefined) {
        return optional === true ? new Map() : fail(`${kind} "${name ?? ''}" not found`);
      }
      const chosen = items ?? Object.keys(found).map((key): KeyToPath => ({ key, path: key }));
      return new Map(
        chosen.flatMap(({ key, path, mode: own }) => {
          const bytes = found[key];
          if (bytes !== undefined) return [[confine(path), { bytes, mode: own ?? mode }] as const];
          return optional === true
            ? []
            : fail(`references non-existent ${keyWords[kind]} key: ${key}`);
        }),
      );
    },
    fields: (items: NonNullable<Volume['downwardAPI']>['items'], mode: number): Files =>
      new Map(
        (items ?? []).map((item) => {
          const text =
            item.fieldRef === undefined
              ? containerResource(
                  { ...context, container: pod.spec.containers[0]! },
                  item.resourceFieldRef ?? { resource: '' },
                )
              : podField(context, item.fieldRef.fieldPath);
          return [confine(item.path), { bytes: encode(text), mode: item.mode ?? mode }];
        }),
      ),
    token: (source: ServiceAccountTokenProjection, mode: number): Files => {
      const token = tokenFor(source);
      if (typeof token !== 'string') return fail(token.message);
      const uid = soleUser(pod);
      const isNarrow = uid !== undefined || fsGroupOf(pod) !== undefined;
      const file = { bytes: encode(token), mode: isNarrow ? tokenModeNarrow : mode, uid };
      return new Map([[confine(source.path), file]]);
    },
  };
}
