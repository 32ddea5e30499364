/**
 * Brings a parsed JSON value into the normal form of its type, or says where it does not fit.
 *
 * 1. The normal form is what upstream's Go server would store: unknown fields and nulls are gone;
 *    empty values of `omitempty` fields are gone unless the field is a pointer; values that Go always
 *    writes (structs, required scalars) are there. Normalising twice changes nothing.
 * 2. A wrong type is an error with the text of Go's JSON decoder; unknown fields are only noted, and
 *    the caller decides (fieldValidation Strict, Warn, Ignore).
 * 3. Input is hostile: keys such as `__proto__` stay plain keys, free-form values are bounded in
 *    depth, and nothing recurses deeper than the schema does.
 */
import { QuantityError, canonicalQuantity } from './quantity.ts';
import { fieldsOf, typeFacts, upstreamName } from './schema.ts';
import type { FieldSchema, SchemaName } from './schema.ts';

/** A value that does not fit its type. */
export class TypeMismatch extends Error {
  /** What was given, in the words of Go's decoder, and the Go type that was wanted; where known. */
  readonly given: string | undefined;
  readonly wanted: string | undefined;

  constructor(message: string, types?: { readonly given: string; readonly wanted: string }) {
    super(message);
    this.given = types?.given;
    this.wanted = types?.wanted;
  }
}

export interface Notes {
  /** Paths of fields that the type does not have. */
  readonly unknownFields: string[];
}

type Json = Record<string, unknown>;

/** Where a value stands; joined to text only when something is wrong. */
interface Place {
  readonly parent: Place | undefined;
  readonly key: string | number;
}

interface Scope {
  readonly notes: Notes | undefined;
}

const freeFormDepthMax = 100;
const int32Max = 2_147_483_647;

function pathOf(place: Place | undefined, withIndices: boolean): string {
  const parts: string[] = [];
  for (let at = place; at !== undefined; at = at.parent) {
    if (typeof at.key === 'string') parts.unshift(parts.length === 0 ? at.key : `${at.key}.`);
    else if (withIndices) parts.unshift(parts.length === 0 ? `[${at.key}]` : `[${at.key}].`);
  }
  return parts.join('').replaceAll('.[', '[');
}

const packageName = (name: SchemaName) => typeFacts(name).package.split('.').at(-1)!;

function goType(field: FieldSchema): string {
  switch (field.type) {
    case 'object':
      return `${packageName(field.ref!)}.${upstreamName(field.ref!)}`;
    case 'bytes':
      return '[]uint8';
    case 'strings':
      return '[]string';
    case 'Time':
    case 'MicroTime':
      return `v1.${field.type}`;
    default:
      return field.type;
  }
}

/** What Go's decoder calls a value of JSON. */
export function goKindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

function mismatch(what: string, typeName: string, owner: SchemaName, place: Place): TypeMismatch {
  return new TypeMismatch(
    `json: cannot unmarshal ${what} into Go struct field ${owner}.${pathOf(place, false)} of type ${typeName}`,
    { given: what, wanted: typeName },
  );
}

/** True when nothing in `value` lies deeper than the bound. */
function isShallow(value: unknown, depthMax: number = freeFormDepthMax): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depthMax === 0) return false;
  for (const child of Array.isArray(value) ? (value as unknown[]) : Object.values(value)) {
    if (!isShallow(child, depthMax - 1)) return false;
  }
  return true;
}

/** Sets a key that came from outside: `__proto__` must not reach the setter of that name. */
export function setOwn(target: Json, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else {
    target[key] = value;
  }
}

function normalizeInteger(value: unknown, field: FieldSchema, owner: SchemaName, place: Place) {
  if (typeof value !== 'number') throw mismatch(goKindOf(value), field.type, owner, place);
  const fits =
    Number.isInteger(value) &&
    (field.type === 'int64' || (value >= -int32Max - 1 && value <= int32Max));
  if (!fits) throw mismatch(`number ${value}`, field.type, owner, place);
  return value;
}

const timestampPattern =
  /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.(\d{1,9})\d*)?(?:[Zz]|[+-]\d\d:\d\d)$/;

function normalizeTime(value: unknown, field: FieldSchema, owner: SchemaName, place: Place) {
  if (typeof value !== 'string') throw mismatch(goKindOf(value), goType(field), owner, place);
  const match = timestampPattern.exec(value);
  const wallTime = match === null ? Number.NaN : Date.parse(value);
  if (match === null || Number.isNaN(wallTime)) {
    throw new TypeMismatch(
      `parsing time "${value}" as "2006-01-02T15:04:05Z07:00": cannot parse "${value}" as an RFC 3339 time (field ${pathOf(place, true)})`,
    );
  }
  const seconds = new Date(Math.floor(wallTime / 1000) * 1000).toISOString().slice(0, 19);
  if (field.type === 'Time') return `${seconds}Z`;
  return `${seconds}.${(match[1] ?? '').padEnd(6, '0').slice(0, 6)}Z`;
}

function normalizeQuantity(value: unknown, field: FieldSchema, owner: SchemaName, place: Place) {
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw mismatch(goKindOf(value), 'resource.Quantity', owner, place);
  }
  try {
    return canonicalQuantity(String(value).trim());
  } catch (error) {
    if (error instanceof QuantityError) throw new TypeMismatch(error.message);
    throw error;
  }
}

const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function normalizeBytes(value: unknown, field: FieldSchema, owner: SchemaName, place: Place) {
  if (typeof value !== 'string') throw mismatch(goKindOf(value), goType(field), owner, place);
  const text = /[\r\n]/.test(value) ? value.replace(/[\r\n]/g, '') : value;
  if (text.length % 4 !== 0 || !base64Pattern.test(text)) {
    const at = /[^A-Za-z0-9+/=]/.exec(text)?.index ?? text.length;
    throw new TypeMismatch(
      `illegal base64 data at input byte ${at} (field ${pathOf(place, true)})`,
    );
  }
  return text;
}

function normalizeElement(
  value: unknown,
  field: FieldSchema,
  owner: SchemaName,
  place: Place,
  scope: Scope,
): unknown {
  switch (field.type) {
    case 'string':
      if (typeof value === 'string') return value;
      throw mismatch(goKindOf(value), 'string', owner, place);
    case 'bool':
      if (typeof value === 'boolean') return value;
      throw mismatch(goKindOf(value), 'bool', owner, place);
    case 'int32':
    case 'int64':
      return normalizeInteger(value, field, owner, place);
    case 'object':
      if (typeof value !== 'object' || Array.isArray(value)) {
        throw mismatch(goKindOf(value), goType(field), owner, place);
      }
      return normalizeStruct(value as Json, field.ref!, place, scope);
    case 'Quantity':
      return normalizeQuantity(value, field, owner, place);
    case 'Time':
    case 'MicroTime':
      return normalizeTime(value, field, owner, place);
    case 'IntOrString':
      if (typeof value === 'string') return value;
      if (typeof value === 'number') {
        return normalizeInteger(value, { ...field, type: 'int32' }, owner, place);
      }
      throw mismatch(goKindOf(value), 'intstr.IntOrString', owner, place);
    case 'bytes':
      return normalizeBytes(value, field, owner, place);
    case 'strings':
      if (!Array.isArray(value)) throw mismatch(goKindOf(value), '[]string', owner, place);
      return value.map((one: unknown) => {
        if (typeof one === 'string') return one;
        throw mismatch(goKindOf(one), 'string', owner, place);
      });
    case 'FieldsV1':
    case 'RawExtension':
    case 'any':
      if (isShallow(value)) return value;
      throw new TypeMismatch(`field ${pathOf(place, true)} is nested too deeply`);
    default:
      return field.type satisfies never;
  }
}

function normalizeField(
  value: unknown,
  field: FieldSchema,
  owner: SchemaName,
  place: Place,
  scope: Scope,
): unknown {
  if (field.container === undefined) return normalizeElement(value, field, owner, place, scope);
  if (field.container === 'list') {
    if (!Array.isArray(value)) throw mismatch(goKindOf(value), `[]${goType(field)}`, owner, place);
    return value.map((element: unknown, index) =>
      element === null
        ? zeroOf(field)
        : normalizeElement(element, field, owner, { parent: place, key: index }, scope),
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw mismatch(goKindOf(value), `map[string]${goType(field)}`, owner, place);
  }
  const result: Json = {};
  for (const key of Object.keys(value)) {
    const element = (value as Json)[key];
    const normal =
      element === null ? zeroOf(field) : normalizeElement(element, field, owner, place, scope);
    setOwn(result, key, normal);
  }
  return result;
}

/** Go's zero value of an element. */
function zeroOf(field: FieldSchema): unknown {
  switch (field.type) {
    case 'string':
    case 'bytes':
      return '';
    case 'bool':
      return false;
    case 'int32':
    case 'int64':
    case 'IntOrString':
      return 0;
    case 'Quantity':
      return '0';
    case 'object':
      return normalizeStruct({}, field.ref!, undefined, { notes: undefined });
    default:
      return null;
  }
}

function isEmptyValue(value: unknown, field: FieldSchema): boolean {
  if (value === undefined || value === null) return true;
  if (!field.omitempty) return false;
  if (field.container === 'list') return (value as unknown[]).length === 0;
  if (field.container === 'map') {
    for (const _ in value) return false;
    return true;
  }
  if (field.pointer) return false;
  return value === '' || value === false || (value === 0 && field.type !== 'IntOrString');
}

interface Always {
  readonly name: string;
  readonly field: FieldSchema;
}
const alwaysWritten = new Map<SchemaName, readonly Always[]>();

/** The fields that Go writes even when the client left them out. */
function alwaysOf(name: SchemaName): readonly Always[] {
  const known = alwaysWritten.get(name);
  if (known !== undefined) return known;
  const always: Always[] = [];
  for (const [fieldName, field] of fieldsOf(name)) {
    const isTime = field.type === 'Time' || field.type === 'MicroTime';
    const isStruct = ['object', 'Quantity', 'IntOrString'].includes(field.type);
    const isWritten =
      !field.pointer &&
      !isTime &&
      field.type !== 'any' &&
      field.type !== 'RawExtension' &&
      (!field.omitempty || (field.container === undefined && isStruct));
    if (isWritten) always.push({ name: fieldName, field });
  }
  alwaysWritten.set(name, always);
  return always;
}

function normalizeStruct(
  value: Json,
  name: SchemaName,
  place: Place | undefined,
  scope: Scope,
): Json {
  const fields = fieldsOf(name);
  const result: Json = {};
  for (const key of Object.keys(value)) {
    const field = fields.get(key);
    if (field === undefined) {
      scope.notes?.unknownFields.push(pathOf({ parent: place, key }, true));
      continue;
    }
    const given = value[key];
    if (given === null || given === undefined) continue;
    const normal = normalizeField(given, field, name, { parent: place, key }, scope);
    if (!isEmptyValue(normal, field)) result[key] = normal;
  }
  for (const { name: fieldName, field } of alwaysOf(name)) {
    if (result[fieldName] !== undefined) continue;
    if (field.container === 'list') result[fieldName] = [];
    else if (field.container === 'map') result[fieldName] = {};
    else result[fieldName] = zeroOf(field);
  }
  return result;
}

/**
 * The normal form of `value` as a `name`.
 * @throws TypeMismatch with the text of Go's decoder
 */
export function normalize(value: unknown, name: SchemaName, notes?: Notes): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeMismatch(
      `json: cannot unmarshal ${value === null ? 'null' : goKindOf(value)} into Go value of type ${packageName(name)}.${name}`,
    );
  }
  return normalizeStruct(value as Json, name, undefined, { notes });
}
