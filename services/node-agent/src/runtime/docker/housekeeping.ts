/** What a node asks of its engine beside running containers (runtime/housekeeping.ts). */
import type { Clock } from '@drydock/ports';
import type { ContainerInspectOptions } from 'dockerode';
import type { RuntimeHousekeeping } from '../housekeeping.ts';
import { createEngine } from './engine.ts';
import { toRuntimeError, unlessGone } from './errors.ts';
import type { NodeIdentity } from './labels.ts';
import { createMemoryVolumes } from './memory-volumes.ts';

export function createDockerHousekeeping(
  { socketPath, node }: { readonly socketPath: string; readonly node: NodeIdentity },
  { clock }: { readonly clock: Clock },
): RuntimeHousekeeping {
  const docker = createEngine(socketPath, clock);
  const volumes = createMemoryVolumes(docker, node);
  return {
    writtenBytes: async (id) => {
      // The engine walks the files to tell the size: it is asked only where it matters. Dockerode hands
      // the question on, though its types do not know it.
      const withSize = { size: true } as ContainerInspectOptions;
      const found = await unlessGone(docker.getContainer(id).inspect(withSize));
      return found === undefined ? undefined : ((found as { SizeRw?: number }).SizeRw ?? 0);
    },
    imagesInUse: async () => {
      const containers = await docker.listContainers({ all: true });
      return new Set(containers.map((one) => one.ImageID));
    },
    keepVolumes: (isWanted) => volumes.keep(isWanted),
    removeImage: async (name) => {
      try {
        // Without force: the engine itself refuses to remove what a container is made of.
        await docker.getImage(name).remove();
      } catch (error) {
        const failure = toRuntimeError(error);
        if (failure.code !== 'IMAGE_NOT_FOUND') throw failure;
      }
    },
  };
}
