// Original file: drydock/api.proto

import type { Long } from '@grpc/proto-loader';

// Original file: drydock/api.proto

export const _drydock_api_v1_WatchEvent_Type = {
  TYPE_UNSPECIFIED: 'TYPE_UNSPECIFIED',
  ADDED: 'ADDED',
  MODIFIED: 'MODIFIED',
  DELETED: 'DELETED',
  BOOKMARK: 'BOOKMARK',
  ERROR: 'ERROR',
} as const;

export type _drydock_api_v1_WatchEvent_Type =
  | 'TYPE_UNSPECIFIED'
  | 0
  | 'ADDED'
  | 1
  | 'MODIFIED'
  | 2
  | 'DELETED'
  | 3
  | 'BOOKMARK'
  | 4
  | 'ERROR'
  | 5

export type _drydock_api_v1_WatchEvent_Type__Output = typeof _drydock_api_v1_WatchEvent_Type[keyof typeof _drydock_api_v1_WatchEvent_Type]

export interface WatchEvent {
  'type'?: (_drydock_api_v1_WatchEvent_Type);
  'json'?: (Buffer | Uint8Array | string);
  'resourceVersion'?: (number | string | Long);
}

export interface WatchEvent__Output {
  'type': (_drydock_api_v1_WatchEvent_Type__Output);
  'json': (Buffer);
  'resourceVersion': (number);
}
