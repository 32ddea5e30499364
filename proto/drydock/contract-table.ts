/** The tables by which ../contract.ts reads and writes the messages of a .proto file. */
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

const types: Readonly<Record<string, string>> = {
  bool: 'bool',
  bytes: 'bytes',
  int32: 'int64',
  int64: 'int64',
  string: 'string',
  uint32: 'uint32',
  uint64: 'uint64',
};

const fullName = (one: protobuf.ReflectionObject) => one.fullName.slice(1);

function fieldRow(field: protobuf.Field): object {
  field.resolve();
  const { resolvedType } = field;
  const type =
    resolvedType instanceof protobuf.Type
      ? 'message'
      : resolvedType instanceof protobuf.Enum
        ? 'enum'
        : types[field.type];
  if (type === undefined) throw new Error(`no codec for fields of type ${field.type}`);
  const isPacked = field.repeated && !['bytes', 'message', 'string'].includes(type);
  if (isPacked || field.map) throw new Error(`no codec for ${field.fullName}`);
  return {
    number: field.id,
    name: field.name,
    type,
    ...(resolvedType === null ? {} : { ref: fullName(resolvedType) }),
    ...(field.repeated ? { isRepeated: true } : {}),
    ...(field.partOf === null ? {} : { oneof: field.partOf.name }),
  };
}

function methodRow(method: protobuf.Method): object {
  method.resolve();
  return {
    name: method.name,
    request: fullName(method.resolvedRequestType!),
    response: fullName(method.resolvedResponseType!),
    requestStream: method.requestStream === true,
    responseStream: method.responseStream === true,
  };
}

/** The text of a module. */
export function contractTable(path: string, title: string): string {
  const root = new protobuf.Root();
  protobuf.parse(readFileSync(path, 'utf8'), root, { keepCase: false });
  root.resolveAll();
  const messages: Record<string, object[]> = {};
  const enums: Record<string, object> = {};
  const services: Record<string, object[]> = {};
  const visit = (scope: protobuf.NamespaceBase): void => {
    for (const one of scope.nestedArray) {
      if (one instanceof protobuf.Enum) enums[fullName(one)] = one.values;
      if (one instanceof protobuf.Service)
        services[fullName(one)] = one.methodsArray.map(methodRow);
      if (one instanceof protobuf.Type) messages[fullName(one)] = one.fieldsArray.map(fieldRow);
      if (one instanceof protobuf.Namespace) visit(one);
    }
  };
  visit(root);
  const table = JSON.stringify({ messages, enums, services }, undefined, 2);
  return `// Generated from ${title} by scripts/gen-proto.ts: edit that, then run \`node --run gen\`.
import type { ContractTable } from '../contract.ts';

export const contract: ContractTable = ${table};
`;
}
