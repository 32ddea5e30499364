// Original file: drydock/node.proto

import type { UsageSamples as _drydock_node_v1_UsageSamples, UsageSamples__Output as _drydock_node_v1_UsageSamples__Output } from '../../../drydock/node/v1/UsageSamples.ts';
import type { ContainerStats as _drydock_node_v1_ContainerStats, ContainerStats__Output as _drydock_node_v1_ContainerStats__Output } from '../../../drydock/node/v1/ContainerStats.ts';

export interface StatsResponse {
  'node'?: (_drydock_node_v1_UsageSamples | null);
  'containers'?: (_drydock_node_v1_ContainerStats)[];
}

export interface StatsResponse__Output {
  'node': (_drydock_node_v1_UsageSamples__Output | null);
  'containers': (_drydock_node_v1_ContainerStats__Output)[];
}
