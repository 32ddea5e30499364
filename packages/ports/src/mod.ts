/** What a core may ask of the world. Real twins live in @drydock/process, simulated in @drydock/testing. */
export type { Clock, Millis, Timer } from './clock.ts';
export { createRandom, createSeededRandom, type Random } from './random.ts';
export { DiskError, type Disk, type DiskErrorCode, type DiskFile } from './disk.ts';
export type { PeerNetwork } from './network.ts';
export { silentLogger, type LogFields, type Logger } from './logger.ts';
