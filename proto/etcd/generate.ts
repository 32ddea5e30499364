/**
 * Writes generated/etcd.ts from the .proto files: for every message a TypeScript interface and a
 * two-pass codec, for every service a definition that grpc-js takes on both sides. The comments of the
 * .proto files come along, so an editor shows them.
 *
 * And generated/descriptors.ts, by which a server describes itself to clients without .proto files, and
 * generated/schemas.ts, by which messages become JSON.
 *
 *     node proto/etcd/generate.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { describeFiles } from './descriptors.ts';
import { schemasOf } from './schemas.ts';

/** Fields whose 64 bits are chosen by clients; see invariant 1 of wire.ts. */
const exact64 = (field: protobuf.Field): boolean =>
  field.name === 'lease' ||
  field.name === 'watch_id' ||
  (field.name === 'ID' && field.parent!.name.startsWith('Lease'));

function camel(name: string): string {
  const words = name.replace('URLs', 'Urls').replace('TTL', 'Ttl').replace('ID', 'Id');
  const joined = words.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return joined[0]!.toLowerCase() + joined.slice(1);
}

const lowerCamel = (constant: string): string => camel(constant.toLowerCase());

function documentation(text: string | null, indent: string): string {
  if (text === null || text === '') return '';
  const lines = text.split('\n');
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`;
}

interface Kind {
  readonly type: string;
  readonly zero: string;
  readonly wireType: 0 | 2;
  present(value: string): string;
  size(value: string): string;
  write(value: string): string;
  read: string;
}

function number(reader: string): Kind {
  return {
    type: 'number',
    zero: '0',
    wireType: 0,
    present: (value) => `${value} !== 0`,
    size: (value) => `varintSize(${value})`,
    write: (value) => `at = writeVarint(${value}, into, at);`,
    read: `reader.${reader}()`,
  };
}

const scalars: Record<string, Kind> = {
  int32: number('int64'),
  int64: number('int64'),
  uint64: number('uint64'),
  uint32: number('uint32'),
  bigint: {
    type: 'bigint',
    zero: '0n',
    wireType: 0,
    present: (value) => `${value} !== 0n`,
    size: (value) => `varintSizeBig(${value})`,
    write: (value) => `at = writeVarintBig(${value}, into, at);`,
    read: 'reader.int64Big()',
  },
  bool: {
    type: 'boolean',
    zero: 'false',
    wireType: 0,
    present: (value) => value,
    size: () => '1',
    write: (value) => `into[at++] = ${value} ? 1 : 0;`,
    read: 'reader.bool()',
  },
  bytes: {
    type: 'Uint8Array',
    zero: 'emptyBytes',
    wireType: 2,
    present: (value) => `${value}.length !== 0`,
    size: (value) => `lengthDelimitedSize(${value}.length)`,
    write: (value) => `at = writeBytes(${value}, into, at);`,
    read: 'reader.view()',
  },
  string: {
    type: 'string',
    zero: "''",
    wireType: 2,
    present: (value) => `${value} !== ''`,
    size: (value) => `lengthDelimitedSize(stringSize(${value}))`,
    write: (value) => `at = writeString(${value}, into, at);`,
    read: 'reader.string()',
  },
};

function messageKind(name: string): Kind {
  return {
    type: name,
    zero: 'undefined',
    wireType: 2,
    present: (value) => `${value} !== undefined`,
    size: (value) => `lengthDelimitedSize(size${name}(${value}))`,
    write: (value) =>
      `at = write${name}(${value}, into, writeVarint(size${name}(${value}), into, at));`,
    read: `read${name}(reader, reader.enter())`,
  };
}

/** The original's `Permission.Type` would be just `Type` beside all other messages. */
const enumName = (one: protobuf.Enum): string =>
  one.name === 'Type' ? `${one.parent!.name}Type` : one.name;

function kindOf(field: protobuf.Field): Kind {
  field.resolve();
  if (field.resolvedType instanceof protobuf.Type) return messageKind(field.resolvedType.name);
  if (field.resolvedType instanceof protobuf.Enum) {
    const name = enumName(field.resolvedType);
    return { ...number('int64'), type: name, read: `reader.int64() as ${name}` };
  }
  if (exact64(field)) return scalars['bigint']!;
  const kind = scalars[field.type];
  if (kind === undefined) throw new Error(`no codec for fields of type ${field.type}`);
  return kind;
}

/** A singular message, or a member of a oneof, is absent rather than zero. */
const isOptional = (field: protobuf.Field): boolean =>
  !field.repeated && (field.partOf !== null || field.resolvedType instanceof protobuf.Type);

function tagOf(field: protobuf.Field, wireType: number): { value: number; size: number } {
  const value = field.id * 8 + wireType;
  return { value, size: value < 0x80 ? 1 : 2 };
}

function tagWrite(tag: number): string {
  if (tag < 0x80) return `into[at++] = ${tag};`;
  return `into[at++] = ${(tag & 0x7f) | 0x80};\n    into[at++] = ${tag >> 7};`;
}

function sizeOf(field: protobuf.Field): string {
  const kind = kindOf(field);
  const value = `message.${camel(field.name)}`;
  const packed = field.repeated && kind.wireType === 0;
  const tag = tagOf(field, packed ? 2 : kind.wireType);
  if (packed) {
    return `  if (${value}.length !== 0) {
    let packed = 0;
    for (const item of ${value}) packed += ${kind.size('item')};
    size += ${tag.size} + lengthDelimitedSize(packed);
  }\n`;
  }
  if (field.repeated) {
    return `  for (const item of ${value}) size += ${tag.size} + ${kind.size('item')};\n`;
  }
  const present = isOptional(field) ? `${value} !== undefined` : kind.present(value);
  return `  if (${present}) size += ${tag.size} + ${kind.size(value)};\n`;
}

function writeOf(field: protobuf.Field): string {
  const kind = kindOf(field);
  const value = `message.${camel(field.name)}`;
  const packed = field.repeated && kind.wireType === 0;
  const tag = tagWrite(tagOf(field, packed ? 2 : kind.wireType).value);
  if (packed) {
    return `  if (${value}.length !== 0) {
    ${tag}
    let packed = 0;
    for (const item of ${value}) packed += ${kind.size('item')};
    at = writeVarint(packed, into, at);
    for (const item of ${value}) ${kind.write('item')}
  }\n`;
  }
  if (field.repeated) {
    return `  for (const item of ${value}) {\n    ${tag}\n    ${kind.write('item')}\n  }\n`;
  }
  const present = isOptional(field) ? `${value} !== undefined` : kind.present(value);
  return `  if (${present}) {\n    ${tag}\n    ${kind.write(value)}\n  }\n`;
}

function readOf(field: protobuf.Field): string {
  const kind = kindOf(field);
  const target = `message.${camel(field.name)}`;
  const assign = field.repeated ? `${target}.push(${kind.read})` : `${target} = ${kind.read}`;
  let text = `      case ${tagOf(field, kind.wireType).value}:\n        ${assign};\n`;
  if (field.partOf !== null) {
    for (const other of field.partOf.fieldsArray) {
      if (other !== field) text += `        message.${camel(other.name)} = undefined;\n`;
    }
  }
  text += '        break;\n';
  if (field.repeated && kind.wireType === 0) {
    text += `      case ${tagOf(field, 2).value}: {
        const outer = reader.enter();
        while (reader.at < reader.end) ${assign};
        reader.leave(outer);
        break;
      }\n`;
  }
  return text;
}

function zeroOf(field: protobuf.Field): string {
  if (field.repeated) return '[]';
  return isOptional(field) ? 'undefined' : kindOf(field).zero;
}

function typeOf(field: protobuf.Field): string {
  const { type } = kindOf(field);
  if (field.repeated) return `${type}[]`;
  return isOptional(field) ? `${type} | undefined` : type;
}

function messageCode(message: protobuf.Type): string {
  const { name } = message;
  const fields = message.fieldsArray;
  const each = (write: (field: protobuf.Field) => string) => fields.map(write).join('');
  const param = fields.length === 0 ? '_message' : 'message';
  const typeName = message.fullName.slice(1);
  return `
${documentation(message.comment, '')}export interface ${name} {
${each((field) => `${documentation(field.comment, '  ')}  ${camel(field.name)}: ${typeOf(field)};\n`)}}

function zero${name}(): ${name} {
  return {
${each((field) => `    ${camel(field.name)}: ${zeroOf(field)},\n`)}  };
}

function size${name}(${param}: ${name}): number {
  ${fields.length === 0 ? 'const' : 'let'} size = 0;
${each(sizeOf)}  return size;
}

function write${name}(${param}: ${name}, ${fields.length === 0 ? '_into' : 'into'}: Buffer, at: number): number {
${each(writeOf)}  return at;
}

function read${name}(reader: Reader, outerEnd: number): ${name} {
  const message = zero${name}();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
${each(readOf)}      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const ${name}: Codec<${name}> = codec(
  '${typeName}',
  zero${name},
  size${name},
  write${name},
  read${name},
);
`;
}

function enumCode(one: protobuf.Enum): string {
  const name = enumName(one);
  const entries = Object.entries(one.values).map(
    ([key, value]) =>
      `${documentation(one.comments[key] ?? null, '  ')}  ${lowerCamel(key)}: ${value},\n`,
  );
  return `
/** A number that is none of these may arrive from a client. */
export const ${name} = {
${entries.join('')}} as const;
export type ${name} = (typeof ${name})[keyof typeof ${name}];
`;
}

function serviceCode(service: protobuf.Service): string {
  const methods = service.methodsArray.map((method) => {
    method.resolve();
    const request = method.resolvedRequestType!.name;
    const response = method.resolvedResponseType!.name;
    const path = `/${service.fullName.slice(1)}/${method.name}`;
    const streams = `${Boolean(method.requestStream)}, ${Boolean(method.responseStream)}`;
    return `${documentation(method.comment, '  ')}  ${camel(method.name)}: method('${path}', ${request}, ${response}, ${streams}),\n`;
  });
  return `\nexport const ${service.name}Service = {\n${methods.join('')}} as const;\n`;
}

/** Callees before callers is not needed for functions, but codec constants must precede services. */
function generate(files: readonly string[]): string {
  const root = new protobuf.Root();
  for (const file of files) {
    const text = readFileSync(join(import.meta.dirname, file), 'utf8');
    protobuf.parse(text, root, { keepCase: true, alternateCommentMode: true });
  }
  root.resolveAll();
  const messages: string[] = [];
  const enums: string[] = [];
  const services: string[] = [];
  const visit = (scope: protobuf.NamespaceBase): void => {
    for (const one of scope.nestedArray) {
      if (one instanceof protobuf.Enum) enums.push(enumCode(one));
      else if (one instanceof protobuf.Service) services.push(serviceCode(one));
      else if (one instanceof protobuf.Namespace) {
        if (one instanceof protobuf.Type) messages.push(messageCode(one));
        visit(one);
      }
    }
  };
  visit(root);
  return `// Generated from ${files.join(', ')} by generate.ts: edit those, then run \`node proto/etcd/generate.ts\`.
import { codec, method } from '../codec.ts';
import type { Codec, Reader } from '../wire.ts';
import {
  emptyBytes,
  lengthDelimitedSize,
  stringSize,
  varintSize,
  varintSizeBig,
  writeBytes,
  writeString,
  writeVarint,
  writeVarintBig,
} from '../wire.ts';
${enums.join('')}${messages.join('')}${services.join('')}`;
}

writeFileSync(
  join(import.meta.dirname, 'generated', 'etcd.ts'),
  generate([
    'kv.proto',
    'auth.proto',
    'rpc.proto',
    'v3lock.proto',
    'v3election.proto',
    'peer.proto',
    'raft.proto',
    'command.proto',
    'lease.proto',
    // v1alpha of reflection is v1 message for message.
    'grpc/health/v1/health.proto',
    'grpc/reflection/v1/reflection.proto',
  ]),
);
writeFileSync(
  join(import.meta.dirname, 'generated', 'descriptors.ts'),
  describeFiles([
    'kv.proto',
    'auth.proto',
    'rpc.proto',
    'v3lock.proto',
    'v3election.proto',
    'grpc/health/v1/health.proto',
    'grpc/reflection/v1/reflection.proto',
    'grpc/reflection/v1alpha/reflection.proto',
  ]),
);
writeFileSync(
  join(import.meta.dirname, 'generated', 'schemas.ts'),
  schemasOf(['kv.proto', 'auth.proto', 'rpc.proto', 'v3lock.proto', 'v3election.proto']),
);
