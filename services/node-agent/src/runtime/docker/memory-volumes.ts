/**
 * Volumes in memory as volumes of the engine (docs/decisions/0086). The engine mounts one when the first
 * container that has it starts and unmounts it after the last; a sandbox holds those of its pod.
 */
import type Docker from 'dockerode';
import type { SandboxConfig } from '../runtime.ts';
import { memoryVolumeBody } from './bodies.ts';
import { toRuntimeError, unlessGone } from './errors.ts';
import { label, type NodeIdentity } from './labels.ts';

export interface MemoryVolumes {
  /** Those that a sandbox is to hold; what is there already stays as it is. */
  create(config: SandboxConfig): Promise<void>;
  /** Those of a pod, unless another sandbox of it has them. */
  remove(uid: string): Promise<void>;
  /** Removes those of pods that are not wanted, by their uid. */
  keep(isWanted: (uid: string) => boolean): Promise<void>;
}

export function createMemoryVolumes(docker: Docker, node: NodeIdentity): MemoryVolumes {
  const ours = [`${label.cluster}=${node.cluster}`, `${label.node}=${node.node}`, label.volume];
  const removeOf = async (isGone: (uid: string) => boolean) => {
    const { Volumes: found } = await docker.listVolumes({ filters: { label: ours } });
    for (const { Name, Labels } of found) {
      if (!isGone(Labels?.[label.uid] ?? '')) continue;
      // Refused while a container has it, which is what it is for.
      await unlessGone(docker.getVolume(Name).remove());
    }
  };
  return {
    create: async ({ pod, memoryVolumes = [] }) => {
      for (const volume of memoryVolumes) {
        await docker
          .createVolume(memoryVolumeBody(node, pod, volume))
          .catch((error: unknown) => Promise.reject(toRuntimeError(error)));
      }
    },
    remove: (uid) => removeOf((one) => one === uid),
    keep: (isWanted) => removeOf((one) => !isWanted(one)),
  };
}
