// Original file: drydock/node.proto

import type { Long } from '@grpc/proto-loader';

export interface UsageSample {
  'time'?: (number | string | Long);
  'cpuMicros'?: (number | string | Long);
  'workingSetBytes'?: (number | string | Long);
}

export interface UsageSample__Output {
  'time': (number);
  'cpuMicros': (number);
  'workingSetBytes': (number);
}
