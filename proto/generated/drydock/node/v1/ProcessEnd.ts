// Original file: drydock/node.proto


export interface ProcessEnd {
  'exitCode'?: (number);
  'failure'?: (string);
}

export interface ProcessEnd__Output {
  'exitCode': (number);
  'failure': (string);
}
