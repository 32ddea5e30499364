import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { ContainerStats as _drydock_node_v1_ContainerStats, ContainerStats__Output as _drydock_node_v1_ContainerStats__Output } from './drydock/node/v1/ContainerStats.ts';
import type { ListPodsRequest as _drydock_node_v1_ListPodsRequest, ListPodsRequest__Output as _drydock_node_v1_ListPodsRequest__Output } from './drydock/node/v1/ListPodsRequest.ts';
import type { ListPodsResponse as _drydock_node_v1_ListPodsResponse, ListPodsResponse__Output as _drydock_node_v1_ListPodsResponse__Output } from './drydock/node/v1/ListPodsResponse.ts';
import type { LogsChunk as _drydock_node_v1_LogsChunk, LogsChunk__Output as _drydock_node_v1_LogsChunk__Output } from './drydock/node/v1/LogsChunk.ts';
import type { LogsRequest as _drydock_node_v1_LogsRequest, LogsRequest__Output as _drydock_node_v1_LogsRequest__Output } from './drydock/node/v1/LogsRequest.ts';
import type { NodeApiClient as _drydock_node_v1_NodeApiClient, NodeApiDefinition as _drydock_node_v1_NodeApiDefinition } from './drydock/node/v1/NodeApi.ts';
import type { PortConnected as _drydock_node_v1_PortConnected, PortConnected__Output as _drydock_node_v1_PortConnected__Output } from './drydock/node/v1/PortConnected.ts';
import type { PortForwardInput as _drydock_node_v1_PortForwardInput, PortForwardInput__Output as _drydock_node_v1_PortForwardInput__Output } from './drydock/node/v1/PortForwardInput.ts';
import type { PortForwardOutput as _drydock_node_v1_PortForwardOutput, PortForwardOutput__Output as _drydock_node_v1_PortForwardOutput__Output } from './drydock/node/v1/PortForwardOutput.ts';
import type { PortForwardStart as _drydock_node_v1_PortForwardStart, PortForwardStart__Output as _drydock_node_v1_PortForwardStart__Output } from './drydock/node/v1/PortForwardStart.ts';
import type { ProcessEnd as _drydock_node_v1_ProcessEnd, ProcessEnd__Output as _drydock_node_v1_ProcessEnd__Output } from './drydock/node/v1/ProcessEnd.ts';
import type { ProcessInput as _drydock_node_v1_ProcessInput, ProcessInput__Output as _drydock_node_v1_ProcessInput__Output } from './drydock/node/v1/ProcessInput.ts';
import type { ProcessOutput as _drydock_node_v1_ProcessOutput, ProcessOutput__Output as _drydock_node_v1_ProcessOutput__Output } from './drydock/node/v1/ProcessOutput.ts';
import type { ProcessStart as _drydock_node_v1_ProcessStart, ProcessStart__Output as _drydock_node_v1_ProcessStart__Output } from './drydock/node/v1/ProcessStart.ts';
import type { ProcessStarted as _drydock_node_v1_ProcessStarted, ProcessStarted__Output as _drydock_node_v1_ProcessStarted__Output } from './drydock/node/v1/ProcessStarted.ts';
import type { StatsRequest as _drydock_node_v1_StatsRequest, StatsRequest__Output as _drydock_node_v1_StatsRequest__Output } from './drydock/node/v1/StatsRequest.ts';
import type { StatsResponse as _drydock_node_v1_StatsResponse, StatsResponse__Output as _drydock_node_v1_StatsResponse__Output } from './drydock/node/v1/StatsResponse.ts';
import type { TerminalSize as _drydock_node_v1_TerminalSize, TerminalSize__Output as _drydock_node_v1_TerminalSize__Output } from './drydock/node/v1/TerminalSize.ts';
import type { UsageSample as _drydock_node_v1_UsageSample, UsageSample__Output as _drydock_node_v1_UsageSample__Output } from './drydock/node/v1/UsageSample.ts';
import type { UsageSamples as _drydock_node_v1_UsageSamples, UsageSamples__Output as _drydock_node_v1_UsageSamples__Output } from './drydock/node/v1/UsageSamples.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  drydock: {
    node: {
      v1: {
        ContainerStats: MessageTypeDefinition<_drydock_node_v1_ContainerStats, _drydock_node_v1_ContainerStats__Output>
        ListPodsRequest: MessageTypeDefinition<_drydock_node_v1_ListPodsRequest, _drydock_node_v1_ListPodsRequest__Output>
        ListPodsResponse: MessageTypeDefinition<_drydock_node_v1_ListPodsResponse, _drydock_node_v1_ListPodsResponse__Output>
        LogsChunk: MessageTypeDefinition<_drydock_node_v1_LogsChunk, _drydock_node_v1_LogsChunk__Output>
        LogsRequest: MessageTypeDefinition<_drydock_node_v1_LogsRequest, _drydock_node_v1_LogsRequest__Output>
        NodeApi: SubtypeConstructor<typeof grpc.Client, _drydock_node_v1_NodeApiClient> & { service: _drydock_node_v1_NodeApiDefinition }
        PortConnected: MessageTypeDefinition<_drydock_node_v1_PortConnected, _drydock_node_v1_PortConnected__Output>
        PortForwardInput: MessageTypeDefinition<_drydock_node_v1_PortForwardInput, _drydock_node_v1_PortForwardInput__Output>
        PortForwardOutput: MessageTypeDefinition<_drydock_node_v1_PortForwardOutput, _drydock_node_v1_PortForwardOutput__Output>
        PortForwardStart: MessageTypeDefinition<_drydock_node_v1_PortForwardStart, _drydock_node_v1_PortForwardStart__Output>
        ProcessEnd: MessageTypeDefinition<_drydock_node_v1_ProcessEnd, _drydock_node_v1_ProcessEnd__Output>
        ProcessInput: MessageTypeDefinition<_drydock_node_v1_ProcessInput, _drydock_node_v1_ProcessInput__Output>
        ProcessOutput: MessageTypeDefinition<_drydock_node_v1_ProcessOutput, _drydock_node_v1_ProcessOutput__Output>
        ProcessStart: MessageTypeDefinition<_drydock_node_v1_ProcessStart, _drydock_node_v1_ProcessStart__Output>
        ProcessStarted: MessageTypeDefinition<_drydock_node_v1_ProcessStarted, _drydock_node_v1_ProcessStarted__Output>
        StatsRequest: MessageTypeDefinition<_drydock_node_v1_StatsRequest, _drydock_node_v1_StatsRequest__Output>
        StatsResponse: MessageTypeDefinition<_drydock_node_v1_StatsResponse, _drydock_node_v1_StatsResponse__Output>
        TerminalSize: MessageTypeDefinition<_drydock_node_v1_TerminalSize, _drydock_node_v1_TerminalSize__Output>
        UsageSample: MessageTypeDefinition<_drydock_node_v1_UsageSample, _drydock_node_v1_UsageSample__Output>
        UsageSamples: MessageTypeDefinition<_drydock_node_v1_UsageSamples, _drydock_node_v1_UsageSamples__Output>
      }
    }
  }
}

