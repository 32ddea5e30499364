/** Objects as gogo-protobuf writes them: every scalar that is no pointer, zeros too. */
import { typeFacts } from '../schema.ts';
import type { FieldSchema, SchemaName } from '../schema.ts';

type Bytes = number[];

function varint(value: number): Bytes {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: Bytes = [];
  do {
    const more = rest > 127n;
    bytes.push(Number(rest & 127n) | (more ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return bytes;
}
const tagged = (number: number, wire: number, body: Bytes) => [
  ...varint(number * 8 + wire),
  ...body,
];
const delimited = (number: number, body: Bytes) =>
  tagged(number, 2, [...varint(body.length), ...body]);
const utf8 = (text: string): Bytes => [...new TextEncoder().encode(text)];
const text = (number: number, value: string) => delimited(number, utf8(value));

function encodeTime(value: string): Bytes {
  const millis = Date.parse(value);
  const seconds = Math.floor(millis / 1000);
  const digits = /\.(\d+)Z$/.exec(value)?.[1] ?? '';
  const nanos = Number(digits.padEnd(9, '0'));
  return [...tagged(1, 0, varint(seconds)), ...tagged(2, 0, varint(nanos))];
}

function encodeElement(number: number, field: FieldSchema, value: unknown): Bytes {
  switch (field.type) {
    case 'string':
      return text(number, value as string);
    case 'bool':
      return tagged(number, 0, varint(value === true ? 1 : 0));
    case 'int32':
    case 'int64':
      return tagged(number, 0, varint(value as number));
    case 'bytes':
      return delimited(number, [...Uint8Array.fromBase64(value as string)]);
    case 'object':
      return delimited(number, encodeMessage(value as Record<string, unknown>, field.ref!));
    case 'Quantity':
      return delimited(number, text(1, value as string));
    case 'IntOrString':
      return delimited(
        number,
        typeof value === 'number'
          ? [...tagged(1, 0, [0]), ...tagged(2, 0, varint(value)), ...text(3, '')]
          : [...tagged(1, 0, [1]), ...tagged(2, 0, [0]), ...text(3, value as string)],
      );
    case 'strings':
      return delimited(
        number,
        (value as string[]).flatMap((one) => text(1, one)),
      );
    case 'Time':
    case 'MicroTime':
      return delimited(number, encodeTime(value as string));
    default:
      return delimited(number, delimited(1, utf8(JSON.stringify(value))));
  }
}

function encodeField(number: number, field: FieldSchema, value: unknown): Bytes {
  if (field.container === 'list') {
    return ((value ?? []) as unknown[]).flatMap((one) => encodeElement(number, field, one));
  }
  if (field.container === 'map') {
    return Object.entries(value ?? {}).flatMap(([key, element]) =>
      delimited(number, [...text(1, key), ...encodeElement(2, field, element)]),
    );
  }
  if (value !== undefined) return encodeElement(number, field, value);
  if (field.pointer) return [];
  switch (field.type) {
    case 'string':
      return text(number, '');
    case 'bool':
    case 'int32':
    case 'int64':
      return tagged(number, 0, [0]);
    case 'object':
      return delimited(number, encodeMessage({}, field.ref!));
    case 'Time':
    case 'MicroTime':
      return delimited(number, []);
    default:
      return [];
  }
}

export function encodeMessage(value: Record<string, unknown>, name: SchemaName): Bytes {
  const { fields, inline } = typeFacts(name);
  return [
    ...Object.entries(fields).flatMap(([key, field]) =>
      field.proto === undefined ? [] : encodeField(field.proto, field, value[key]),
    ),
    ...inline.flatMap(({ proto, ref }) => delimited(proto, encodeMessage(value, ref))),
  ];
}

export function envelope(apiVersion: string, kind: string, message: Bytes): Uint8Array {
  const meta = [...text(1, apiVersion), ...text(2, kind)];
  return Uint8Array.from([
    ...utf8('k8s\0'),
    ...delimited(1, meta),
    ...delimited(2, message),
    ...text(3, ''),
    ...text(4, ''),
  ]);
}
