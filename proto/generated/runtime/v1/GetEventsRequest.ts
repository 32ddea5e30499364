// Original file: cri/runtime.proto


export interface GetEventsRequest {
}

export interface GetEventsRequest__Output {
}
