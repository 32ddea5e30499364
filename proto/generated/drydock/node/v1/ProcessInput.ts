// Original file: drydock/node.proto

import type { ProcessStart as _drydock_node_v1_ProcessStart, ProcessStart__Output as _drydock_node_v1_ProcessStart__Output } from '../../../drydock/node/v1/ProcessStart.ts';
import type { TerminalSize as _drydock_node_v1_TerminalSize, TerminalSize__Output as _drydock_node_v1_TerminalSize__Output } from '../../../drydock/node/v1/TerminalSize.ts';

export interface ProcessInput {
  'start'?: (_drydock_node_v1_ProcessStart | null);
  'stdin'?: (Buffer | Uint8Array | string);
  'resize'?: (_drydock_node_v1_TerminalSize | null);
  'stdinEnd'?: (boolean);
  'message'?: "start"|"stdin"|"resize"|"stdinEnd";
}

export interface ProcessInput__Output {
  'start'?: (_drydock_node_v1_ProcessStart__Output | null);
  'stdin'?: (Buffer);
  'resize'?: (_drydock_node_v1_TerminalSize__Output | null);
  'stdinEnd'?: (boolean);
  'message'?: "start"|"stdin"|"resize"|"stdinEnd";
}
