/** What a node-agent serves (drydock/node.proto), its messages and methods. */
import type { NodeApiDefinition } from './generated/drydock/node/v1/NodeApi.ts';
import { contract } from './generated/node-contract.ts';
import { serviceOf } from './contract.ts';

export const nodeApi = serviceOf(
  contract,
  'drydock.node.v1.NodeApi',
) as unknown as NodeApiDefinition;

export type { ListPodsRequest__Output as ListPodsRequest } from './generated/drydock/node/v1/ListPodsRequest.ts';
export type { ListPodsResponse__Output as ListPodsResponse } from './generated/drydock/node/v1/ListPodsResponse.ts';
export type { LogsChunk__Output as LogsChunk } from './generated/drydock/node/v1/LogsChunk.ts';
export type { LogsRequest__Output as LogsRequest } from './generated/drydock/node/v1/LogsRequest.ts';
export type { NodeApiHandlers } from './generated/drydock/node/v1/NodeApi.ts';
export type { PortForwardInput__Output as PortForwardInput } from './generated/drydock/node/v1/PortForwardInput.ts';
export type { PortForwardOutput__Output as PortForwardOutput } from './generated/drydock/node/v1/PortForwardOutput.ts';
export type { ProcessInput__Output as ProcessInput } from './generated/drydock/node/v1/ProcessInput.ts';
export type { ProcessOutput__Output as ProcessOutput } from './generated/drydock/node/v1/ProcessOutput.ts';
export type { ProcessStart__Output as ProcessStart } from './generated/drydock/node/v1/ProcessStart.ts';
export type { StatsRequest__Output as StatsRequest } from './generated/drydock/node/v1/StatsRequest.ts';
export type { StatsResponse__Output as StatsResponse } from './generated/drydock/node/v1/StatsResponse.ts';
export type { UsageSamples__Output as UsageSamples } from './generated/drydock/node/v1/UsageSamples.ts';
