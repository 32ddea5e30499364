/** Images that go, and how much room they take. */
import type Docker from 'dockerode';
import type { ImageFilesystem } from '../runtime.ts';
import { toRuntimeError } from './errors.ts';

/** By its id with all its names: of one name alone the engine would take the name and keep the rest. */
export async function removeImage(docker: Docker, image: string): Promise<void> {
  try {
    const { Id: id } = await docker.getImage(image).inspect();
    // Several names of one image need the force; a container that runs is safe from it.
    await docker.getImage(id).remove({ force: true });
  } catch (error) {
    const failure = toRuntimeError(error);
    if (failure.code !== 'IMAGE_NOT_FOUND') throw failure;
  }
}

interface DiskUsage {
  readonly LayersSize?: number;
}

export async function readImageFilesystem(docker: Docker): Promise<ImageFilesystem> {
  try {
    const [info, usage] = await Promise.all([
      docker.info() as Promise<{ readonly DockerRootDir: string }>,
      docker.df() as Promise<DiskUsage>,
    ]);
    return { mountpoint: info.DockerRootDir, usedBytes: usage.LayersSize ?? 0 };
  } catch (error) {
    throw toRuntimeError(error);
  }
}
