/** Simulated twins of the ports, under one queue of events. */
export { createScheduler, type Scheduler } from './scheduler.ts';
export { createSimulatedDisk, type SimulatedDisk, type SimulatedDiskOptions } from './disk.ts';
export {
  createSimulatedNetwork,
  type NetworkConditions,
  type SimulatedNetwork,
} from './network.ts';
