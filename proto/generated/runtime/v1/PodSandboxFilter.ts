// Original file: cri/runtime.proto


export interface PodSandboxFilter {
  'id'?: (string);
  'labelSelector'?: ({[key: string]: string});
}

export interface PodSandboxFilter__Output {
  'id': (string);
  'labelSelector': ({[key: string]: string});
}
