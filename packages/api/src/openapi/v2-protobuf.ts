/**
 * An OpenAPI v2 document as the protobuf message that gnostic defines for it (openapi.v2.Document): the
 * form in which kubectl and client-go ask for it.
 *
 * A message is described by what JSON calls its fields; maps become lists of named values, and what
 * begins with `x-` goes into the message's vendor extensions as YAML, which JSON is.
 */
import type { Json } from './definitions.ts';

type Bytes = number[];
/** How a value is written into the field of that number. */
type Write = (into: Bytes, number: number, value: unknown) => void;
type Fields = Readonly<Record<string, readonly [number, Write]>>;

const encoder = new TextEncoder();

function putVarint(into: Bytes, value: number): void {
  let rest = value;
  while (rest > 0x7f) {
    into.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  into.push(rest);
}

function putBytes(into: Bytes, number: number, bytes: ArrayLike<number>): void {
  putVarint(into, number * 8 + 2);
  putVarint(into, bytes.length);
  for (let index = 0; index < bytes.length; index += 1) into.push(bytes[index]!);
}

const text: Write = (into, number, value) => putBytes(into, number, encoder.encode(String(value)));

const flag: Write = (into, number, value) => {
  if (value !== true) return;
  putVarint(into, number * 8);
  into.push(1);
};

const each =
  (write: Write): Write =>
  (into, number, values) => {
    for (const value of values as unknown[]) write(into, number, value);
  };

/** An Any: the value as YAML. */
const anything: Write = (into, number, value) => {
  const any: Bytes = [];
  text(any, 2, JSON.stringify(value));
  putBytes(into, number, any);
};

/** @param extensions the number of the field for what begins with `x-` */
function message(fields: () => Fields, extensions?: number): Write {
  return (into, number, value) => {
    const bytes: Bytes = [];
    const known = fields();
    for (const [key, part] of Object.entries(value as Json)) {
      const field = known[key];
      if (field !== undefined) field[1](bytes, field[0], part);
      else if (extensions !== undefined && key.startsWith('x-')) {
        named(anything)(bytes, extensions, { [key]: part });
      } else throw new Error(`OpenAPI v2 has no place for ${key}`);
    }
    putBytes(into, number, bytes);
  };
}

/** Each entry as a message of its own: name and value. */
const named =
  (write: Write): Write =>
  (into, number, value) => {
    for (const [name, part] of Object.entries(value as Json)) {
      const bytes: Bytes = [];
      text(bytes, 1, name);
      write(bytes, 2, part);
      putBytes(into, number, bytes);
    }
  };

/** A message whose field of that number is all there is: a oneof, or a list of its own. */
const within =
  (inner: number, write: Write): Write =>
  (into, number, value) => {
    const bytes: Bytes = [];
    write(bytes, inner, value);
    putBytes(into, number, bytes);
  };

const info = message(() => ({ title: [1, text], version: [2, text] }));

const schema: Write = message(
  () => ({
    $ref: [1, text],
    format: [2, text],
    description: [4, text],
    default: [5, anything],
    required: [19, each(text)],
    enum: [20, each(anything)],
    additionalProperties: [21, within(1, schema)],
    type: [22, within(1, text)],
    items: [23, within(1, schema)],
    properties: [25, within(1, named(schema))],
  }),
  31,
);

const bodyParameter = message(() => ({
  name: [2, text],
  in: [3, text],
  required: [4, flag],
  schema: [5, schema],
}));
const queryParameter = message(() => ({
  in: [2, text],
  description: [3, text],
  name: [4, text],
  type: [6, text],
  uniqueItems: [20, flag],
}));
const pathParameter = message(() => ({
  required: [1, flag],
  in: [2, text],
  description: [3, text],
  name: [4, text],
  type: [5, text],
  uniqueItems: [19, flag],
}));

/** Which of three messages a parameter is depends on where it stands. */
const parameter: Write = (into, number, value) => {
  const place = (value as { in: string }).in;
  if (place === 'body') within(1, within(1, bodyParameter))(into, number, value);
  else if (place === 'path') within(1, within(2, within(4, pathParameter)))(into, number, value);
  else within(1, within(2, within(3, queryParameter)))(into, number, value);
};

const response = message(() => ({ description: [1, text], schema: [2, within(1, schema)] }));

const operation = message(
  () => ({
    description: [3, text],
    operationId: [5, text],
    produces: [6, each(text)],
    consumes: [7, each(text)],
    parameters: [8, each(parameter)],
    responses: [9, within(1, named(within(1, response)))],
    schemes: [10, each(text)],
  }),
  13,
);

const pathItem = message(() => ({
  get: [2, operation],
  put: [3, operation],
  post: [4, operation],
  delete: [5, operation],
  patch: [8, operation],
  parameters: [9, each(parameter)],
}));

const document: Fields = {
  swagger: [1, text],
  info: [2, info],
  paths: [8, within(2, named(pathItem))],
  definitions: [9, within(1, named(schema))],
};

export function encodeOpenApiV2(value: Json): Uint8Array {
  const bytes: Bytes = [];
  for (const [key, [number, write]] of Object.entries(document)) write(bytes, number, value[key]);
  return Uint8Array.from(bytes);
}
