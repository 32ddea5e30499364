// Original file: drydock/node.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ListPodsRequest as _drydock_node_v1_ListPodsRequest, ListPodsRequest__Output as _drydock_node_v1_ListPodsRequest__Output } from '../../../drydock/node/v1/ListPodsRequest.ts';
import type { ListPodsResponse as _drydock_node_v1_ListPodsResponse, ListPodsResponse__Output as _drydock_node_v1_ListPodsResponse__Output } from '../../../drydock/node/v1/ListPodsResponse.ts';
import type { LogsChunk as _drydock_node_v1_LogsChunk, LogsChunk__Output as _drydock_node_v1_LogsChunk__Output } from '../../../drydock/node/v1/LogsChunk.ts';
import type { LogsRequest as _drydock_node_v1_LogsRequest, LogsRequest__Output as _drydock_node_v1_LogsRequest__Output } from '../../../drydock/node/v1/LogsRequest.ts';

export interface NodeApiClient extends grpc.Client {
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
  
}

export interface NodeApiHandlers extends grpc.UntypedServiceImplementation {
  ListPods: grpc.handleUnaryCall<_drydock_node_v1_ListPodsRequest__Output, _drydock_node_v1_ListPodsResponse>;
  
  Logs: grpc.handleServerStreamingCall<_drydock_node_v1_LogsRequest__Output, _drydock_node_v1_LogsChunk>;
  
}

export interface NodeApiDefinition extends grpc.ServiceDefinition {
  ListPods: MethodDefinition<_drydock_node_v1_ListPodsRequest, _drydock_node_v1_ListPodsResponse, _drydock_node_v1_ListPodsRequest__Output, _drydock_node_v1_ListPodsResponse__Output>
  Logs: MethodDefinition<_drydock_node_v1_LogsRequest, _drydock_node_v1_LogsChunk, _drydock_node_v1_LogsRequest__Output, _drydock_node_v1_LogsChunk__Output>
}
