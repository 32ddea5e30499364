// Original file: drydock/node.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ListPodsRequest as _drydock_node_v1_ListPodsRequest, ListPodsRequest__Output as _drydock_node_v1_ListPodsRequest__Output } from '../../../drydock/node/v1/ListPodsRequest.ts';
import type { ListPodsResponse as _drydock_node_v1_ListPodsResponse, ListPodsResponse__Output as _drydock_node_v1_ListPodsResponse__Output } from '../../../drydock/node/v1/ListPodsResponse.ts';
import type { LogsChunk as _drydock_node_v1_LogsChunk, LogsChunk__Output as _drydock_node_v1_LogsChunk__Output } from '../../../drydock/node/v1/LogsChunk.ts';
import type { LogsRequest as _drydock_node_v1_LogsRequest, LogsRequest__Output as _drydock_node_v1_LogsRequest__Output } from '../../../drydock/node/v1/LogsRequest.ts';
import type { PortForwardInput as _drydock_node_v1_PortForwardInput, PortForwardInput__Output as _drydock_node_v1_PortForwardInput__Output } from '../../../drydock/node/v1/PortForwardInput.ts';
import type { PortForwardOutput as _drydock_node_v1_PortForwardOutput, PortForwardOutput__Output as _drydock_node_v1_PortForwardOutput__Output } from '../../../drydock/node/v1/PortForwardOutput.ts';
import type { ProcessInput as _drydock_node_v1_ProcessInput, ProcessInput__Output as _drydock_node_v1_ProcessInput__Output } from '../../../drydock/node/v1/ProcessInput.ts';
import type { ProcessOutput as _drydock_node_v1_ProcessOutput, ProcessOutput__Output as _drydock_node_v1_ProcessOutput__Output } from '../../../drydock/node/v1/ProcessOutput.ts';
import type { StatsRequest as _drydock_node_v1_StatsRequest, StatsRequest__Output as _drydock_node_v1_StatsRequest__Output } from '../../../drydock/node/v1/StatsRequest.ts';
import type { StatsResponse as _drydock_node_v1_StatsResponse, StatsResponse__Output as _drydock_node_v1_StatsResponse__Output } from '../../../drydock/node/v1/StatsResponse.ts';

export interface NodeApiClient extends grpc.Client {
  Attach(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_drydock_node_v1_ProcessInput, _drydock_node_v1_ProcessOutput__Output>;
  Attach(options?: grpc.CallOptions): grpc.ClientDuplexStream<_drydock_node_v1_ProcessInput, _drydock_node_v1_ProcessOutput__Output>;
  attach(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_drydock_node_v1_ProcessInput, _drydock_node_v1_ProcessOutput__Output>;
  attach(options?: grpc.CallOptions): grpc.ClientDuplexStream<_drydock_node_v1_ProcessInput, _drydock_node_v1_ProcessOutput__Output>;
  
  Exec(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_drydock_node_v1_ProcessInput, _drydock_node_v1_ProcessOutput__Output>;
  Exec(options?: grpc.CallOptions): grpc.ClientDuplexStream<_drydock_node_v1_ProcessInput, _drydock_node_v1_ProcessOutput__Output>;
  exec(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_drydock_node_v1_ProcessInput, _drydock_node_v1_ProcessOutput__Output>;
  exec(options?: grpc.CallOptions): grpc.ClientDuplexStream<_drydock_node_v1_ProcessInput, _drydock_node_v1_ProcessOutput__Output>;
  
  Http(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_drydock_node_v1_PortForwardInput, _drydock_node_v1_PortForwardOutput__Output>;
  Http(options?: grpc.CallOptions): grpc.ClientDuplexStream<_drydock_node_v1_PortForwardInput, _drydock_node_v1_PortForwardOutput__Output>;
  http(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_drydock_node_v1_PortForwardInput, _drydock_node_v1_PortForwardOutput__Output>;
  http(options?: grpc.CallOptions): grpc.ClientDuplexStream<_drydock_node_v1_PortForwardInput, _drydock_node_v1_PortForwardOutput__Output>;
  
  ListPods(argument: _drydock_node_v1_ListPodsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_node_v1_ListPodsResponse__Output>): grpc.ClientUnaryCall;
  ListPods(argument: _drydock_node_v1_ListPodsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_drydock_node_v1_ListPodsResponse__Output>): grpc.ClientUnaryCall;
  ListPods(argument: _drydock_node_v1_ListPodsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_node_v1_ListPodsResponse__Output>): grpc.ClientUnaryCall;
  ListPods(argument: _drydock_node_v1_ListPodsRequest, callback: grpc.requestCallback<_drydock_node_v1_ListPodsResponse__Output>): grpc.ClientUnaryCall;
  listPods(argument: _drydock_node_v1_ListPodsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_node_v1_ListPodsResponse__Output>): grpc.ClientUnaryCall;
  listPods(argument: _drydock_node_v1_ListPodsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_drydock_node_v1_ListPodsResponse__Output>): grpc.ClientUnaryCall;
  listPods(argument: _drydock_node_v1_ListPodsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_node_v1_ListPodsResponse__Output>): grpc.ClientUnaryCall;
  listPods(argument: _drydock_node_v1_ListPodsRequest, callback: grpc.requestCallback<_drydock_node_v1_ListPodsResponse__Output>): grpc.ClientUnaryCall;
  
  Logs(argument: _drydock_node_v1_LogsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_drydock_node_v1_LogsChunk__Output>;
  Logs(argument: _drydock_node_v1_LogsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_drydock_node_v1_LogsChunk__Output>;
  logs(argument: _drydock_node_v1_LogsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_drydock_node_v1_LogsChunk__Output>;
  logs(argument: _drydock_node_v1_LogsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_drydock_node_v1_LogsChunk__Output>;
  
  PortForward(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_drydock_node_v1_PortForwardInput, _drydock_node_v1_PortForwardOutput__Output>;
  PortForward(options?: grpc.CallOptions): grpc.ClientDuplexStream<_drydock_node_v1_PortForwardInput, _drydock_node_v1_PortForwardOutput__Output>;
  portForward(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_drydock_node_v1_PortForwardInput, _drydock_node_v1_PortForwardOutput__Output>;
  portForward(options?: grpc.CallOptions): grpc.ClientDuplexStream<_drydock_node_v1_PortForwardInput, _drydock_node_v1_PortForwardOutput__Output>;
  
  Stats(argument: _drydock_node_v1_StatsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_node_v1_StatsResponse__Output>): grpc.ClientUnaryCall;
  Stats(argument: _drydock_node_v1_StatsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_drydock_node_v1_StatsResponse__Output>): grpc.ClientUnaryCall;
  Stats(argument: _drydock_node_v1_StatsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_node_v1_StatsResponse__Output>): grpc.ClientUnaryCall;
  Stats(argument: _drydock_node_v1_StatsRequest, callback: grpc.requestCallback<_drydock_node_v1_StatsResponse__Output>): grpc.ClientUnaryCall;
  stats(argument: _drydock_node_v1_StatsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_node_v1_StatsResponse__Output>): grpc.ClientUnaryCall;
  stats(argument: _drydock_node_v1_StatsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_drydock_node_v1_StatsResponse__Output>): grpc.ClientUnaryCall;
  stats(argument: _drydock_node_v1_StatsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_node_v1_StatsResponse__Output>): grpc.ClientUnaryCall;
  stats(argument: _drydock_node_v1_StatsRequest, callback: grpc.requestCallback<_drydock_node_v1_StatsResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface NodeApiHandlers extends grpc.UntypedServiceImplementation {
  Attach: grpc.handleBidiStreamingCall<_drydock_node_v1_ProcessInput__Output, _drydock_node_v1_ProcessOutput>;
  
  Exec: grpc.handleBidiStreamingCall<_drydock_node_v1_ProcessInput__Output, _drydock_node_v1_ProcessOutput>;
  
  Http: grpc.handleBidiStreamingCall<_drydock_node_v1_PortForwardInput__Output, _drydock_node_v1_PortForwardOutput>;
  
  ListPods: grpc.handleUnaryCall<_drydock_node_v1_ListPodsRequest__Output, _drydock_node_v1_ListPodsResponse>;
  
  Logs: grpc.handleServerStreamingCall<_drydock_node_v1_LogsRequest__Output, _drydock_node_v1_LogsChunk>;
  
  PortForward: grpc.handleBidiStreamingCall<_drydock_node_v1_PortForwardInput__Output, _drydock_node_v1_PortForwardOutput>;
  
  Stats: grpc.handleUnaryCall<_drydock_node_v1_StatsRequest__Output, _drydock_node_v1_StatsResponse>;
  
}

export interface NodeApiDefinition extends grpc.ServiceDefinition {
  Attach: MethodDefinition<_drydock_node_v1_ProcessInput, _drydock_node_v1_ProcessOutput, _drydock_node_v1_ProcessInput__Output, _drydock_node_v1_ProcessOutput__Output>
  Exec: MethodDefinition<_drydock_node_v1_ProcessInput, _drydock_node_v1_ProcessOutput, _drydock_node_v1_ProcessInput__Output, _drydock_node_v1_ProcessOutput__Output>
  Http: MethodDefinition<_drydock_node_v1_PortForwardInput, _drydock_node_v1_PortForwardOutput, _drydock_node_v1_PortForwardInput__Output, _drydock_node_v1_PortForwardOutput__Output>
  ListPods: MethodDefinition<_drydock_node_v1_ListPodsRequest, _drydock_node_v1_ListPodsResponse, _drydock_node_v1_ListPodsRequest__Output, _drydock_node_v1_ListPodsResponse__Output>
  Logs: MethodDefinition<_drydock_node_v1_LogsRequest, _drydock_node_v1_LogsChunk, _drydock_node_v1_LogsRequest__Output, _drydock_node_v1_LogsChunk__Output>
  PortForward: MethodDefinition<_drydock_node_v1_PortForwardInput, _drydock_node_v1_PortForwardOutput, _drydock_node_v1_PortForwardInput__Output, _drydock_node_v1_PortForwardOutput__Output>
  Stats: MethodDefinition<_drydock_node_v1_StatsRequest, _drydock_node_v1_StatsResponse, _drydock_node_v1_StatsRequest__Output, _drydock_node_v1_StatsResponse__Output>
}
