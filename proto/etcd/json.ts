/**
 * Messages as JSON, in the form of etcd's gateway: names as in the .proto files, 64-bit numbers as
 * strings, bytes in base64, enums by name, and nothing that has its default.
 *
 * Reading is more generous: camel case, plain numbers, numbers of enums; what is unknown is skipped.
 */
import {
  enumSchemas,
  messageSchemas,
  methodSchemas,
  type FieldSchema,
} from './generated/schemas.ts';
import { Reader, writeVarint, writeVarintBig } from './wire.ts';

/** JSON that is not of the message; the words are those of the original, as far as it has some. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  readonly code = 'malformed-json';
}

/** The names of a method's messages; undefined for one that is not the original's. */
export function methodTypes(path: string): readonly [request: string, answer: string] | undefined {
  return methodSchemas[path];
}

type JsonObject = Readonly<Record<string, unknown>>;

const is64Bit = (type: string) => type === 'int64' || type === 'uint64';
const isLengthDelimited = (type: string) =>
  type === 'bytes' || type === 'string' || type.startsWith('message ');
const nameIn = (type: string) => type.slice(type.indexOf(' ') + 1);

/** @throws WireError when the bytes are not of the message */
export function toJson(typeName: string, bytes: Uint8Array): JsonObject {
  const reader = new Reader(bytes);
  const message = readMessage(typeName, reader);
  return message;
}

function readMessage(typeName: string, reader: Reader): JsonObject {
  const fields = messageSchemas[typeName]!;
  const found = new Map<number, unknown>();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    const field = fields.find(([number]) => number === tag >>> 3);
    if (field === undefined) reader.skip(tag);
    else readField(field, tag & 7, reader, found);
  }
  const message: Record<string, unknown> = {};
  for (const [number, name] of fields) if (found.has(number)) message[name] = found.get(number);
  return message;
}

function readField(
  [number, , , type, isRepeated]: FieldSchema,
  wireType: number,
  reader: Reader,
  found: Map<number, unknown>,
): void {
  if (!isRepeated) {
    found.set(number, readValue(type, reader));
    return;
  }
  const list = (found.get(number) as unknown[] | undefined) ?? [];
  found.set(number, list);
  if (wireType !== 2 || isLengthDelimited(type)) {
    list.push(readValue(type, reader));
    return;
  }
  const outer = reader.enter();
  while (reader.at < reader.end) list.push(readValue(type, reader));
  reader.leave(outer);
}

function readValue(type: string, reader: Reader): unknown {
  switch (type) {
    case 'int64':
      return String(reader.int64Big());
    case 'uint64':
      return String(BigInt.asUintN(64, reader.int64Big()));
    case 'int32':
      return reader.int64();
    case 'uint32':
      return reader.uint32();
    case 'bool':
      return reader.bool();
    case 'string':
      return reader.string();
    case 'bytes':
      return Buffer.from(reader.view()).toString('base64');
    default:
  }
  if (type.startsWith('enum ')) {
    const value = reader.int64();
    const names = Object.entries(enumSchemas[nameIn(type)]!);
    return names.find(([, number]) => number === value)?.[0] ?? value;
  }
  const outer = reader.enter();
  const message = readMessage(nameIn(type), reader);
  reader.leave(outer);
  return message;
}

/** Nested messages in one another; protobuf's own limit. */
const depthMax = 100;

/** @throws JsonError */
export function fromJson(typeName: string, value: unknown, depth = 0): Buffer {
  if (depth > depthMax) throw new JsonError('json: exceeded max depth');
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new JsonError(
      `json: cannot unmarshal ${kindOf(value)} into Go value of type ${typeName}`,
    );
  }
  const parts: Buffer[] = [];
  for (const field of messageSchemas[typeName]!) {
    const [, name, jsonName, , isRepeated] = field;
    const given = (value as JsonObject)[name] ?? (value as JsonObject)[jsonName];
    if (given === undefined || given === null) continue;
    if (!isRepeated) writeField(field, given, { parts, depth });
    else if (!Array.isArray(given)) throw unsuitable(given, `[]${field[3]}`);
    else for (const one of given) writeField(field, one, { parts, depth });
  }
  return Buffer.concat(parts);
}

function writeField(
  [number, , , type]: FieldSchema,
  value: unknown,
  { parts, depth }: { readonly parts: Buffer[]; readonly depth: number },
): void {
  if (isLengthDelimited(type)) {
    const bytes = bytesOf(type, value, depth);
    parts.push(varint(number * 8 + 2), varint(bytes.length), bytes);
  } else {
    parts.push(varint(number * 8), bigVarint(numberOf(type, value)));
  }
}

function bytesOf(type: string, value: unknown, depth: number): Buffer {
  if (type.startsWith('message ')) return fromJson(nameIn(type), value, depth + 1);
  if (typeof value !== 'string') throw unsuitable(value, type === 'bytes' ? '[]uint8' : 'string');
  if (type === 'string') return Buffer.from(value);
  const standard = value.replaceAll('-', '+').replaceAll('_', '/');
  const wrong = /[^A-Za-z0-9+/=\r\n]|=(?!=?$)/.exec(standard)?.index;
  if (wrong !== undefined || standard.replace(/[\r\n=]/g, '').length % 4 === 1) {
    throw new JsonError(`illegal base64 data at input byte ${wrong ?? value.length}`);
  }
  return Buffer.from(standard, 'base64');
}

function numberOf(type: string, value: unknown): bigint {
  if (type === 'bool') {
    if (typeof value !== 'boolean') throw unsuitable(value, 'bool');
    return value ? 1n : 0n;
  }
  if (type.startsWith('enum ') && typeof value === 'string') {
    const number = enumSchemas[nameIn(type)]![value];
    if (number === undefined) {
      throw new JsonError(`unknown value ${JSON.stringify(value)} for enum ${nameIn(type)}`);
    }
    return BigInt(number);
  }
  const isNumber = typeof value === 'number' && Number.isInteger(value);
  const isText = typeof value === 'string' && /^-?\d+$/.test(value);
  if (!isNumber && !isText) throw unsuitable(value, is64Bit(type) ? type : 'int32');
  const number = BigInt(value);
  const isFitting =
    type === 'uint64' ? number >= 0n && number < 2n ** 64n : BigInt.asIntN(64, number) === number;
  if (!isFitting) throw unsuitable(value, type);
  return number;
}

const kindOf = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'array'
      : typeof value === 'boolean'
        ? 'bool'
        : typeof value;

const unsuitable = (value: unknown, type: string) =>
  new JsonError(`json: cannot unmarshal ${kindOf(value)} into Go value of type ${type}`);

function varint(value: number): Buffer {
  const into = Buffer.alloc(10);
  return into.subarray(0, writeVarint(value, into, 0));
}

function bigVarint(value: bigint): Buffer {
  const into = Buffer.alloc(10);
  return into.subarray(0, writeVarintBig(value, into, 0));
}
