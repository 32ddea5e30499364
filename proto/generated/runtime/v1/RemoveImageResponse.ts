// Original file: cri/runtime.proto


export interface RemoveImageResponse {
}

export interface RemoveImageResponse__Output {
}
