// Original file: drydock/api.proto

import type { Long } from '@grpc/proto-loader';

export interface ListResponse {
  'items'?: (Buffer | Uint8Array | string)[];
  'resourceVersion'?: (number | string | Long);
}

export interface ListResponse__Output {
  'items': (Buffer)[];
  'resourceVersion': (number);
}
