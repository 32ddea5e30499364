/**
 * The services of our own components, from tables that are generated from their .proto files: nothing is
 * parsed at run time, which was a tenth of a process's start, and protobufjs is not loaded.
 *
 * 1. Messages are what the generated types say: 64-bit integers are numbers (resource versions stay far
 *    below 2^53, and so does everything else these contracts carry), enums are their names, a oneof tells
 *    the name of its member, messages that are not there are null.
 * 2. The bytes are any protobuf library's: contract.test.ts has protobufjs as oracle, both ways.
 * 3. Malformed input throws WireError; unknown fields are skipped.
 */
import type { MethodDefinition } from '@grpc/grpc-js';
import {
  lengthDelimitedSize,
  Reader,
  stringSize,
  varintSize,
  writeBytes,
  writeString,
  writeVarint,
} from './etcd/wire.ts';

export interface FieldTable {
  readonly number: number;
  readonly name: string;
  readonly type: 'bool' | 'bytes' | 'enum' | 'int64' | 'message' | 'string' | 'uint32' | 'uint64';
  /** Of the message or the enum. */
  readonly ref?: string;
  readonly isRepeated?: true;
  readonly oneof?: string;
}

export interface ContractTable {
  readonly messages: Readonly<Record<string, readonly FieldTable[]>>;
  readonly enums: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Methods by the full name of their service. */
  readonly services: Readonly<Record<string, readonly MethodTable[]>>;
}

export interface MethodTable {
  readonly name: string;
  readonly request: string;
  readonly response: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

type Value = Record<string, unknown>;

interface Field extends FieldTable {
  readonly tag: number;
  readonly tagSize: number;
  readonly names: Readonly<Record<string, number>>;
  readonly namesByNumber: ReadonlyMap<number, string>;
  /** Other members of its oneof. */
  readonly rivals: readonly string[];
}

interface Message {
  readonly fields: readonly Field[];
  readonly byTag: ReadonlyMap<number, Field>;
}

const isDelimited = ({ type }: FieldTable) =>
  type === 'bytes' || type === 'string' || type === 'message';

/** The codecs of one contract. */
class Contract {
  readonly #table: ContractTable;
  readonly #messages = new Map<string, Message>();

  constructor(table: ContractTable) {
    this.#table = table;
  }

  #message(name: string): Message {
    let message = this.#messages.get(name);
    if (message === undefined) {
      const fields = this.#table.messages[name]!.map((field, _index, all): Field => {
        const tag = field.number * 8 + (isDelimited(field) ? 2 : 0);
        const names = field.type === 'enum' ? this.#table.enums[field.ref!]! : {};
        return {
          ...field,
          tag,
          tagSize: varintSize(tag),
          names,
          namesByNumber: new Map(Object.entries(names).map(([one, number]) => [number, one])),
          rivals: all
            .filter(
              ({ oneof, number }) =>
                oneof !== undefined && oneof === field.oneof && number !== field.number,
            )
            .map((one) => one.name),
        };
      });
      message = { fields, byTag: new Map(fields.map((field) => [field.tag, field])) };
      this.#messages.set(name, message);
    }
    return message;
  }

  encode(name: string, value: Value): Buffer {
    const message = this.#message(name);
    const bytes = Buffer.allocUnsafe(this.#size(message, value));
    this.#write(message, value, bytes, 0);
    return bytes;
  }

  #size({ fields }: Message, value: Value): number {
    let size = 0;
    for (const field of fields) {
      for (const item of itemsOf(field, value)) size += field.tagSize + this.#itemSize(field, item);
    }
    return size;
  }

  #itemSize(field: Field, item: unknown): number {
    switch (field.type) {
      case 'bool':
        return 1;
      case 'bytes':
        return lengthDelimitedSize(bytesOf(item).length);
      case 'string':
        return lengthDelimitedSize(stringSize(String(item)));
      case 'message':
        return lengthDelimitedSize(this.#size(this.#message(field.ref!), item as Value));
      default:
        return varintSize(numberOf(field, item));
    }
  }

  #write({ fields }: Message, value: Value, into: Buffer, start: number): number {
    let at = start;
    for (const field of fields) {
      for (const item of itemsOf(field, value)) {
        at = this.#writeItem(field, item, into, writeVarint(field.tag, into, at));
      }
    }
    return at;
  }

  #writeItem(field: Field, item: unknown, into: Buffer, at: number): number {
    switch (field.type) {
      case 'bool':
        into[at] = item === true ? 1 : 0;
        return at + 1;
      case 'bytes':
        return writeBytes(bytesOf(item), into, at);
      case 'string':
        return writeString(String(item), into, at);
      case 'message': {
        const message = this.#message(field.ref!);
        const next = writeVarint(this.#size(message, item as Value), into, at);
        return this.#write(message, item as Value, into, next);
      }
      default:
        return writeVarint(numberOf(field, item), into, at);
    }
  }

  decode(name: string, bytes: Uint8Array): Value {
    const reader = new Reader(bytes);
    return this.#read(this.#message(name), reader, reader.end);
  }

  #read(message: Message, reader: Reader, outerEnd: number): Value {
    const value: Value = {};
    for (const field of message.fields) {
      if (field.oneof === undefined) value[field.name] = zeroOf(field);
    }
    while (reader.at < reader.end) {
      const tag = reader.uint32();
      const field = message.byTag.get(tag);
      if (field === undefined) {
        reader.skip(tag);
        continue;
      }
      const item = this.#readItem(field, reader);
      if (field.isRepeated === true) (value[field.name] as unknown[]).push(item);
      else value[field.name] = item;
      if (field.oneof === undefined) continue;
      for (const rival of field.rivals) delete value[rival];
      value[field.oneof] = field.name;
    }
    reader.leave(outerEnd);
    return value;
  }

  #readItem(field: Field, reader: Reader): unknown {
    switch (field.type) {
      case 'bool':
        return reader.bool();
      case 'bytes': {
        const bytes = reader.view();
        return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      }
      case 'string':
        return reader.string();
      case 'message':
        return this.#read(this.#message(field.ref!), reader, reader.enter());
      case 'enum': {
        const number = reader.int64();
        return field.namesByNumber.get(number) ?? number;
      }
      default:
        return reader[field.type]();
    }
  }
}

/** What of a field is written: nothing, itself, or all of it. */
function itemsOf(field: Field, value: Value): readonly unknown[] {
  const given = value[field.name];
  if (given === undefined || given === null) return [];
  if (field.isRepeated === true) return given as readonly unknown[];
  if (field.type === 'message' || field.oneof !== undefined) return [given];
  return isZero(field, given) ? [] : [given];
}

function isZero(field: Field, given: unknown): boolean {
  switch (field.type) {
    case 'bool':
      return given !== true;
    case 'bytes':
    case 'string':
      return (given as string | Uint8Array).length === 0;
    default:
      return numberOf(field, given) === 0;
  }
}

function zeroOf(field: Field): unknown {
  if (field.isRepeated === true) return [];
  switch (field.type) {
    case 'bool':
      return false;
    case 'bytes':
      return Buffer.alloc(0);
    case 'string':
      return '';
    case 'message':
      return null;
    case 'enum':
      return field.namesByNumber.get(0) ?? 0;
    default:
      return 0;
  }
}

/** Text is base64, as in protobuf's JSON. */
const bytesOf = (item: unknown): Uint8Array =>
  typeof item === 'string' ? Buffer.from(item, 'base64') : (item as Uint8Array);

function numberOf(field: Field, item: unknown): number {
  if (field.type !== 'enum' || typeof item !== 'string') return Number(item);
  const number = field.names[item];
  if (number === undefined) throw new TypeError(`${field.name} cannot be ${item}`);
  return number;
}

/** A service as grpc-js takes it on both sides. @param name in full, as `drydock.api.v1.ObjectApi` */
export function serviceOf(
  table: ContractTable,
  name: string,
): Record<string, MethodDefinition<object, object>> {
  const contract = new Contract(table);
  const methods = table.services[name]!.map((method) => {
    const { request, response, requestStream, responseStream } = method;
    const definition: MethodDefinition<object, object> = {
      path: `/${name}/${method.name}`,
      requestStream,
      responseStream,
      originalName: method.name[0]!.toLowerCase() + method.name.slice(1),
      requestSerialize: (value) => contract.encode(request, value as Value),
      requestDeserialize: (bytes) => contract.decode(request, bytes),
      responseSerialize: (value) => contract.encode(response, value as Value),
      responseDeserialize: (bytes) => contract.decode(response, bytes),
    };
    return [method.name, definition] as const;
  });
  return Object.fromEntries(methods);
}
