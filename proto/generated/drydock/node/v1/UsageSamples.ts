// Original file: drydock/node.proto

import type { UsageSample as _drydock_node_v1_UsageSample, UsageSample__Output as _drydock_node_v1_UsageSample__Output } from '../../../drydock/node/v1/UsageSample.ts';

export interface UsageSamples {
  'previous'?: (_drydock_node_v1_UsageSample | null);
  'last'?: (_drydock_node_v1_UsageSample | null);
}

export interface UsageSamples__Output {
  'previous': (_drydock_node_v1_UsageSample__Output | null);
  'last': (_drydock_node_v1_UsageSample__Output | null);
}
