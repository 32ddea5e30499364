// Original file: drydock/node.proto

import type { ProcessStarted as _drydock_node_v1_ProcessStarted, ProcessStarted__Output as _drydock_node_v1_ProcessStarted__Output } from '../../../drydock/node/v1/ProcessStarted.ts';
import type { ProcessEnd as _drydock_node_v1_ProcessEnd, ProcessEnd__Output as _drydock_node_v1_ProcessEnd__Output } from '../../../drydock/node/v1/ProcessEnd.ts';

export interface ProcessOutput {
  'started'?: (_drydock_node_v1_ProcessStarted | null);
  'stdout'?: (Buffer | Uint8Array | string);
  'stderr'?: (Buffer | Uint8Array | string);
  'end'?: (_drydock_node_v1_ProcessEnd | null);
  'message'?: "started"|"stdout"|"stderr"|"end";
}

export interface ProcessOutput__Output {
  'started'?: (_drydock_node_v1_ProcessStarted__Output | null);
  'stdout'?: (Buffer);
  'stderr'?: (Buffer);
  'end'?: (_drydock_node_v1_ProcessEnd__Output | null);
  'message'?: "started"|"stdout"|"stderr"|"end";
}
