/**
 * Where this process runs, as the engine sees it: in which container, and where on the engine's host
 * the files are that this process names.
 *
 * Bind mounts are resolved by the engine, not by the agent. So the node's root folder must be on a
 * volume (or a bind mount) of the node's own container, and its path is translated to the source of
 * that mount. An agent that runs without a container translates nothing.
 */
import { readFileSync } from 'node:fs';
import Docker from 'dockerode';

export interface OwnContainer {
  /** Undefined: not in a container of this engine. */
  readonly id: string | undefined;
  /** The limit of its memory, which is then what the node has. */
  readonly memoryLimitBytes?: number;
  /** Where the engine finds `path`. @throws when it cannot */
  readonly hostPath: (path: string) => string;
}

interface MountPoint {
  readonly Source: string;
  readonly Destination: string;
}

export async function findOwnContainer(socketPath: string): Promise<OwnContainer> {
  const id = containerIdOf(readFileSync('/proc/self/mountinfo', 'utf8'));
  if (id === undefined) return { id, hostPath: (path) => path };
  const inspected = await new Docker({ socketPath }).getContainer(id).inspect();
  const { Mounts: mounts, HostConfig } = inspected;
  const limit = HostConfig.Memory ?? 0;
  return {
    id,
    ...(limit > 0 ? { memoryLimitBytes: limit } : {}),
    hostPath: (path) => translate(path, mounts),
  };
}

/** The engine mounts files of its own folder for the container into it; their path has its id. */
export function containerIdOf(mountInfo: string): string | undefined {
  return /\/containers\/([0-9a-f]{64})\/(?:hostname|hosts|resolv\.conf) /.exec(mountInfo)?.[1];
}

/** The longest mount point wins, as it does for the kernel. */
export function translate(path: string, mounts: readonly MountPoint[]): string {
  const best = mounts
    .filter(({ Destination: to }) => path === to || path.startsWith(`${to.replace(/\/$/, '')}/`))
    .toSorted((a, b) => b.Destination.length - a.Destination.length)[0];
  if (best === undefined) {
    throw new Error(
      `${path} is on no volume of the node's container, so the engine cannot mount it into a pod; give the node's container a volume at its --root-dir`,
    );
  }
  return best.Source + path.slice(best.Destination.replace(/\/$/, '').length);
}
