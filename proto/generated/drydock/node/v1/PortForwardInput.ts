// Original file: drydock/node.proto

import type { PortForwardStart as _drydock_node_v1_PortForwardStart, PortForwardStart__Output as _drydock_node_v1_PortForwardStart__Output } from '../../../drydock/node/v1/PortForwardStart.ts';

export interface PortForwardInput {
  'start'?: (_drydock_node_v1_PortForwardStart | null);
  'data'?: (Buffer | Uint8Array | string);
  'message'?: "start"|"data";
}

export interface PortForwardInput__Output {
  'start'?: (_drydock_node_v1_PortForwardStart__Output | null);
  'data'?: (Buffer);
  'message'?: "start"|"data";
}
