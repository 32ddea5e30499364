/**
 * A pod's volumes as folders below the node's root folder:
 *
 *     pods/<uid>/volumes/<name>      emptyDir, and the files of configMap, secret, downwardAPI, projected
 *     pods/<uid>/messages/<c>_<n>    the file for the last words of instance n of container c
 *     host/<path>                    hostPath and local PersistentVolumes: the disk of the node, which is
 *                                    not that of the engine's host; a claim's volume is a link there
 *
 * 1. The files of a volume are replaced together: a reader sees all the old ones or all the new.
 * 2. All but hostPath belongs to the pod's fsGroup, if it has one.
 * 3. Nothing is written outside of the folder of its volume.
 */
import {
  chmod,
  chown,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Container, Pod, Volume } from '@drydock/api';
import type { MemoryVolume, Mount } from '../runtime/runtime.ts';
import { writeAtomically } from './atomic-writer.ts';
import { claimNameOf, type ClaimedVolume } from './claims.ts';
import { diskUsage, type DiskUsage } from './disk-usage.ts';
import { filesOf, fsGroupOf, holdsFiles, VolumeError, type VolumeContext } from './files.ts';
import { localFolder, prepareHostPath, resolveBelow } from './host-path.ts';
import { isInMemory, memoryVolumesOf } from './memory-size.ts';
import { giveToGroup } from './ownership.ts';
import { checkRecursiveReadOnly, placeOfSubPath, subPathOf } from './sub-path.ts';

export interface Volumes {
  /** Makes or refreshes all volumes of a pod. @throws VolumeError */
  prepare(context: VolumeContext): Promise<void>;
  /** Of the pod's volumes those that are claims, and that no container of it has mounted yet. */
  unmountedClaims(pod: Pod): Promise<readonly Volume[]>;
  /**
   * The mounts of one container instance, its file for last words among them.
   * @throws ContainerConfigError when a part of a volume cannot be mounted
   */
  mounts(
    pod: Pod,
    container: Container,
    attempt: number,
    variable: (name: string) => string | undefined,
  ): Promise<Mount[]>;
  /** What the sandbox of a pod has to hold. */
  memoryVolumes(pod: Pod, allocatableBytes: number): MemoryVolume[];
  lastWords(uid: string, container: string, attempt: number): Promise<string | undefined>;
  remove(uid: string): Promise<void>;
  /** What the pod's own volumes on the node's disk take of it, by name. */
  usage(pod: Pod): Promise<ReadonlyMap<string, DiskUsage>>;
  /** Removes what the volumes of a pod that has ended hold. Its last words stay. */
  empty(pod: Pod): Promise<void>;
  /** Removes the folders of pods that are not among these. */
  keepOnly(uids: ReadonlySet<string>): Promise<void>;
}

const lastWordsBytesMax = 4096;
const noPartsOfMemory =
  'a container of this runtime mounts a volume in memory whole: subPath is for volumes on disk';

export interface VolumesOptions {
  /** The runtime mounts volumes in memory; otherwise these are folders on the disk like others. */
  readonly inMemory?: boolean;
}

export function createVolumes(
  rootFolder: string,
  { inMemory = false }: VolumesOptions = {},
): Volumes {
  const isMemory = (volume: Volume) => inMemory && isInMemory(volume);
  const folderOf = (uid: string) => join(rootFolder, 'pods', uid);
  const volumeFolder = (uid: string, name: string) => join(folderOf(uid), 'volumes', name);
  const messageFile = (uid: string, container: string, attempt: number) =>
    join(folderOf(uid), 'messages', `${container}_${attempt}`);
  const makeMessageFile = async (uid: string, container: string, attempt: number) => {
    const file = messageFile(uid, container, attempt);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, '');
    await chmod(file, 0o666);
    return file;
  };
  const hostRoot = join(rootFolder, 'host');
  const linkOf = (path: string) => readlink(path).catch(() => undefined);

  const sourceOf = async (pod: Pod, volume: Volume): Promise<string> => {
    if (volume.hostPath !== undefined) return resolveBelow(hostRoot, volume.hostPath.path);
    const folder = volumeFolder(pod.metadata.uid ?? '', volume.name);
    return claimNameOf(pod, volume) === undefined ? folder : ((await linkOf(folder)) ?? folder);
  };

  const isUsedByAnother = async (place: string, ownUid: string): Promise<boolean> => {
    for (const uid of await readdir(join(rootFolder, 'pods')).catch(() => [])) {
      if (uid === ownUid) continue;
      const folder = join(folderOf(uid), 'volumes');
      for (const name of await readdir(folder).catch(() => [])) {
        if ((await linkOf(join(folder, name))) === place) return true;
      }
    }
    return false;
  };

  /** A link says that it is mounted, to this agent and to the next one. */
  const mountClaim = async (
    pod: Pod,
    volume: Volume,
    { name, source, isExclusive }: ClaimedVolume,
  ) => {
    const { uid = '' } = pod.metadata;
    const { local, hostPath } = source;
    const failed = (step: string) => (error: unknown) => {
      throw VolumeError.of(step, name, (error as Error).message);
    };
    const place =
      local === undefined
        ? await prepareHostPath(hostRoot, hostPath!).catch(failed('SetUp'))
        : await localFolder(hostRoot, local.path).catch(failed('NewMounter initialization'));
    if (isExclusive && (await isUsedByAnother(place, uid))) {
      throw new VolumeError(
        name,
        'volume uses the ReadWriteOncePod access mode and is already in use by another pod',
      );
    }
    const gid = fsGroupOf(pod);
    if (
      gid !== undefined &&
      local !== undefined &&
      volume.persistentVolumeClaim?.readOnly !== true
    ) {
      const policy = pod.spec.securityContext?.fsGroupChangePolicy;
      await giveToGroup(place, gid, { onlyIfRootDiffers: policy === 'OnRootMismatch' });
    }
    const folder = volumeFolder(uid, volume.name);
    await mkdir(dirname(folder), { recursive: true });
    await symlink(place, folder);
  };
  /** One after another: of two pods only one may find that nobody has an exclusive volume. */
  let mounting: Promise<unknown> = Promise.resolve();

  const prepareOne = async (context: VolumeContext, volume: Volume) => {
    const { uid = '' } = context.pod.metadata;
    const gid = fsGroupOf(context.pod);
    if (volume.hostPath !== undefined) {
      await prepareHostPath(hostRoot, volume.hostPath).catch((error: unknown) => {
        throw new VolumeError(volume.name, (error as Error).message);
      });
      return;
    }
    const claimed = context.claims?.get(volume.name);
    if (claimed !== undefined) {
      const mounted = mounting.then(() => mountClaim(context.pod, volume, claimed));
      mounting = mounted.catch(() => undefined);
      return mounted;
    }
    if (claimNameOf(context.pod, volume) !== undefined) return;
    if (isMemory(volume)) return;
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
        'this node offers emptyDir, hostPath, configMap, secret, downwardAPI, projected and persistentVolumeClaim volumes only',
      );
    }
    await writeAtomically(folder, files, gid);
  };

  return {
    prepare: async (context) => {
      for (const volume of context.pod.spec.volumes ?? []) {
        await prepareOne(context, volume).catch((error: unknown) => {
          if (error instanceof VolumeError) throw error;
          throw new VolumeError(volume.name, goFileError(error as NodeJS.ErrnoException));
        });
      }
    },
    unmountedClaims: async (pod) => {
      const found: Volume[] = [];
      for (const volume of pod.spec.volumes ?? []) {
        if (claimNameOf(pod, volume) === undefined) continue;
        if ((await linkOf(volumeFolder(pod.metadata.uid ?? '', volume.name))) === undefined) {
          found.push(volume);
        }
      }
      return found;
    },
    mounts: async (pod, container, attempt, variable) => {
      const { uid = '' } = pod.metadata;
      const mounts: Mount[] = [];
      for (const mount of container.volumeMounts ?? []) {
        const volume = pod.spec.volumes?.find((one) => one.name === mount.name);
        if (volume === undefined) continue;
        checkRecursiveReadOnly(mount);
        const part = subPathOf(mount, variable);
        if (isMemory(volume)) {
          if (part !== '') throw new VolumeError(volume.name, noPartsOfMemory);
          const { name: memoryVolume, mountPath: target, readOnly = false } = mount;
          mounts.push({ source: '', target, readOnly, memoryVolume });
          continue;
        }
        const folder = await sourceOf(pod, volume);
        const isFiles = holdsFiles(volume);
        const names = { volume: mount.name, container: container.name };
        // A mount cannot follow the link that is swapped: it stays with the version of now.
        const source = part === '' ? folder : await placeOfSubPath(folder, part, names);
        const readOnly =
          isFiles || mount.readOnly === true || volume.persistentVolumeClaim?.readOnly === true;
        mounts.push({ source, target: mount.mountPath, readOnly });
      }
      // One whose last words have nowhere to go starts all the same, as upstream's.
      const file = await makeMessageFile(uid, container.name, attempt).catch(() => undefined);
      if (file === undefined) return mounts;
      const target = container.terminationMessagePath ?? '/dev/termination-log';
      return [...mounts, { source: file, target, readOnly: false }];
    },
    memoryVolumes: (pod, allocatableBytes) =>
      inMemory ? memoryVolumesOf(pod, allocatableBytes) : [],
    lastWords: async (uid, container, attempt) => {
      const bytes = await readFile(messageFile(uid, container, attempt)).catch(() => undefined);
      return bytes?.subarray(0, lastWordsBytesMax).toString('utf8');
    },
    usage: async (pod) => {
      const found = new Map<string, DiskUsage>();
      for (const { name, emptyDir } of pod.spec.volumes ?? []) {
        if (emptyDir === undefined || emptyDir.medium === 'Memory') continue;
        found.set(name, await diskUsage(volumeFolder(pod.metadata.uid ?? '', name)));
      }
      return found;
    },
    empty: async (pod) => {
      for (const volume of pod.spec.volumes ?? []) {
        const folder = volumeFolder(pod.metadata.uid ?? '', volume.name);
        // Of a claim it is the link that goes, and with it the hold on what it leads to.
        if (claimNameOf(pod, volume) !== undefined && (await linkOf(folder)) !== undefined) {
          await rm(folder, { force: true });
        } else if (volume.emptyDir !== undefined || holdsFiles(volume)) {
          await rm(folder, { recursive: true, force: true });
        }
      }
    },
    remove: (uid) => rm(folderOf(uid), { recursive: true, force: true }),
    keepOnly: async (uids) => {
      for (const uid of await readdir(join(rootFolder, 'pods')).catch(() => [])) {
        if (!uids.has(uid)) await rm(folderOf(uid), { recursive: true, force: true });
      }
    },
  };
}

/** A failure of the disk as Go tells of it: `write /x/y: no space left on device`. */
function goFileError({ message, syscall = '', path = '' }: NodeJS.ErrnoException): string {
  const [, words] = /^E[A-Z]+: (.*?)(?:, |$)/.exec(message) ?? [];
  return words === undefined ? message : `${[syscall, path].join(' ').trim()}: ${words}`;
}
