/** Bad values in the fields of a valid object, one at a time, with the path that must be told. */
import { fieldsOf } from '../../schema.ts';
import type { FieldSchema, SchemaName } from '../../schema.ts';
import type { Struct } from './grammar.ts';
import { isJudgedAt, judged } from './judged.ts';

export interface Mutation {
  /** `Type.field`. */
  readonly id: string;
  /** Where the bad value is. */
  readonly path: string;
  /** What the error names. */
  readonly errorPath: string;
  readonly badValue: unknown;
  /** A copy of the object with the bad value. */
  readonly object: Struct;
}

/** A value of the right type that no rule of any field takes; undefined where there is none. */
function badValueOf(field: FieldSchema): unknown {
  if (field.enum !== undefined) return 'Nonsense';
  switch (field.type) {
    case 'int32':
    case 'int64':
      return -7;
    case 'string':
      // Texts that must be there are often not judged further.
      return field.required === true ? '' : 'No!/ sense';
    case 'IntOrString':
      return '!!';
    case 'Quantity':
      return '-1';
    default:
      return undefined;
  }
}

/** Fields that know no bad text but the empty one, or only another. */
const ownBadValues: Readonly<Record<string, unknown>> = {
  'AzureDiskVolumeSource.diskURI': 'elsewhere',
  'EnvFromSource.prefix': 'a=b',
  'FlockerVolumeSource.datasetName': 'a/b',
  'ForZone.name': '!!',
  'RoleRef.apiGroup': 'example.com',
};

interface Spot {
  readonly type: SchemaName;
  readonly path: string;
  /** Finds the struct in a copy. */
  readonly find: (object: Struct) => Struct;
}

type Holder = Record<string | number, unknown>;

/** All fields that are there, with what the tables say of them. */
export function mutationsOf(
  kind: { kind: string; schema: SchemaName },
  object: Struct,
): Mutation[] {
  const mutations: Mutation[] = [];
  const visit = (spot: Spot, value: Struct) => {
    for (const [key, field] of fieldsOf(spot.type)) {
      if (value[key] === undefined) continue;
      const path = spot.path === '' ? key : `${spot.path}.${key}`;
      for (const one of elementsOf(field, value[key], path, key)) {
        const holder = (copy: Struct): Holder =>
          (one.isInside ? spot.find(copy)[key] : spot.find(copy)) as Holder;
        const mutation = mutationAt(kind, { spot, key, field, path: one.path });
        if (mutation !== undefined) {
          const copy = structuredClone(object);
          holder(copy)[one.key] = mutation.badValue;
          mutations.push({ ...mutation, object: copy });
        }
        if (field.type === 'object') {
          const find = (copy: Struct) => holder(copy)[one.key] as Struct;
          visit({ type: field.ref!, path: one.path, find }, one.value as Struct);
        }
      }
    }
  };
  visit({ type: kind.schema, path: '', find: (copy) => copy }, object);
  return mutations;
}

interface Element {
  readonly path: string;
  readonly key: string | number;
  readonly value: unknown;
  /** Of a list or a map. */
  readonly isInside: boolean;
}

function elementsOf(field: FieldSchema, value: unknown, path: string, key: string): Element[] {
  if (field.container === undefined) return [{ path, key, value, isInside: false }];
  const entries: [string | number, unknown][] =
    field.container === 'list'
      ? [...(value as unknown[]).entries()]
      : Object.entries(value as Struct);
  return entries.map(([inner, element]) => ({
    path: `${path}[${inner}]`,
    key: inner,
    value: element,
    isInside: true,
  }));
}

function mutationAt(
  kind: { kind: string },
  at: { spot: Spot; key: string; field: FieldSchema; path: string },
): Omit<Mutation, 'object'> | undefined {
  const { type } = at.spot;
  const entry = judged[type]?.find((one) => (typeof one === 'string' ? one : one.field) === at.key);
  if (entry === undefined) return undefined;
  if (!isJudgedAt(type, at.key, { kind: kind.kind, path: at.path })) return undefined;
  const id = `${type}.${at.key}`;
  const errorPath = typeof entry === 'string' ? at.path : entry.at(at.path);
  return { id, path: at.path, errorPath, badValue: ownBadValues[id] ?? badValueOf(at.field) };
}
