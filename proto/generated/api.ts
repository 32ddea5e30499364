import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { DeleteRequest as _drydock_api_v1_DeleteRequest, DeleteRequest__Output as _drydock_api_v1_DeleteRequest__Output } from './drydock/api/v1/DeleteRequest.ts';
import type { GetRequest as _drydock_api_v1_GetRequest, GetRequest__Output as _drydock_api_v1_GetRequest__Output } from './drydock/api/v1/GetRequest.ts';
import type { ListRequest as _drydock_api_v1_ListRequest, ListRequest__Output as _drydock_api_v1_ListRequest__Output } from './drydock/api/v1/ListRequest.ts';
import type { ListResponse as _drydock_api_v1_ListResponse, ListResponse__Output as _drydock_api_v1_ListResponse__Output } from './drydock/api/v1/ListResponse.ts';
import type { Object as _drydock_api_v1_Object, Object__Output as _drydock_api_v1_Object__Output } from './drydock/api/v1/Object.ts';
import type { ObjectApiClient as _drydock_api_v1_ObjectApiClient, ObjectApiDefinition as _drydock_api_v1_ObjectApiDefinition } from './drydock/api/v1/ObjectApi.ts';
import type { PatchRequest as _drydock_api_v1_PatchRequest, PatchRequest__Output as _drydock_api_v1_PatchRequest__Output } from './drydock/api/v1/PatchRequest.ts';
import type { Reference as _drydock_api_v1_Reference, Reference__Output as _drydock_api_v1_Reference__Output } from './drydock/api/v1/Reference.ts';
import type { WatchEvent as _drydock_api_v1_WatchEvent, WatchEvent__Output as _drydock_api_v1_WatchEvent__Output } from './drydock/api/v1/WatchEvent.ts';
import type { WatchRequest as _drydock_api_v1_WatchRequest, WatchRequest__Output as _drydock_api_v1_WatchRequest__Output } from './drydock/api/v1/WatchRequest.ts';
import type { WriteRequest as _drydock_api_v1_WriteRequest, WriteRequest__Output as _drydock_api_v1_WriteRequest__Output } from './drydock/api/v1/WriteRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  drydock: {
    api: {
      v1: {
        DeleteRequest: MessageTypeDefinition<_drydock_api_v1_DeleteRequest, _drydock_api_v1_DeleteRequest__Output>
        GetRequest: MessageTypeDefinition<_drydock_api_v1_GetRequest, _drydock_api_v1_GetRequest__Output>
        ListRequest: MessageTypeDefinition<_drydock_api_v1_ListRequest, _drydock_api_v1_ListRequest__Output>
        ListResponse: MessageTypeDefinition<_drydock_api_v1_ListResponse, _drydock_api_v1_ListResponse__Output>
        Object: MessageTypeDefinition<_drydock_api_v1_Object, _drydock_api_v1_Object__Output>
        ObjectApi: SubtypeConstructor<typeof grpc.Client, _drydock_api_v1_ObjectApiClient> & { service: _drydock_api_v1_ObjectApiDefinition }
        PatchRequest: MessageTypeDefinition<_drydock_api_v1_PatchRequest, _drydock_api_v1_PatchRequest__Output>
        Reference: MessageTypeDefinition<_drydock_api_v1_Reference, _drydock_api_v1_Reference__Output>
        WatchEvent: MessageTypeDefinition<_drydock_api_v1_WatchEvent, _drydock_api_v1_WatchEvent__Output>
        WatchRequest: MessageTypeDefinition<_drydock_api_v1_WatchRequest, _drydock_api_v1_WatchRequest__Output>
        WriteRequest: MessageTypeDefinition<_drydock_api_v1_WriteRequest, _drydock_api_v1_WriteRequest__Output>
      }
    }
  }
}

