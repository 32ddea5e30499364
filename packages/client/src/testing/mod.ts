/** API servers in memory, for tests of whatever is built on @drydock/client. */
export { createMemoryCluster, type MemoryCluster } from './cluster.ts';
export { createMemoryChannels } from './memory-channels.ts';
export {
  createMemoryServer,
  memoryService,
  type MemoryServer,
  type MethodName,
} from './memory-server.ts';
export { createMemoryStore, type MemoryStore } from './memory-store.ts';
