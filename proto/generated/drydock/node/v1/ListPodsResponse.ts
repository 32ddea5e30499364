// Original file: drydock/node.proto


export interface ListPodsResponse {
  'pods'?: (Buffer | Uint8Array | string)[];
}

export interface ListPodsResponse__Output {
  'pods': (Buffer)[];
}
