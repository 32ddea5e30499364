// Original file: drydock/api.proto

import type { Reference as _drydock_api_v1_Reference, Reference__Output as _drydock_api_v1_Reference__Output } from '../../../drydock/api/v1/Reference.ts';

export interface DeleteRequest {
  'reference'?: (_drydock_api_v1_Reference | null);
  'optionsJson'?: (Buffer | Uint8Array | string);
}

export interface DeleteRequest__Output {
  'reference': (_drydock_api_v1_Reference__Output | null);
  'optionsJson': (Buffer);
}
