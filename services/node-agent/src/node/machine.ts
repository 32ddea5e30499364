/** What this process can learn of the machine that it runs on. */
import { existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { arch, availableParallelism, networkInterfaces, release, totalmem } from 'node:os';
import { quantityFromBytes } from '@drydock/api';
import type { MachineFacts } from './node-status.ts';

/** Go's names, which Kubernetes uses. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

export interface MachineOptions {
  readonly nodeName: string;
  readonly rootFolder: string;
  readonly maxPods: number;
  readonly kubeletPort: number;
  /** Empty: the first address that is not loopback. */
  readonly address: string;
  /** Of the node's container; undefined: it may use all that the machine has. */
  readonly memoryLimitBytes?: number | undefined;
}

export function readMachine(
  options: MachineOptions,
): Omit<MachineFacts, 'bootId' | 'runtimeVersion' | 'images'> {
  return {
    cpuCount: availableParallelism(),
    memoryBytes: Math.min(totalmem(), options.memoryLimitBytes ?? Infinity),
    hugepages: hugepages(),
    diskBytes: diskBytesOf(options.rootFolder),
    maxPods: options.maxPods,
    kernelVersion: release(),
    osImage: osImage(),
    architecture: architectures[arch()] ?? arch(),
    // Stable for a node however often its container is made anew.
    machineId: createHash('sha256').update(options.nodeName).digest('hex').slice(0, 32),
    address: options.address === '' ? firstAddress() : options.address,
    kubeletPort: options.kubeletPort,
  };
}

function diskBytesOf(folder: string): number {
  const { blocks, bsize } = statfsSync(existsSync(folder) ? folder : '/');
  return blocks * bsize;
}

const hugepagesFolder = '/sys/kernel/mm/hugepages';

/** `hugepages-2Mi` and its bytes, for each size that the kernel has. */
function hugepages(): Record<string, number> {
  const found: Record<string, number> = {};
  for (const folder of existsSync(hugepagesFolder) ? readdirSync(hugepagesFolder) : []) {
    const pageBytes = Number(/^hugepages-(\d+)kB$/.exec(folder)?.[1] ?? 0) * 1024;
    const count = readFileSync(`${hugepagesFolder}/${folder}/nr_hugepages`, 'utf8');
    if (pageBytes > 0)
      found[`hugepages-${quantityFromBytes(pageBytes)}`] = pageBytes * Number(count);
  }
  return found;
}

function osImage(): string {
  try {
    const text = readFileSync('/etc/os-release', 'utf8');
    return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(text)?.[1] ?? 'Linux';
  } catch {
    return 'Linux';
  }
}

/** Not of a pod's cable, nor of an engine's bridge. */
const notTheNodes = /^(lo|veth|docker|br-)/;

function firstAddress(): string {
  for (const [name, addresses = []] of Object.entries(networkInterfaces())) {
    if (notTheNodes.test(name)) continue;
    const found = addresses.find((one) => one.family === 'IPv4' && !one.internal);
    if (found !== undefined) return found.address;
  }
  return '127.0.0.1';
}

/** Whether the kernel confines processes by AppArmor. */
export function hasAppArmor(): boolean {
  try {
    return readFileSync('/sys/module/apparmor/parameters/enabled', 'utf8').startsWith('Y');
  } catch {
    return false;
  }
}
