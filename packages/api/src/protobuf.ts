/**
 * Kubernetes' protobuf bodies, which kubectl 1.32 and later sends for some creates: read generically
 * by the field numbers of the schema.
 *
 * 1. A body is `k8s\0` and an envelope (runtime.Unknown) around the kind's own message.
 * 2. The result is what the same object would be in JSON; `normalize` then drops the zeros that
 *    protobuf always writes and JSON does not.
 * 3. Input is hostile: every length is checked against its surroundings, unknown fields are skipped,
 *    and depth is bounded by the schema, which has no cycles in what is read here.
 */
import { checkIdentity, convertBody, convertObject } from './decode.ts';
import type { Decoded } from './decode.ts';
import { badRequestError } from './errors.ts';
import type { KindDefinition } from './kind.ts';
import { setOwn } from './normalize.ts';
import type { KubernetesObject } from './object.ts';
import { typeFacts } from './schema.ts';
import type { FieldSchema, SchemaName } from './schema.ts';

type Json = Record<string, unknown>;

export const protobufMediaType = 'application/vnd.kubernetes.protobuf';

const magic = [0x6b, 0x38, 0x73, 0x00];
const decoder = new TextDecoder('utf-8');
const varint = 0;
const fixed64 = 1;
const lengthDelimited = 2;
const fixed32 = 5;

const refuse = (why: string) => badRequestError(`the protobuf body is malformed: ${why}`);

/** Walks the fields of one message. */
class Reader {
  readonly #bytes: Uint8Array;
  #position: number;
  readonly #end: number;
  /** Of the field that `next` found. */
  number = 0;
  wire = 0;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#position = start;
    this.#end = end;
  }

  next(): boolean {
    if (this.#position >= this.#end) return false;
    const tag = this.integer();
    this.number = Math.floor(tag / 8);
    this.wire = tag & 7;
    if (this.number < 1) throw refuse('a field has no number');
    return true;
  }

  /** A varint as a signed 64-bit integer; exact below 2^53. */
  integer(): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#position >= this.#end) throw refuse('it ends within a number');
      const byte = this.#bytes[this.#position]!;
      this.#position += 1;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= (bits & 0x0f) << 28;
        high |= bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) return (high | 0) * 2 ** 32 + (low >>> 0);
    }
    throw refuse('a number is longer than 64 bits');
  }

  #slice(): readonly [number, number] {
    if (this.wire !== lengthDelimited) throw refuse(`field ${this.number} has another wire type`);
    const length = this.integer();
    const start = this.#position;
    if (length < 0 || start + length > this.#end) {
      throw refuse(`field ${this.number} is longer than its message`);
    }
    this.#position = start + length;
    return [start, start + length];
  }

  message(): Reader {
    const [start, end] = this.#slice();
    return new Reader(this.#bytes, start, end);
  }

  bytes(): Uint8Array {
    const [start, end] = this.#slice();
    return this.#bytes.subarray(start, end);
  }

  text(): string {
    return decoder.decode(this.bytes());
  }

  isAtEnd(): boolean {
    return this.#position >= this.#end;
  }

  skip(): void {
    if (this.wire === varint) this.integer();
    else if (this.wire === lengthDelimited) this.#slice();
    else if (this.wire === fixed64 || this.wire === fixed32) {
      this.#position += this.wire === fixed64 ? 8 : 4;
      if (this.#position > this.#end) throw refuse(`it ends within field ${this.number}`);
    } else throw refuse(`field ${this.number} has the unknown wire type ${this.wire}`);
  }
}

interface NumberedField {
  readonly name: string;
  readonly field: FieldSchema;
}
interface Layout {
  readonly fields: ReadonlyMap<number, NumberedField>;
  readonly inline: ReadonlyMap<number, SchemaName>;
}
const layouts = new Map<SchemaName, Layout>();

function layoutOf(name: SchemaName): Layout {
  const known = layouts.get(name);
  if (known !== undefined) return known;
  const facts = typeFacts(name);
  const fields = new Map<number, NumberedField>();
  for (const [fieldName, field] of Object.entries(facts.fields)) {
    if (field.proto !== undefined) fields.set(field.proto, { name: fieldName, field });
  }
  const layout = { fields, inline: new Map(facts.inline.map(({ proto, ref }) => [proto, ref])) };
  layouts.set(name, layout);
  return layout;
}

/** A message whose fields 1 and 2 are all there is to know. */
function readPair(reader: Reader): { seconds: number; nanos: number; isEmpty: boolean } {
  let seconds = 0;
  let nanos = 0;
  const isEmpty = reader.isAtEnd();
  while (reader.next()) {
    if (reader.number === 1 && reader.wire === varint) seconds = reader.integer();
    else if (reader.number === 2 && reader.wire === varint) nanos = reader.integer();
    else reader.skip();
  }
  return { seconds, nanos, isEmpty };
}

const secondsMax = 253_402_300_799;

/** Go's zero time travels as an empty message, or as the seconds of year 1. */
function readTime(reader: Reader): string | null {
  const { seconds, nanos, isEmpty } = readPair(reader);
  if (isEmpty || seconds <= -62_135_596_800) return null;
  if (seconds > secondsMax || nanos < 0 || nanos > 999_999_999) {
    throw refuse('a timestamp is out of range');
  }
  const base = new Date(seconds * 1000).toISOString().slice(0, 19);
  return nanos === 0 ? `${base}Z` : `${base}.${String(nanos).padStart(9, '0')}Z`;
}

function readIntOrString(reader: Reader): number | string {
  let isText = false;
  let number = 0;
  let text = '';
  while (reader.next()) {
    if (reader.number === 1 && reader.wire === varint) isText = reader.integer() === 1;
    else if (reader.number === 2 && reader.wire === varint) number = reader.integer();
    else if (reader.number === 3) text = reader.text();
    else reader.skip();
  }
  return isText ? text : number;
}

/** The first field of a wrapper message, as bytes. */
function readWrapped(reader: Reader): Uint8Array {
  let content: Uint8Array = new Uint8Array();
  while (reader.next()) {
    if (reader.number === 1) content = reader.bytes();
    else reader.skip();
  }
  return content;
}

function readStrings(reader: Reader): string[] {
  const texts: string[] = [];
  while (reader.next()) {
    if (reader.number === 1) texts.push(reader.text());
    else reader.skip();
  }
  return texts;
}

function readJson(reader: Reader): unknown {
  const text = decoder.decode(readWrapped(reader));
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    throw refuse('an embedded object is no JSON');
  }
}

function readElement(reader: Reader, field: FieldSchema): unknown {
  switch (field.type) {
    case 'string':
      return reader.text();
    case 'bool':
    case 'int32':
    case 'int64': {
      if (reader.wire !== varint) throw refuse(`field ${reader.number} has another wire type`);
      const value = reader.integer();
      return field.type === 'bool' ? value !== 0 : value;
    }
    case 'bytes':
      return reader.bytes().toBase64();
    case 'object':
      return readMessage(reader.message(), field.ref!);
    case 'Quantity':
      return decoder.decode(readWrapped(reader.message()));
    case 'IntOrString':
      return readIntOrString(reader.message());
    case 'Time':
    case 'MicroTime':
      return readTime(reader.message());
    case 'strings':
      return readStrings(reader.message());
    case 'FieldsV1':
    case 'RawExtension':
    case 'any':
      return readJson(reader.message());
    default:
      return field.type satisfies never;
  }
}

function readMapEntry(reader: Reader, field: FieldSchema, into: Json): void {
  let key = '';
  let value: unknown = null;
  while (reader.next()) {
    if (reader.number === 1) key = reader.text();
    else if (reader.number === 2) value = readElement(reader, field);
    else reader.skip();
  }
  setOwn(into, key, value);
}

function readListField(reader: Reader, field: FieldSchema, into: unknown[]): void {
  const isNumber = field.type === 'int32' || field.type === 'int64' || field.type === 'bool';
  if (!isNumber || reader.wire === varint) {
    into.push(readElement(reader, field));
    return;
  }
  const packed = reader.message();
  while (!packed.isAtEnd()) {
    const value = packed.integer();
    into.push(field.type === 'bool' ? value !== 0 : value);
  }
}

function readMessage(reader: Reader, name: SchemaName): Json {
  const { fields, inline } = layoutOf(name);
  const result: Json = {};
  while (reader.next()) {
    const numbered = fields.get(reader.number);
    if (numbered !== undefined) {
      const { name: key, field } = numbered;
      if (field.container === 'list') {
        const list = (result[key] ??= []) as unknown[];
        readListField(reader, field, list);
      } else if (field.container === 'map') {
        readMapEntry(reader.message(), field, (result[key] ??= {}) as Json);
      } else result[key] = readElement(reader, field);
      continue;
    }
    const embedded = inline.get(reader.number);
    if (embedded === undefined) reader.skip();
    else Object.assign(result, readMessage(reader.message(), embedded));
  }
  return result;
}

interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Uint8Array;
}

export function isProtobufEnvelope(bytes: Uint8Array): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

function readEnvelope(bytes: Uint8Array): Envelope {
  if (!isProtobufEnvelope(bytes)) throw refuse('it does not begin with k8s\\0');
  const reader = new Reader(bytes, magic.length);
  let apiVersion = '';
  let kind = '';
  let raw: Uint8Array = new Uint8Array();
  while (reader.next()) {
    if (reader.number === 1) {
      const meta = reader.message();
      while (meta.next()) {
        if (meta.number === 1) apiVersion = meta.text();
        else if (meta.number === 2) kind = meta.text();
        else meta.skip();
      }
    } else if (reader.number === 2) raw = reader.bytes();
    else reader.skip();
  }
  return { apiVersion, kind, raw };
}

/** The body of a create or an update. @throws ApiError */
export function decodeProtobufObject<T extends KubernetesObject>(
  bytes: Uint8Array,
  kind: KindDefinition<T>,
): Decoded<T> {
  const envelope = readEnvelope(bytes);
  // The message of another kind would be misread, so its name is checked before its fields.
  checkIdentity(envelope, kind);
  const value = readMessage(new Reader(envelope.raw), kind.schema);
  return convertObject({ value, duplicates: [] }, kind, 'Ignore');
}

/** A body that is no stored kind, such as DeleteOptions, Binding or Scale. @throws ApiError */
export function decodeProtobufBody(bytes: Uint8Array, schema: SchemaName): Json {
  const envelope = readEnvelope(bytes);
  const value = readMessage(new Reader(envelope.raw), schema);
  const type = { kind: schema, apiVersion: envelope.apiVersion, schema };
  return convertBody({ value, duplicates: [] }, type, 'Ignore').object;
}
