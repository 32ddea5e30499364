// Original file: drydock/api.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { DeleteRequest as _drydock_api_v1_DeleteRequest, DeleteRequest__Output as _drydock_api_v1_DeleteRequest__Output } from '../../../drydock/api/v1/DeleteRequest.ts';
import type { GetRequest as _drydock_api_v1_GetRequest, GetRequest__Output as _drydock_api_v1_GetRequest__Output } from '../../../drydock/api/v1/GetRequest.ts';
import type { ListRequest as _drydock_api_v1_ListRequest, ListRequest__Output as _drydock_api_v1_ListRequest__Output } from '../../../drydock/api/v1/ListRequest.ts';
import type { ListResponse as _drydock_api_v1_ListResponse, ListResponse__Output as _drydock_api_v1_ListResponse__Output } from '../../../drydock/api/v1/ListResponse.ts';
import type { Object as _drydock_api_v1_Object, Object__Output as _drydock_api_v1_Object__Output } from '../../../drydock/api/v1/Object.ts';
import type { PatchRequest as _drydock_api_v1_PatchRequest, PatchRequest__Output as _drydock_api_v1_PatchRequest__Output } from '../../../drydock/api/v1/PatchRequest.ts';
import type { WatchEvent as _drydock_api_v1_WatchEvent, WatchEvent__Output as _drydock_api_v1_WatchEvent__Output } from '../../../drydock/api/v1/WatchEvent.ts';
import type { WatchRequest as _drydock_api_v1_WatchRequest, WatchRequest__Output as _drydock_api_v1_WatchRequest__Output } from '../../../drydock/api/v1/WatchRequest.ts';
import type { WriteRequest as _drydock_api_v1_WriteRequest, WriteRequest__Output as _drydock_api_v1_WriteRequest__Output } from '../../../drydock/api/v1/WriteRequest.ts';

export interface ObjectApiClient extends grpc.Client {
  Create(argument: _drydock_api_v1_WriteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  Create(argument: _drydock_api_v1_WriteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  Create(argument: _drydock_api_v1_WriteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  Create(argument: _drydock_api_v1_WriteRequest, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  create(argument: _drydock_api_v1_WriteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  create(argument: _drydock_api_v1_WriteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  create(argument: _drydock_api_v1_WriteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  create(argument: _drydock_api_v1_WriteRequest, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  
  Delete(argument: _drydock_api_v1_DeleteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  Delete(argument: _drydock_api_v1_DeleteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  Delete(argument: _drydock_api_v1_DeleteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  Delete(argument: _drydock_api_v1_DeleteRequest, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  delete(argument: _drydock_api_v1_DeleteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  delete(argument: _drydock_api_v1_DeleteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  delete(argument: _drydock_api_v1_DeleteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  delete(argument: _drydock_api_v1_DeleteRequest, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  
  Get(argument: _drydock_api_v1_GetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  Get(argument: _drydock_api_v1_GetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  Get(argument: _drydock_api_v1_GetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  Get(argument: _drydock_api_v1_GetRequest, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  get(argument: _drydock_api_v1_GetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  get(argument: _drydock_api_v1_GetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  get(argument: _drydock_api_v1_GetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  get(argument: _drydock_api_v1_GetRequest, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  
  List(argument: _drydock_api_v1_ListRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _drydock_api_v1_ListRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_drydock_api_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _drydock_api_v1_ListRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _drydock_api_v1_ListRequest, callback: grpc.requestCallback<_drydock_api_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _drydock_api_v1_ListRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _drydock_api_v1_ListRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_drydock_api_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _drydock_api_v1_ListRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _drydock_api_v1_ListRequest, callback: grpc.requestCallback<_drydock_api_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  
  Patch(argument: _drydock_api_v1_PatchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  Patch(argument: _drydock_api_v1_PatchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  Patch(argument: _drydock_api_v1_PatchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  Patch(argument: _drydock_api_v1_PatchRequest, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  patch(argument: _drydock_api_v1_PatchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  patch(argument: _drydock_api_v1_PatchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  patch(argument: _drydock_api_v1_PatchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  patch(argument: _drydock_api_v1_PatchRequest, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  
  Update(argument: _drydock_api_v1_WriteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  Update(argument: _drydock_api_v1_WriteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  Update(argument: _drydock_api_v1_WriteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  Update(argument: _drydock_api_v1_WriteRequest, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  update(argument: _drydock_api_v1_WriteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  update(argument: _drydock_api_v1_WriteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  update(argument: _drydock_api_v1_WriteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  update(argument: _drydock_api_v1_WriteRequest, callback: grpc.requestCallback<_drydock_api_v1_Object__Output>): grpc.ClientUnaryCall;
  
  Watch(argument: _drydock_api_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_drydock_api_v1_WatchEvent__Output>;
  Watch(argument: _drydock_api_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_drydock_api_v1_WatchEvent__Output>;
  watch(argument: _drydock_api_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_drydock_api_v1_WatchEvent__Output>;
  watch(argument: _drydock_api_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_drydock_api_v1_WatchEvent__Output>;
  
}

export interface ObjectApiHandlers extends grpc.UntypedServiceImplementation {
  Create: grpc.handleUnaryCall<_drydock_api_v1_WriteRequest__Output, _drydock_api_v1_Object>;
  
  Delete: grpc.handleUnaryCall<_drydock_api_v1_DeleteRequest__Output, _drydock_api_v1_Object>;
  
  Get: grpc.handleUnaryCall<_drydock_api_v1_GetRequest__Output, _drydock_api_v1_Object>;
  
  List: grpc.handleUnaryCall<_drydock_api_v1_ListRequest__Output, _drydock_api_v1_ListResponse>;
  
  Patch: grpc.handleUnaryCall<_drydock_api_v1_PatchRequest__Output, _drydock_api_v1_Object>;
  
  Update: grpc.handleUnaryCall<_drydock_api_v1_WriteRequest__Output, _drydock_api_v1_Object>;
  
  Watch: grpc.handleServerStreamingCall<_drydock_api_v1_WatchRequest__Output, _drydock_api_v1_WatchEvent>;
  
}

export interface ObjectApiDefinition extends grpc.ServiceDefinition {
  Create: MethodDefinition<_drydock_api_v1_WriteRequest, _drydock_api_v1_Object, _drydock_api_v1_WriteRequest__Output, _drydock_api_v1_Object__Output>
  Delete: MethodDefinition<_drydock_api_v1_DeleteRequest, _drydock_api_v1_Object, _drydock_api_v1_DeleteRequest__Output, _drydock_api_v1_Object__Output>
  Get: MethodDefinition<_drydock_api_v1_GetRequest, _drydock_api_v1_Object, _drydock_api_v1_GetRequest__Output, _drydock_api_v1_Object__Output>
  List: MethodDefinition<_drydock_api_v1_ListRequest, _drydock_api_v1_ListResponse, _drydock_api_v1_ListRequest__Output, _drydock_api_v1_ListResponse__Output>
  Patch: MethodDefinition<_drydock_api_v1_PatchRequest, _drydock_api_v1_Object, _drydock_api_v1_PatchRequest__Output, _drydock_api_v1_Object__Output>
  Update: MethodDefinition<_drydock_api_v1_WriteRequest, _drydock_api_v1_Object, _drydock_api_v1_WriteRequest__Output, _drydock_api_v1_Object__Output>
  Watch: MethodDefinition<_drydock_api_v1_WatchRequest, _drydock_api_v1_WatchEvent, _drydock_api_v1_WatchRequest__Output, _drydock_api_v1_WatchEvent__Output>
}
