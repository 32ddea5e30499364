/**
 * What a node has left, for eviction (docs/decisions/0085): the facts port's real side and its simulated one.
 *
 * 1. The node's container is the machine. If it has a memory limit, the node has that much, and its pods,
 *    which are containers beside it, share it with what runs in it. Otherwise the node has what the machine
 *    has that all nodes share, and all of them are short of it together.
 * 2. Images and volumes lie on one disk, the engine's: the node's root folder is a volume there.
 */
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import type { Observation, Observations } from '../eviction/signals.ts';
import type { ContainerStats } from '../runtime/runtime.ts';

export type Observe = () => Promise<Observations>;

export interface MachineResourceOptions {
  readonly rootFolder: string;
  readonly memoryLimitBytes: number | undefined;
  /** What the node's containers and its own processes use; undefined: not known yet. */
  readonly used: () => Pick<ContainerStats, 'workingSetBytes' | 'wallTime'> | undefined;
}

export function createMachineObserver(options: MachineResourceOptions): Observe {
  const { rootFolder, memoryLimitBytes: limit } = options;
  const memory = (): Observation | undefined => {
    const onMachine = machineMemory(readFileSync('/proc/meminfo', 'utf8'));
    if (limit === undefined) return onMachine;
    const used = options.used();
    if (used === undefined) return onMachine;
    const left = Math.max(0, limit - used.workingSetBytes);
    const available = Math.min(left, onMachine?.available ?? left);
    return { available, capacity: limit, measuredAt: used.wallTime };
  };
  return async () => {
    const disk = await statfs(rootFolder);
    const space = { available: disk.bavail * disk.bsize, capacity: disk.blocks * disk.bsize };
    // Some file systems make inodes as they need them, and count none.
    const inodes = disk.files > 0 ? { available: disk.ffree, capacity: disk.files } : undefined;
    return {
      ...present('memory.available', memory()),
      'nodefs.available': space,
      ...present('nodefs.inodesFree', inodes),
      'imagefs.available': space,
      ...present('imagefs.inodesFree', inodes),
      ...present('pid.available', processes()),
    };
  };
}

const present = (signal: keyof Observations, observation: Observation | undefined) =>
  observation === undefined ? {} : { [signal]: observation };

/** What can be had without swapping, as the kernel reckons. */
export function machineMemory(text: string): Observation | undefined {
  const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return kib === undefined ? undefined : { available: Number(kib) * 1024, capacity: totalmem() };
}

function processes(): Observation {
  const read = (path: string) => readFileSync(path, 'utf8');
  const max = Math.min(
    Number(read('/proc/sys/kernel/pid_max')),
    Number(read('/proc/sys/kernel/threads-max')),
  );
  // `0.52 0.58 0.59 2/817 12345`: of 817 tasks two run.
  const running = Number(/\/(\d+) /.exec(read('/proc/loadavg'))?.[1] ?? 0);
  return { available: Math.max(0, max - running), capacity: max };
}

export interface SimulatedResourceOptions {
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly totals: () => {
    readonly memoryBytes: number;
    readonly diskBytes: number;
    readonly processes: number;
  };
}

/** As many as the kernel's default on a 64-bit machine with many CPUs. */
const simulatedProcessesMax = 32_768;

/** A node whose containers use what their scripts say, and nothing else does. */
export function createSimulatedObserver(options: SimulatedResourceOptions): Observe {
  const left = (capacity: number, used: number) => ({
    available: Math.max(0, capacity - used),
    capacity,
  });
  return () => {
    const { memoryBytes, diskBytes, processes: count } = options.totals();
    const space = left(options.diskBytes, diskBytes);
    return Promise.resolve({
      'memory.available': left(options.memoryBytes, memoryBytes),
      'nodefs.available': space,
      'imagefs.available': space,
      'pid.available': left(simulatedProcessesMax, count),
    });
  };
}
