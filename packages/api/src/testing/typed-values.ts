/** Arbitrary values of the schema's types, for tests of what holds for every type. */
import * as fc from 'fast-check';
import { fieldsOf } from '../schema.ts';
import type { FieldSchema, SchemaName } from '../schema.ts';

const depthMax = 4;

export interface TypedValueOptions {
  /** Strings that mean something are likelier to get past a first check. */
  readonly words?: readonly string[];
  /** Only fields that protobuf knows, and values that it can carry. */
  readonly forProtobuf?: boolean;
}

/** A struct with each of its fields now and then, nested to a bound. */
export function typedValue(
  name: SchemaName,
  options: TypedValueOptions = {},
): fc.Arbitrary<Record<string, unknown>> {
  return structOf(name, depthMax, options);
}

function structOf(name: SchemaName, depth: number, options: TypedValueOptions) {
  const record: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [key, field] of fieldsOf(name)) {
    const isCarried = options.forProtobuf !== true || field.proto !== undefined;
    if (isCarried && (depth > 0 || field.type !== 'object')) {
      record[key] = valueOf(field, depth - 1, options);
    }
  }
  return fc.record(record, { requiredKeys: [] }) as fc.Arbitrary<Record<string, unknown>>;
}

function valueOf(field: FieldSchema, depth: number, options: TypedValueOptions) {
  const element = elementOf(field, depth, options);
  if (field.container === 'list') return fc.array(element, { maxLength: 2 });
  if (field.container === 'map') return fc.dictionary(stringOf(options), element, { maxKeys: 2 });
  return element;
}

function stringOf({ words }: TypedValueOptions): fc.Arbitrary<string> {
  const anything = fc.string({ unit: 'grapheme', maxLength: 3 });
  return words === undefined ? anything : fc.oneof(fc.constantFrom(...words), anything);
}

function elementOf(
  field: FieldSchema,
  depth: number,
  options: TypedValueOptions,
): fc.Arbitrary<unknown> {
  switch (field.type) {
    case 'object':
      return structOf(field.ref!, depth, options);
    case 'string':
      return field.enum === undefined
        ? stringOf(options)
        : fc.oneof(fc.constantFrom(...field.enum), stringOf(options));
    case 'bool':
      return fc.boolean();
    case 'int32':
      return fc.oneof(fc.integer(), fc.constantFrom(0, 1, 80, -1));
    case 'int64':
      return fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, 1, -1));
    case 'Quantity':
      return fc.constantFrom('100m', '1Gi', '0', '-1', '3e6');
    case 'IntOrString':
      return fc.oneof(fc.integer(), fc.constantFrom(0, 80, 'http', '25%'), stringOf(options));
    case 'Time':
      return fc.constantFrom('2026-11-21T08:00:00Z', '1969-01-01T00:00:00Z');
    case 'MicroTime':
      return fc.constantFrom('2026-11-21T08:00:00.123456Z', '2026-11-21T08:00:00.000000Z');
    case 'bytes':
      return fc.uint8Array({ maxLength: 5 }).map((bytes) => Uint8Array.from(bytes).toBase64());
    case 'strings':
      return fc.array(stringOf(options), { maxLength: 2 });
    case 'FieldsV1':
    case 'RawExtension':
      return fc.constant({ 'f:spec': { a: [1, { b: null }] } });
    case 'any':
      return fc.constantFrom('text', 1, true);
    default:
      return field.type satisfies never;
  }
}
