// Original file: drydock/api.proto

import type { Reference as _drydock_api_v1_Reference, Reference__Output as _drydock_api_v1_Reference__Output } from '../../../drydock/api/v1/Reference.ts';

export interface WriteRequest {
  'reference'?: (_drydock_api_v1_Reference | null);
  'json'?: (Buffer | Uint8Array | string);
  'dryRun'?: (boolean);
}

export interface WriteRequest__Output {
  'reference': (_drydock_api_v1_Reference__Output | null);
  'json': (Buffer);
  'dryRun': (boolean);
}
