/**
 * A pod's volumes as folders below the node's root folder:
 *
 *     pods/<uid>/volumes/<name>      emptyDir, and the files of configMap, secret, downwardAPI, projected
 *     pods/<uid>/messages/<c>_<n>    the file for the last words of instance n of container c
 *     host/<path>                    hostPath: the disk of the node, which is not that of the engine's host
 *
 * 1. The files of a volume are replaced together: a reader sees all the old ones or all the new.
 * 2. All but hostPath belongs to the pod's fsGroup, if it has one.
 * 3. Nothing is written outside of the folder of its volume.
 */
import { chmod, chown, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import type { Container, Pod, Volume } from '@drydock/api';
import type { Mount } from '../runtime/runtime.ts';
import { currentPath, writeAtomically } from './atomic-writer.ts';
import { filesOf, fsGroupOf, holdsFiles, VolumeError, type VolumeContext } from './files.ts';

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
    const gid = fsGroupOf(context.pod);
    if (volume.hostPath !== undefined) {
      await mkdir(hostFolder(volume.hostPath.path), { recursive: true });
      return;
    }
    const folder = volumeFolder(uid, volume.name);
    if (volume.emptyDir !== undefined) {
      if ((await mkdir(folder, { recursive: true })) === undefined) return;
      if (gid !== undefined) await chown(folder, -1, gid);
      await chmod(folder, gid === undefined ? 0o777 : 0o2777);
      return;
    }
    const files = filesOf(context, volume);
    if (files === undefined) {
      throw new VolumeError(
        volume.name,
        'this node offers emptyDir, hostPath, configMap, secret, downwardAPI and projected volumes only',
      );
    }
    await writeAtomically(folder, files, gid);
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
        const folder = sourceOf(pod, volume);
        const inside = normalize(`/${part}`).slice(1);
        const isFiles = holdsFiles(volume);
        const source =
          isFiles && inside !== '' ? await currentPath(folder, inside) : join(folder, inside);
        if (volume.emptyDir !== undefined || volume.hostPath !== undefined) {
          await mkdir(source, { recursive: true }).catch(() => undefined);
        }
        const readOnly = isFiles || mount.readOnly === true;
        mounts.push({ source, target: mount.mountPath, readOnly });
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
