// Original file: drydock/api.proto


export interface Reference {
  'group'?: (string);
  'version'?: (string);
  'resource'?: (string);
  'namespace'?: (string);
  'name'?: (string);
  'subresource'?: (string);
}

export interface Reference__Output {
  'group': (string);
  'version': (string);
  'resource': (string);
  'namespace': (string);
  'name': (string);
  'subresource': (string);
}
