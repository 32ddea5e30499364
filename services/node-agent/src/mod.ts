/** The surface of the node-agent for tests that need several parts. */
export { createNodeNetwork, type NodeNetwork } from './cni/node-network.ts';
export { createNodeAgent, type NodeAgent } from './node-agent.ts';
export { createAsk } from './pod-worker/requests.ts';
export { createDockerHousekeeping } from './runtime/docker/housekeeping.ts';
export { createCriRuntime } from './runtime/cri/cri-runtime.ts';
export { createDockerRuntime } from './runtime/docker/docker-runtime.ts';
export type { RuntimeService } from './runtime/runtime.ts';
export { createSimulatedRuntime } from './runtime/simulated/simulated-runtime.ts';
export { createVolumes } from './volumes/volumes.ts';
