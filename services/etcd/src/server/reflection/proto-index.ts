/** The .proto files that a server describes itself by, found by name or by what they declare. */
import type { ProtoFile } from '@drydock/proto/etcd';

export interface ProtoIndex {
  byName(name: string): ProtoFile | undefined;
  /** `symbol` is fully qualified. */
  declaring(symbol: string): ProtoFile | undefined;
  /**
   * The serialized descriptors of a file and, breadth first, of all it imports but what `sent` names;
   * those given are added to it.
   */
  withImports(file: ProtoFile, sent: Set<string>): Uint8Array[];
}

export function createProtoIndex(files: readonly ProtoFile[]): ProtoIndex {
  const names = new Map(files.map((file) => [file.name, file]));
  const symbols = new Map(
    files.flatMap((file) => file.symbols.map((symbol) => [symbol, file] as const)),
  );
  return {
    byName: (name) => names.get(name),
    declaring: (symbol) => symbols.get(symbol),
    withImports: (file, sent) => {
      const descriptors: Uint8Array[] = [];
      const queue = [file];
      for (const one of queue) {
        // The file that was asked for comes again, as the protocol has it.
        if (one !== file && sent.has(one.name)) continue;
        sent.add(one.name);
        descriptors.push(Buffer.from(one.descriptor, 'base64'));
        for (const name of one.imports) queue.push(names.get(name)!);
      }
      return descriptors;
    },
  };
}
