// Original file: drydock/node.proto


export interface PortForwardStart {
  'namespace'?: (string);
  'pod'?: (string);
  'port'?: (number);
  'node'?: (string);
}

export interface PortForwardStart__Output {
  'namespace': (string);
  'pod': (string);
  'port': (number);
  'node': (string);
}
