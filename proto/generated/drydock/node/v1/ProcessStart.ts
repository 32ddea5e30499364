// Original file: drydock/node.proto


export interface ProcessStart {
  'namespace'?: (string);
  'pod'?: (string);
  'container'?: (string);
  'command'?: (string)[];
  'stdin'?: (boolean);
  'stdout'?: (boolean);
  'stderr'?: (boolean);
  'tty'?: (boolean);
}

export interface ProcessStart__Output {
  'namespace': (string);
  'pod': (string);
  'container': (string);
  'command': (string)[];
  'stdin': (boolean);
  'stdout': (boolean);
  'stderr': (boolean);
  'tty': (boolean);
}
