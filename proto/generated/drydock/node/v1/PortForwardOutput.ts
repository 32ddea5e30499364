// Original file: drydock/node.proto

import type { PortConnected as _drydock_node_v1_PortConnected, PortConnected__Output as _drydock_node_v1_PortConnected__Output } from '../../../drydock/node/v1/PortConnected.ts';

export interface PortForwardOutput {
  'connected'?: (_drydock_node_v1_PortConnected | null);
  'data'?: (Buffer | Uint8Array | string);
  'dataEnd'?: (boolean);
  'message'?: "connected"|"data"|"dataEnd";
}

export interface PortForwardOutput__Output {
  'connected'?: (_drydock_node_v1_PortConnected__Output | null);
  'data'?: (Buffer);
  'dataEnd'?: (boolean);
  'message'?: "connected"|"data"|"dataEnd";
}
