/**
 * The part of a volume that a container mounts (`subPath`, `subPathExpr`).
 *
 * 1. A part that leads out of its volume, by whatever links, is not mounted: the engine would follow them
 *    on its own machine.
 * 2. A part that is not there is made as a folder, with the mode of the volume.
 */
import { chmod, mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { VolumeMount } from '@drydock/api';
import { ContainerConfigError } from '../pod-lifecycle/environment.ts';
import { expand } from '../pod-lifecycle/expansion.ts';

/** The part's path within its volume; empty: all of it. @throws ContainerConfigError */
export function subPathOf(
  mount: VolumeMount,
  variable: (name: string) => string | undefined,
): string {
  const { subPathExpr = '' } = mount;
  const missing = new Set<string>();
  const path =
    subPathExpr === ''
      ? (mount.subPath ?? '')
      : expand(subPathExpr, (name) => {
          const value = variable(name);
          if (value === undefined || value === '') missing.add(name);
          return value;
        });
  if (missing.size > 0) {
    throw new ContainerConfigError(`missing value for ${[...missing].toSorted().join(', ')}`);
  }
  if (path.startsWith('/')) {
    throw new ContainerConfigError(`error SubPath \`${path}\` must not be an absolute path`);
  }
  if (path.split('/').includes('..')) {
    throw new ContainerConfigError(
      `unable to provision SubPath \`${path}\`: must not contain '..'`,
    );
  }
  return path;
}

/**
 * That what is mounted below a read-only volume is read-only too, no runtime here promises.
 * @throws ContainerConfigError when the mount insists on it
 */
export function checkRecursiveReadOnly({ name, recursiveReadOnly }: VolumeMount): void {
  if (recursiveReadOnly !== 'Enabled') return;
  throw new ContainerConfigError(
    `volume "${name}" requested recursive read-only mode, but it is not supported by the runtime`,
  );
}

/** Where the part is, made if need be. @throws ContainerConfigError when it is outside of the volume */
export async function placeOfSubPath(
  folder: string,
  path: string,
  names: { readonly volume: string; readonly container: string },
): Promise<string> {
  const what = `for volumeMount "${names.volume}" of container "${names.container}"`;
  const root = await realpath(folder);
  const isInside = (place: string) => place === root || place.startsWith(root + sep);
  const wanted = join(folder, path);
  const present = await deepestPresent(wanted);
  if (!isInside(present.place)) {
    throw new ContainerConfigError(`failed to prepare subPath ${what}`);
  }
  if (present.missing.length === 0) return present.place;
  const mode = (await stat(root)).mode & 0o7777;
  let place = present.place;
  try {
    for (const part of present.missing) {
      place = join(place, part);
      await mkdir(place);
      await chmod(place, mode);
    }
  } catch (error) {
    const message = `failed to create subPath directory ${what}`;
    throw new ContainerConfigError(message, { cause: error });
  }
  return place;
}

/** Of a path, what is there (its links followed), and the names below that are not. */
async function deepestPresent(
  path: string,
): Promise<{ readonly place: string; readonly missing: readonly string[] }> {
  const missing: string[] = [];
  for (let place = path; ; place = dirname(place)) {
    const found = await realpath(place).catch(() => undefined);
    if (found !== undefined) return { place: found, missing };
    missing.unshift(place.slice(dirname(place).length).replace(/^\//, ''));
  }
}
