// Original file: drydock/api.proto

import type { Long } from '@grpc/proto-loader';

export interface Object {
  'json'?: (Buffer | Uint8Array | string);
  'resourceVersion'?: (number | string | Long);
}

export interface Object__Output {
  'json': (Buffer);
  'resourceVersion': (number);
}
