/**
 * A pod's volumes as folders below the node's root folder:
 *
 *     pods/<uid>/volumes/<name>      emptyDir, and the files of configMap, secret, downwardAPI, projected
 *     pods/<uid>/messages/<c>_<n>    the file for the last words of instance n of container c
 *     host/<path>                    hostPath: the disk of the node, which is not that of the engine's host
 *
 * 1. Files are replaced whole: a reader sees the old content or the new.
 * 2. Nothing is written outside of the folder of its volume.
 */
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import type { Container, KeyToPath, Pod, Volume } from '@drydock/api';
import {
  containerResource,
  podField,
  type EnvironmentInput,
} from '../pod-lifecycle/environment.ts';
import type { Mount } from '../runtime/runtime.ts';

/** A volume cannot be set up; `message` is that of upstream's FailedMount. */
export class VolumeError extends Error {
  override readonly name = 'VolumeError';
  readonly code = 'VOLUME';
}

/** The data of a ConfigMap or Secret of the pod's namespace, as bytes. */
export type BytesLookUp = (
  kind: 'configmap' | 'secret',
  name: string,
) => Readonly<Record<string, Uint8Array>> | undefined;

export interface VolumeContext extends Pick<
  EnvironmentInput,
  'podIP' | 'nodeAddress' | 'allocatable'
> {
  readonly pod: Pod;
  readonly lookUp: BytesLookUp;
}

export interface Volumes {
  /** Makes or refreshes all volumes of a pod. @throws VolumeError */
  prepare(context: VolumeContext): Promise<void>;
  /** The mounts of one container instance, its file for last words among them. */
  mounts(
    pod: Pod,
    container: Container,
    attempt: number,
    expandPath: (text: string) => string,
  ): Promise<Mount[]>;
  lastWords(uid: string, container: string, attempt: number): Promise<string | undefined>;
  remove(uid: string): Promise<void>;
  /** Removes the folders of pods that are not among these. */
  keepOnly(uids: ReadonlySet<string>): Promise<void>;
}

const lastWordsBytesMax = 4096;

type Files = Map<string, { readonly bytes: Uint8Array; readonly mode: number }>;

export function createVolumes(rootFolder: string): Volumes {
  const folderOf = (uid: string) => join(rootFolder, 'pods', uid);
  const volumeFolder = (uid: string, name: string) => join(folderOf(uid), 'volumes', name);
  const messageFile = (uid: string, container: string, attempt: number) =>
    join(folderOf(uid), 'messages', `${container}_${attempt}`);
  const hostFolder = (path: string) => join(rootFolder, 'host', normalize(`/${path}`));

  const sourceOf = (pod: Pod, volume: Volume) =>
    volume.hostPath === undefined
      ? volumeFolder(pod.metadata.uid ?? '', volume.name)
      : hostFolder(volume.hostPath.path);

  const prepareOne = async (context: VolumeContext, volume: Volume) => {
    const { uid = '' } = context.pod.metadata;
    if (volume.hostPath !== undefined) {
      await mkdir(hostFolder(volume.hostPath.path), { recursive: true });
      return;
    }
    const folder = volumeFolder(uid, volume.name);
    if (volume.emptyDir !== undefined) {
      if ((await mkdir(folder, { recursive: true })) !== undefined) await chmod(folder, 0o777);
      return;
    }
    const files = filesOf(context, volume);
    if (files === undefined) {
      throw new VolumeError(
        `MountVolume.SetUp failed for volume "${volume.name}" : this node offers emptyDir, hostPath, configMap, secret, downwardAPI and projected volumes only`,
      );
    }
    await mkdir(folder, { recursive: true });
    await writeAll(folder, files);
  };

  return {
    prepare: async (context) => {
      for (const volume of context.pod.spec.volumes ?? []) await prepareOne(context, volume);
    },
    mounts: async (pod, container, attempt, expandPath) => {
      const { uid = '' } = pod.metadata;
      const mounts: Mount[] = [];
      for (const mount of container.volumeMounts ?? []) {
        const volume = pod.spec.volumes?.find((one) => one.name === mount.name);
        if (volume === undefined) continue;
        const part =
          mount.subPathExpr === undefined ? (mount.subPath ?? '') : expandPath(mount.subPathExpr);
        const source = join(sourceOf(pod, volume), normalize(`/${part}`));
        if (volume.emptyDir !== undefined || volume.hostPath !== undefined) {
          await mkdir(source, { recursive: true }).catch(() => undefined);
        }
        mounts.push({ source, target: mount.mountPath, readOnly: mount.readOnly === true });
      }
      const file = messageFile(uid, container.name, attempt);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, '');
      await chmod(file, 0o666);
      const target = container.terminationMessagePath ?? '/dev/termination-log';
      return [...mounts, { source: file, target, readOnly: false }];
    },
    lastWords: async (uid, container, attempt) => {
      const bytes = await readFile(messageFile(uid, container, attempt)).catch(() => undefined);
      return bytes?.subarray(0, lastWordsBytesMax).toString('utf8');
    },
    remove: (uid) => rm(folderOf(uid), { recursive: true, force: true }),
    keepOnly: async (uids) => {
      for (const uid of await readdir(join(rootFolder, 'pods')).catch(() => [])) {
        if (!uids.has(uid)) await rm(folderOf(uid), { recursive: true, force: true });
      }
    },
  };
}

/** Undefined for kinds of volumes that this node does not offer. */
function filesOf(context: VolumeContext, volume: Volume): Files | undefined {
  const { configMap, secret, downwardAPI, projected } = volume;
  const fail = (message: string): never => {
    throw new VolumeError(`MountVolume.SetUp failed for volume "${volume.name}" : ${message}`);
  };
  const data = (
    kind: 'configmap' | 'secret',
    name: string,
    {
      items,
      optional,
      mode,
    }: { items?: KeyToPath[] | undefined; optional?: boolean | undefined; mode: number },
  ): Files => {
    const found = context.lookUp(kind, name);
    if (found === undefined) {
      return optional === true ? new Map() : fail(`${kind} "${name}" not found`);
    }
    const chosen = items ?? Object.keys(found).map((key): KeyToPath => ({ key, path: key }));
    return new Map(
      chosen.flatMap(({ key, path, mode: own }) => {
        const bytes = found[key];
        if (bytes !== undefined) return [[path, { bytes, mode: own ?? mode }] as const];
        return optional === true ? [] : fail(`references non-existent config key: ${key}`);
      }),
    );
  };
  const fields = (items: NonNullable<typeof downwardAPI>['items'], mode: number): Files =>
    new Map(
      (items ?? []).map((item) => {
        const text =
          item.fieldRef === undefined
            ? containerResource(
                { ...context, container: context.pod.spec.containers[0]! },
                item.resourceFieldRef ?? { resource: '' },
              )
            : podField(context, item.fieldRef.fieldPath);
        return [item.path, { bytes: new TextEncoder().encode(text), mode: item.mode ?? mode }];
      }),
    );
  if (configMap !== undefined) {
    return data('configmap', configMap.name ?? '', {
      ...configMap,
      mode: configMap.defaultMode ?? 0o644,
    });
  }
  if (secret !== undefined) {
    return data('secret', secret.secretName ?? '', {
      ...secret,
      mode: secret.defaultMode ?? 0o644,
    });
  }
  if (downwardAPI !== undefined) return fields(downwardAPI.items, downwardAPI.defaultMode ?? 0o644);
  if (projected === undefined) return undefined;
  const mode = projected.defaultMode ?? 0o644;
  const all: Files = new Map();
  for (const source of projected.sources ?? []) {
    const parts =
      source.configMap !== undefined
        ? data('configmap', source.configMap.name ?? '', { ...source.configMap, mode })
        : source.secret !== undefined
          ? data('secret', source.secret.name ?? '', { ...source.secret, mode })
          : source.downwardAPI !== undefined
            ? fields(source.downwardAPI.items, mode)
            : new Map();
    for (const [path, file] of parts) all.set(path, file);
  }
  return all;
}

async function writeAll(folder: string, wanted: Files): Promise<void> {
  const files: Files = new Map(
    Array.from(wanted, ([path, file]) => [normalize(`/${path}`).slice(1), file]),
  );
  for (const [path, { bytes, mode }] of files) {
    const target = join(folder, path);
    const present = await readFile(target).catch(() => undefined);
    if (present !== undefined && Buffer.compare(present, bytes) === 0) continue;
    await mkdir(dirname(target), { recursive: true });
    const draft = join(folder, `..draft-${path.replaceAll('/', '_')}`);
    await writeFile(draft, bytes);
    await chmod(draft, mode);
    await rename(draft, target);
  }
  for (const name of await readdir(folder)) {
    const wanted = [...files.keys()].some((path) => path === name || path.startsWith(`${name}/`));
    if (!wanted) await rm(join(folder, name), { recursive: true, force: true });
  }
}
