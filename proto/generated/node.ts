import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { ListPodsRequest as _drydock_node_v1_ListPodsRequest, ListPodsRequest__Output as _drydock_node_v1_ListPodsRequest__Output } from './drydock/node/v1/ListPodsRequest.ts';
import type { ListPodsResponse as _drydock_node_v1_ListPodsResponse, ListPodsResponse__Output as _drydock_node_v1_ListPodsResponse__Output } from './drydock/node/v1/ListPodsResponse.ts';
import type { LogsChunk as _drydock_node_v1_LogsChunk, LogsChunk__Output as _drydock_node_v1_LogsChunk__Output } from './drydock/node/v1/LogsChunk.ts';
import type { LogsRequest as _drydock_node_v1_LogsRequest, LogsRequest__Output as _drydock_node_v1_LogsRequest__Output } from './drydock/node/v1/LogsRequest.ts';
import type { NodeApiClient as _drydock_node_v1_NodeApiClient, NodeApiDefinition as _drydock_node_v1_NodeApiDefinition } from './drydock/node/v1/NodeApi.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  drydock: {
    node: {
      v1: {
        ListPodsRequest: MessageTypeDefinition<_drydock_node_v1_ListPodsRequest, _drydock_node_v1_ListPodsRequest__Output>
        ListPodsResponse: MessageTypeDefinition<_drydock_node_v1_ListPodsResponse, _drydock_node_v1_ListPodsResponse__Output>
        LogsChunk: MessageTypeDefinition<_drydock_node_v1_LogsChunk, _drydock_node_v1_LogsChunk__Output>
        LogsRequest: MessageTypeDefinition<_drydock_node_v1_LogsRequest, _drydock_node_v1_LogsRequest__Output>
        NodeApi: SubtypeConstructor<typeof grpc.Client, _drydock_node_v1_NodeApiClient> & { service: _drydock_node_v1_NodeApiDefinition }
      }
    }
  }
}

