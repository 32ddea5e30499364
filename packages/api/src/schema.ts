/**
 * The runtime shape of every type that a kind reaches: what decoding, patching, OpenAPI and protobuf
 * are driven by.
 *
 * 1. `fieldsOf` holds the fields of embedded structs too, because JSON shows them flattened.
 * 2. Facts are upstream's (see schema/README.md); nothing here is written by hand.
 */
import { schemaFacts } from './generated/schema.ts';
import type { SchemaName } from './generated/schema.ts';

export type { SchemaName } from './generated/schema.ts';

export type ElementType =
  | 'object'
  | 'string'
  | 'int32'
  | 'int64'
  | 'bool'
  | 'bytes'
  | 'Quantity'
  | 'IntOrString'
  | 'Time'
  | 'MicroTime'
  | 'FieldsV1'
  | 'RawExtension'
  /** A list of strings as the element of a map. */
  | 'strings'
  | 'any';

export interface FieldSchema {
  /** The type of the value, or of each element of its list or map. */
  readonly type: ElementType;
  /** The type's name when `type` is 'object'. */
  readonly ref?: SchemaName;
  readonly container?: 'list' | 'map';
  readonly enum?: readonly string[];
  /** A Go pointer: absent and zero differ. */
  readonly pointer?: true;
  readonly omitempty?: true;
  /** Required by upstream's OpenAPI. */
  readonly required?: true;
  /** The protobuf field number. */
  readonly proto?: number;
  readonly mergeKey?: string;
  /** 'merge', 'retainKeys' or 'merge,retainKeys'. */
  readonly patchStrategy?: string;
  readonly listType?: string;
  readonly listMapKeys?: readonly string[];
  /** 'atomic' or 'granular', where it differs from what the type says: see server-side apply. */
  readonly mapType?: string;
  /** Upstream's default in OpenAPI, of keys of lists only: two ways to write one element. */
  readonly default?: string;
}

/** A Go struct embedded in another: flattened in JSON, a message of its own in protobuf. */
interface InlineSchema {
  readonly ref: SchemaName;
  readonly proto: number;
}

export interface TypeFacts {
  /** Upstream's package, as in 'core.v1'. */
  readonly package: string;
  /** Its name there, where it is another than ours: two packages have a type of that name. */
  readonly upstream?: string;
  /** Has one owner as a whole, as label selectors and references have. */
  readonly mapType?: 'atomic';
  readonly fields: Readonly<Record<string, FieldSchema>>;
  readonly inline: readonly InlineSchema[];
}

const flattened = new Map<SchemaName, ReadonlyMap<string, FieldSchema>>();

/** Every JSON field of a type by name, embedded structs included. */
export function fieldsOf(name: SchemaName): ReadonlyMap<string, FieldSchema> {
  const known = flattened.get(name);
  if (known !== undefined) return known;
  const facts = schemaFacts[name];
  const fields = new Map<string, FieldSchema>();
  for (const inline of facts.inline) {
    for (const [key, field] of fieldsOf(inline.ref)) fields.set(key, field);
  }
  for (const key of Object.keys(facts.fields)) fields.set(key, facts.fields[key]!);
  flattened.set(name, fields);
  return fields;
}

/** The name of a type in its own package. */
export function upstreamName(name: SchemaName): string {
  return schemaFacts[name].upstream ?? name;
}

export function typeFacts(name: SchemaName): TypeFacts {
  return schemaFacts[name];
}
