/**
 * The .proto files as serialized FileDescriptorProtos, which is what gRPC's server reflection hands
 * out: names fully qualified, JSON names spelled out, as protoc writes them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import descriptorSchema from 'protobufjs/google/protobuf/descriptor.json' with { type: 'json' };

const fileDescriptorProto = protobuf.Root.fromJSON(descriptorSchema).lookupType(
  'google.protobuf.FileDescriptorProto',
);

/** Numbers of google.protobuf.FieldDescriptorProto.Type. */
const scalarTypes: Readonly<Record<string, number>> = {
  int64: 3,
  uint64: 4,
  int32: 5,
  bool: 8,
  string: 9,
  bytes: 12,
  uint32: 13,
};
const messageType = 11;
const enumType = 14;
const optionalLabel = 1;
const repeatedLabel = 3;

/** As protoc derives it: `range_end` is rangeEnd, `peerURLs` and `TTL` stay. */
const jsonName = (name: string) =>
  name.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());

function describeField(field: protobuf.Field): object {
  field.resolve();
  const { resolvedType, partOf, parent } = field;
  const type =
    resolvedType === null
      ? scalarTypes[field.type]
      : resolvedType instanceof protobuf.Enum
        ? enumType
        : messageType;
  if (type === undefined) throw new Error(`no descriptor for fields of type ${field.type}`);
  return {
    name: field.name,
    number: field.id,
    label: field.repeated ? repeatedLabel : optionalLabel,
    type,
    jsonName: jsonName(field.name),
    ...(resolvedType === null ? {} : { typeName: resolvedType.fullName }),
    ...(partOf === null
      ? {}
      : { oneofIndex: (parent as protobuf.Type).oneofsArray.indexOf(partOf) }),
  };
}

const describeEnum = (one: protobuf.Enum): object => ({
  name: one.name,
  value: Object.entries(one.values).map(([name, number]) => ({ name, number })),
});

function describeMessage(message: protobuf.Type): object {
  const { fieldsArray, oneofsArray, nestedArray } = message;
  return {
    name: message.name,
    field: fieldsArray.map(describeField),
    oneofDecl: oneofsArray.map(({ name }) => ({ name })),
    nestedType: nestedArray.filter((one) => one instanceof protobuf.Type).map(describeMessage),
    enumType: nestedArray.filter((one) => one instanceof protobuf.Enum).map(describeEnum),
  };
}

function describeService(service: protobuf.Service): object {
  return {
    name: service.name,
    method: service.methodsArray.map((method) => {
      method.resolve();
      return {
        name: method.name,
        inputType: method.resolvedRequestType!.fullName,
        outputType: method.resolvedResponseType!.fullName,
        ...(method.requestStream === true ? { clientStreaming: true } : {}),
        ...(method.responseStream === true ? { serverStreaming: true } : {}),
      };
    }),
  };
}

/** Every name that a file declares, fully qualified; values of an enum are its siblings. */
function symbolsOf(one: protobuf.ReflectionObject): string[] {
  const name = one.fullName.slice(1);
  const scope = name.slice(0, name.lastIndexOf('.'));
  if (one instanceof protobuf.Enum) {
    return [name, ...Object.keys(one.values).map((value) => `${scope}.${value}`)];
  }
  if (one instanceof protobuf.Service) {
    return [name, ...one.methodsArray.map((method) => `${name}.${method.name}`)];
  }
  if (!(one instanceof protobuf.Type)) throw new Error(`${name} is of no kind that is described`);
  const own = [...one.fieldsArray, ...one.oneofsArray].map((part) => `${name}.${part.name}`);
  return [name, ...own, ...one.nestedArray.flatMap(symbolsOf)];
}

function describeFile(name: string, text: string, root: protobuf.Root) {
  // Parsed alone, a file shows which of the declarations of its package are its own.
  const alone = new protobuf.Root();
  const { package: packageName = '', imports } = protobuf.parse(text, alone, { keepCase: true });
  const declared = (alone.lookup(packageName) as protobuf.Namespace).nestedArray.map((one) =>
    root.lookup(one.fullName)!,
  );
  const bytes = fileDescriptorProto
    .encode(
      fileDescriptorProto.fromObject({
        name,
        package: packageName,
        dependency: imports ?? [],
        messageType: declared.filter((one) => one instanceof protobuf.Type).map(describeMessage),
        enumType: declared.filter((one) => one instanceof protobuf.Enum).map(describeEnum),
        service: declared.filter((one) => one instanceof protobuf.Service).map(describeService),
        syntax: 'proto3',
      }),
    )
    .finish();
  return {
    name,
    imports: imports ?? [],
    symbols: declared.flatMap(symbolsOf),
    descriptor: Buffer.from(bytes).toString('base64'),
  };
}

/** The text of generated/descriptors.ts. */
export function describeFiles(files: readonly string[]): string {
  const texts = files.map((name) => ({
    name,
    text: readFileSync(join(import.meta.dirname, name), 'utf8'),
  }));
  const root = new protobuf.Root();
  for (const { text } of texts) protobuf.parse(text, root, { keepCase: true });
  root.resolveAll();
  const described = texts.map(({ name, text }) => describeFile(name, text, root));
  return `// Generated from the .proto files by generate.ts: edit those, then run \`node proto/etcd/generate.ts\`.

export interface ProtoFile {
  /** By which others import it. */
  readonly name: string;
  readonly imports: readonly string[];
  /** Everything declared in it, fully qualified. */
  readonly symbols: readonly string[];
  /** A serialized google.protobuf.FileDescriptorProto, in base64. */
  readonly descriptor: string;
}

export const protoFiles: readonly ProtoFile[] = ${JSON.stringify(described, undefined, 2)};
`;
}
