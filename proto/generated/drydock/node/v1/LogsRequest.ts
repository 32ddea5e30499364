// Original file: drydock/node.proto

import type { Long } from '@grpc/proto-loader';

export interface LogsRequest {
  'namespace'?: (string);
  'pod'?: (string);
  'container'?: (string);
  'follow'?: (boolean);
  'previous'?: (boolean);
  'timestamps'?: (boolean);
  'sinceSeconds'?: (number | string | Long);
  'sinceTime'?: (string);
  'tailLines'?: (number | string | Long);
  'limitBytes'?: (number | string | Long);
}

export interface LogsRequest__Output {
  'namespace': (string);
  'pod': (string);
  'container': (string);
  'follow': (boolean);
  'previous': (boolean);
  'timestamps': (boolean);
  'sinceSeconds': (number);
  'sinceTime': (string);
  'tailLines': (number);
  'limitBytes': (number);
}
