/**
 * Values of the schema's types that satisfy upstream's rules, by construction: nothing is generated and
 * thrown away.
 *
 * 1. A field's values come from the schema (enums, types, keys of lists) unless a rule names better ones.
 * 2. A shape says what holds between the fields of one struct: one of several, the same in both.
 */
import * as fc from 'fast-check';
import { fieldsOf } from '../../schema.ts';
import type { FieldSchema, SchemaName } from '../../schema.ts';
import { amount, label, labelValue, qualifiedName, small } from './words.ts';

export type Struct = Record<string, unknown>;
export type Values = fc.Arbitrary<unknown>;

export interface FieldRule {
  /** The element's values where the field is a list or a map. */
  readonly values?: Values;
  /** Of a map. */
  readonly keys?: fc.Arbitrary<string>;
  /** Of a list: what its elements differ in, where the schema does not say. */
  readonly differsIn?: string;
  readonly presence?: 'always' | 'never';
}

/** `Type.field`, or `*.field` for all types that have no rule of their own. */
export type FieldRules = Readonly<Record<string, FieldRule>>;

export interface Shape {
  /** Exactly one of these fields. */
  readonly oneOf?: readonly string[];
  /** Makes the fields fit together; may change its argument. */
  readonly fit?: (struct: Struct) => Struct;
}

export interface Grammar {
  readonly fields: FieldRules;
  readonly shapes: Readonly<Record<string, Shape>>;
}

export interface ValidValues {
  of(name: SchemaName): fc.Arbitrary<Struct>;
}

const always = 1;
const sometimes = 0.35;

export function validValues({ fields, shapes }: Grammar): ValidValues {
  const known = new Map<SchemaName, fc.Arbitrary<Struct>>();

  const ruleOf = (name: SchemaName, key: string): FieldRule =>
    fields[`${name}.${key}`] ?? fields[`*.${key}`] ?? {};

  const valueOf = (name: SchemaName, key: string, field: FieldSchema): Values => {
    const rule = ruleOf(name, key);
    const element = rule.values ?? elementOf(field);
    if (field.container === 'map') {
      const keys = rule.keys ?? qualifiedName;
      return fc.dictionary(keys, element, { minKeys: 1, maxKeys: 2 });
    }
    if (field.container !== 'list') return element;
    const { mergeKey, listMapKeys } = field;
    const keySets = [rule.differsIn, mergeKey, listMapKeys]
      .flatMap((keys) => (keys === undefined ? [] : [[keys].flat()]))
      .map((keys) => (one: unknown) => keys.map((key) => (one as Struct)[key] ?? ''));
    const identities = keySets.length === 0 ? [(one: unknown) => one] : keySets;
    return fc.uniqueArray(element, {
      minLength: 1,
      maxLength: 2,
      // Patches tell elements apart by other keys than applies do.
      comparator: (left, right) =>
        identities.some((of) => JSON.stringify(of(left)) === JSON.stringify(of(right))),
    });
  };

  function elementOf(field: FieldSchema): Values {
    switch (field.type) {
      case 'object':
        return of(field.ref!);
      case 'string':
        return field.enum === undefined
          ? label
          : fc.constantFrom(...field.enum.filter((word) => word !== ''));
      case 'bool':
        return fc.boolean();
      case 'int32':
      case 'int64':
        return small;
      case 'Quantity':
        return amount;
      case 'IntOrString':
        return small;
      case 'Time':
        return fc.constantFrom('2026-11-21T08:00:00Z', '2026-01-02T03:04:05Z');
      case 'MicroTime':
        return fc.constantFrom('2026-11-21T08:00:00.123456Z', '2026-01-02T03:04:05.000000Z');
      case 'bytes':
        return fc.uint8Array({ maxLength: 6 }).map((bytes) => Uint8Array.from(bytes).toBase64());
      case 'strings':
        return fc.array(labelValue, { minLength: 1, maxLength: 2 });
      case 'FieldsV1':
        return fc.constant({ 'f:spec': {} });
      case 'RawExtension':
        return fc.constantFrom<object>({ a: [1, { b: null }] }, { text: '漢字' });
      case 'any':
        return fc.constantFrom('text', 1, true);
      default:
        return field.type satisfies never;
    }
  }

  /** Each optional field is there now and then. */
  function recordOf(name: SchemaName, without: readonly string[]): fc.Arbitrary<Struct> {
    const parts: Record<string, fc.Arbitrary<readonly [] | readonly [unknown]>> = {};
    for (const [key, field] of fieldsOf(name)) {
      const { presence } = ruleOf(name, key);
      if (presence === 'never' || without.includes(key)) continue;
      const isNeeded = presence === 'always' || field.required === true;
      parts[key] = maybe(valueOf(name, key, field), isNeeded ? always : sometimes);
    }
    return fc
      .record(parts)
      .map((record) =>
        Object.fromEntries(
          Object.entries(record).flatMap(([key, found]) =>
            found.length === 0 ? [] : [[key, found[0]]],
          ),
        ),
      );
  }

  function of(name: SchemaName): fc.Arbitrary<Struct> {
    const found = known.get(name);
    if (found !== undefined) return found;
    const { oneOf = [], fit } = shapes[name] ?? {};
    let made = recordOf(name, oneOf);
    if (oneOf.length > 0) {
      const choices = oneOf.map((key) =>
        valueOf(name, key, fieldsOf(name).get(key)!).map((value) => ({ [key]: value })),
      );
      made = fc
        .tuple(made, fc.oneof(...choices))
        .map(([rest, chosen]): Struct => ({ ...rest, ...chosen }));
    }
    if (fit !== undefined) made = made.map((struct) => fit(structuredClone(struct)));
    known.set(name, made);
    return made;
  }

  return { of };
}

function maybe(values: Values, chance: number): fc.Arbitrary<readonly [] | readonly [unknown]> {
  const some = values.map((value) => [value] as const);
  if (chance === always) return some;
  return fc.oneof(
    { weight: Math.round((1 - chance) * 100), arbitrary: fc.constant([] as const) },
    { weight: Math.round(chance * 100), arbitrary: some },
  );
}
