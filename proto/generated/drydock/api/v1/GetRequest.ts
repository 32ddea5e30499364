// Original file: drydock/api.proto

import type { Reference as _drydock_api_v1_Reference, Reference__Output as _drydock_api_v1_Reference__Output } from '../../../drydock/api/v1/Reference.ts';
import type { Long } from '@grpc/proto-loader';

export interface GetRequest {
  'reference'?: (_drydock_api_v1_Reference | null);
  'minimumResourceVersion'?: (number | string | Long);
}

export interface GetRequest__Output {
  'reference': (_drydock_api_v1_Reference__Output | null);
  'minimumResourceVersion': (number);
}
