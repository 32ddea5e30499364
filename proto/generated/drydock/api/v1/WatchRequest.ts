// Original file: drydock/api.proto

import type { Reference as _drydock_api_v1_Reference, Reference__Output as _drydock_api_v1_Reference__Output } from '../../../drydock/api/v1/Reference.ts';
import type { Long } from '@grpc/proto-loader';

export interface WatchRequest {
  'reference'?: (_drydock_api_v1_Reference | null);
  'labelSelector'?: (string);
  'fieldSelector'?: (string);
  'resourceVersion'?: (number | string | Long);
  'bookmarks'?: (boolean);
}

export interface WatchRequest__Output {
  'reference': (_drydock_api_v1_Reference__Output | null);
  'labelSelector': (string);
  'fieldSelector': (string);
  'resourceVersion': (number);
  'bookmarks': (boolean);
}
