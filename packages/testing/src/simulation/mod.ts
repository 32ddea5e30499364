/** Simulated twins of the ports, under one queue of events. */
export { createScheduler, type Events, type Scheduler } from './scheduler.ts';
export { createSimulatedProcess, type SimulatedProcess } from './process.ts';
export {
  createSimulatedDisk,
  type DiskLie,
  type SimulatedDisk,
  type SimulatedDiskOptions,
} from './disk.ts';
export {
  createSimulatedNetwork,
  type NetworkConditions,
  type SimulatedNetwork,
} from './network.ts';
