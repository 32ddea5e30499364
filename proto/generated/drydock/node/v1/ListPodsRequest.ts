// Original file: drydock/node.proto


export interface ListPodsRequest {
}

export interface ListPodsRequest__Output {
}
