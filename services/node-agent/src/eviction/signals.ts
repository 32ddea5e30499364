/** What pressure is told by: the signals of kubelet's eviction manager, and what each of them starves. */

export const signals = [
  'memory.available',
  'nodefs.available',
  'nodefs.inodesFree',
  'imagefs.available',
  'imagefs.inodesFree',
  'pid.available',
] as const;
export type Signal = (typeof signals)[number];

export const isSignal = (text: string): text is Signal => signals.some((one) => one === text);

/** A node's conditions that are pressure. */
export type Pressure = 'MemoryPressure' | 'DiskPressure' | 'PIDPressure';

/** As messages name it. */
export type StarvedResource = 'memory' | 'ephemeral-storage' | 'inodes' | 'pids';

interface Meaning {
  readonly pressure: Pressure;
  readonly resource: StarvedResource;
}

const meanings: Readonly<Record<Signal, Meaning>> = {
  'memory.available': { pressure: 'MemoryPressure', resource: 'memory' },
  'nodefs.available': { pressure: 'DiskPressure', resource: 'ephemeral-storage' },
  'nodefs.inodesFree': { pressure: 'DiskPressure', resource: 'inodes' },
  'imagefs.available': { pressure: 'DiskPressure', resource: 'ephemeral-storage' },
  'imagefs.inodesFree': { pressure: 'DiskPressure', resource: 'inodes' },
  'pid.available': { pressure: 'PIDPressure', resource: 'pids' },
};

export const pressureOf = (signal: Signal): Pressure => meanings[signal].pressure;
export const resourceOf = (signal: Signal): StarvedResource => meanings[signal].resource;

/** How much of something the node has, and how much of that is left: bytes, inodes or processes. */
export interface Observation {
  readonly available: number;
  readonly capacity: number;
  /** Wall time of a figure that is not of this moment. */
  readonly measuredAt?: number;
}

/** A signal that cannot be told of here, say inodes of a file system that has no limit, is absent. */
export type Observations = Partial<Readonly<Record<Signal, Observation>>>;
