/**
 * How the fields of a value may be owned, as its schema says: one by one, or together.
 *
 * 1. A struct or a map is granular unless it is atomic; a list is atomic unless it is a set or a map
 *    of its elements by keys. What is atomic is one field, whatever is in it.
 * 2. Of values without a schema (`any`, RawExtension, FieldsV1) the value itself tells: maps are
 *    granular, lists atomic.
 * Source: upstream's kube-openapi (schemaconv) and the x-kubernetes extensions of its OpenAPI.
 */
import { fieldsOf, typeFacts } from '../schema.ts';
import type { ElementType, FieldSchema, SchemaName } from '../schema.ts';
import { compareText, fieldElement, keyElement, valueElement } from './path-element.ts';

export interface ScalarType {
  readonly kind: 'scalar';
  readonly scalar: 'string' | 'numeric' | 'boolean' | 'untyped';
}
export interface StructType {
  readonly kind: 'struct';
  readonly name: SchemaName;
  readonly atomic: boolean;
}
export interface MapType {
  readonly kind: 'map';
  readonly atomic: boolean;
  readonly element: FieldType;
}
interface ListKey {
  readonly name: string;
  /** What an element has that leaves the key out; undefined when it has none then. */
  readonly default: string | number | undefined;
}
export interface ListType {
  readonly kind: 'list';
  readonly relation: 'atomic' | 'set' | 'map';
  readonly keys: readonly ListKey[];
  readonly element: FieldType;
}
interface DeducedType {
  readonly kind: 'deduced';
}
/** What a value turns out to be. */
export type Shape = ScalarType | StructType | MapType | ListType;
export type FieldType = Shape | DeducedType;

const deduced: DeducedType = { kind: 'deduced' };
const deducedMap: MapType = { kind: 'map', atomic: false, element: deduced };
const deducedList: ListType = { kind: 'list', relation: 'atomic', keys: [], element: deduced };
const scalarOf = (scalar: ScalarType['scalar']): ScalarType => ({ kind: 'scalar', scalar });
const untyped = scalarOf('untyped');

const scalars: Readonly<Partial<Record<ElementType, ScalarType>>> = {
  string: scalarOf('string'),
  bytes: scalarOf('string'),
  Time: scalarOf('string'),
  MicroTime: scalarOf('string'),
  int32: scalarOf('numeric'),
  int64: scalarOf('numeric'),
  bool: scalarOf('boolean'),
  Quantity: untyped,
  IntOrString: untyped,
};

const structs = new Map<SchemaName, StructType>();

export function structType(name: SchemaName): StructType {
  let type = structs.get(name);
  if (type === undefined) {
    type = { kind: 'struct', name, atomic: typeFacts(name).mapType === 'atomic' };
    structs.set(name, type);
  }
  return type;
}

const fieldTypes = new WeakMap<FieldSchema, FieldType>();

function typeOf(field: FieldSchema): FieldType {
  let type = fieldTypes.get(field);
  if (type === undefined) {
    type = makeType(field);
    fieldTypes.set(field, type);
  }
  return type;
}

function makeType(field: FieldSchema): FieldType {
  const element = elementType(field);
  if (field.container === 'list') return listType(field, element);
  if (field.container === 'map') {
    return { kind: 'map', atomic: field.mapType === 'atomic', element };
  }
  if (element.kind !== 'struct' || field.mapType === undefined) return element;
  return { ...element, atomic: field.mapType === 'atomic' };
}

function elementType(field: FieldSchema): FieldType {
  if (field.type === 'object') return structType(field.ref!);
  if (field.type === 'strings') return { ...deducedList, element: scalars.string! };
  return scalars[field.type] ?? deduced;
}

function listType(field: FieldSchema, element: FieldType): ListType {
  const { listType: relation, listMapKeys = [] } = field;
  if (relation === 'map' && element.kind === 'struct') {
    const keys = listMapKeys.map((name) => ({ name, default: keyDefault(element.name, name) }));
    return { kind: 'list', relation, keys, element };
  }
  return { kind: 'list', relation: relation === 'set' ? 'set' : 'atomic', keys: [], element };
}

/** The default that upstream publishes for a key: its own, or zero where Go always writes one. */
function keyDefault(struct: SchemaName, name: string): string | number | undefined {
  const field = fieldsOf(struct).get(name)!;
  if (field.default !== undefined) return field.default;
  if (field.omitempty === true || field.pointer === true) return undefined;
  return field.type === 'string' ? '' : 0;
}

/** What a type says about a value; a value that is null fits any. */
export function shapeOf(type: FieldType, value: unknown): Shape {
  if (type.kind !== 'deduced') return type;
  if (Array.isArray(value)) return deducedList;
  return typeof value === 'object' ? deducedMap : untyped;
}

/** The type below a struct or a map; undefined when the struct has no such field. */
export function memberType(type: StructType | MapType, name: string): FieldType | undefined {
  if (type.kind === 'map') return type.element;
  const field = fieldsOf(type.name).get(name);
  return field === undefined ? undefined : typeOf(field);
}

interface Member {
  readonly name: string;
  /** Its element of a path. */
  readonly element: string;
  /** That as a key in JSON, with the colon. */
  readonly key: string;
  readonly type: FieldType;
}

const members = new Map<SchemaName, readonly Member[]>();

/** All that a struct may have, in the order in which FieldsV1 writes it. Made once for each type. */
export function membersInOrder({ name: struct }: StructType): readonly Member[] {
  let known = members.get(struct);
  if (known === undefined) {
    known = [...fieldsOf(struct)]
      .map(([name, field]) => {
        const element = fieldElement(name);
        return { name, element, key: `${JSON.stringify(element)}:`, type: typeOf(field) };
      })
      .sort((left, right) => compareText(left.element, right.element));
    members.set(struct, known);
  }
  return known;
}

/**
 * The element of a path that an element of a list or set is known by; what is wrong with it as
 * `{ why }`.
 */
export function listElement(type: ListType, item: unknown): string | { readonly why: string } {
  if (type.relation === 'set') {
    if (item === null) {
      return { why: "associative list without keys has an element that's an explicit null" };
    }
    if (Array.isArray(item)) {
      return { why: 'not supported: associative list with lists as elements' };
    }
    if (typeof item === 'object') {
      return { why: "associative list without keys has an element that's a map type" };
    }
    return valueElement(item);
  }
  if (item === null) return { why: 'associative list with keys may not have a null element' };
  if (typeof item !== 'object' || Array.isArray(item)) {
    return { why: 'associative list with keys may not have non-map elements' };
  }
  const keys: [string, unknown][] = [];
  for (const { name, default: byDefault } of type.keys) {
    const value = Object.hasOwn(item, name) ? (item as Record<string, unknown>)[name] : byDefault;
    if (value !== undefined) keys.push([name, value]);
  }
  if (keys.length > 0) return keyElement(keys);
  const names = type.keys.map(({ name }) => JSON.stringify(name)).join(' ');
  return {
    why: `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
  };
}
