/** What a node asks of its engine beside running containers (runtime/housekeeping.ts). */
import Docker, { type ContainerInspectOptions } from 'dockerode';
import type { RuntimeHousekeeping } from '../housekeeping.ts';
import { toRuntimeError, unlessGone } from './errors.ts';

export function createDockerHousekeeping(socketPath: string): RuntimeHousekeeping {
  const docker = new Docker({ socketPath });
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
