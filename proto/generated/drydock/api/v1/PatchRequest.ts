// Original file: drydock/api.proto

import type { Reference as _drydock_api_v1_Reference, Reference__Output as _drydock_api_v1_Reference__Output } from '../../../drydock/api/v1/Reference.ts';

// Original file: drydock/api.proto

export const _drydock_api_v1_PatchRequest_Type = {
  TYPE_UNSPECIFIED: 'TYPE_UNSPECIFIED',
  JSON_PATCH: 'JSON_PATCH',
  MERGE_PATCH: 'MERGE_PATCH',
  STRATEGIC_MERGE_PATCH: 'STRATEGIC_MERGE_PATCH',
} as const;

export type _drydock_api_v1_PatchRequest_Type =
  | 'TYPE_UNSPECIFIED'
  | 0
  | 'JSON_PATCH'
  | 1
  | 'MERGE_PATCH'
  | 2
  | 'STRATEGIC_MERGE_PATCH'
  | 3

export type _drydock_api_v1_PatchRequest_Type__Output = typeof _drydock_api_v1_PatchRequest_Type[keyof typeof _drydock_api_v1_PatchRequest_Type]

export interface PatchRequest {
  'reference'?: (_drydock_api_v1_Reference | null);
  'type'?: (_drydock_api_v1_PatchRequest_Type);
  'patch'?: (Buffer | Uint8Array | string);
  'dryRun'?: (boolean);
}

export interface PatchRequest__Output {
  'reference': (_drydock_api_v1_Reference__Output | null);
  'type': (_drydock_api_v1_PatchRequest_Type__Output);
  'patch': (Buffer);
  'dryRun': (boolean);
}
