// Original file: drydock/node.proto

import type { UsageSamples as _drydock_node_v1_UsageSamples, UsageSamples__Output as _drydock_node_v1_UsageSamples__Output } from '../../../drydock/node/v1/UsageSamples.ts';
import type { Long } from '@grpc/proto-loader';

export interface ContainerStats {
  'namespace'?: (string);
  'pod'?: (string);
  'podUid'?: (string);
  'container'?: (string);
  'startedAt'?: (number | string | Long);
  'samples'?: (_drydock_node_v1_UsageSamples | null);
}

export interface ContainerStats__Output {
  'namespace': (string);
  'pod': (string);
  'podUid': (string);
  'container': (string);
  'startedAt': (number);
  'samples': (_drydock_node_v1_UsageSamples__Output | null);
}
