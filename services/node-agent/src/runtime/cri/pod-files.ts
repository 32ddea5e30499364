/**
 * What the agent keeps on the node for pods of a CRI runtime: their /etc/hosts, which is theirs to write,
 * and the folders of their logs. Both go with the pod's last sandbox.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PodIdentity, SandboxStatus } from '../runtime.ts';
import { podLogFolder } from './configs.ts';
import { hostsFile, type Hosts } from './hosts.ts';

export interface PodFiles {
  /** The file of a sandbox, which is made when it is missing. */
  hosts(sandbox: SandboxStatus, hosts: Hosts): Promise<string>;
  remove(pod: PodIdentity): Promise<void>;
}

export function createPodFiles({
  stateFolder,
  podLogRoot,
}: {
  readonly stateFolder: string;
  readonly podLogRoot: string;
}): PodFiles {
  const folderOf = (uid: string) => join(stateFolder, uid);
  return {
    hosts: async (sandbox, hosts) => {
      const folder = folderOf(sandbox.pod.uid);
      const path = join(folder, `etc-hosts-${sandbox.attempt}`);
      const nodeText = sandbox.address === undefined ? await readFile('/etc/hosts', 'utf8') : '';
      await mkdir(folder, { recursive: true });
      // In place: containers hold the file itself.
      const text = hostsFile(hosts, sandbox.address, nodeText);
      await writeFile(path, text, { flag: 'wx', mode: 0o644 }).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      });
      return path;
    },
    remove: async (pod) => {
      await rm(folderOf(pod.uid), { recursive: true, force: true });
      await rm(podLogFolder(podLogRoot, pod), { recursive: true, force: true });
    },
  };
}
