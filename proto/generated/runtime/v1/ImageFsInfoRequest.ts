// Original file: cri/runtime.proto


export interface ImageFsInfoRequest {
}

export interface ImageFsInfoRequest__Output {
}
