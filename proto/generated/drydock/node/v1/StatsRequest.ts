// Original file: drydock/node.proto


export interface StatsRequest {
  'node'?: (string);
}

export interface StatsRequest__Output {
  'node': (string);
}
