/** Each field of each kind is either known to be judged, and refused in a test, or known not to be. */
import { describe, expect, test } from 'vitest';
import { kinds } from '../registry.ts';
import { fieldsOf } from '../schema.ts';
import type { SchemaName } from '../schema.ts';
import { refusedCases } from '../testing/refused/cases.ts';
import { judged } from '../testing/valid/judged.ts';
import { unjudged } from '../testing/valid/unjudged.ts';

const objects = new Set(kinds.map(({ schema }) => schema));

/** The fields of all types that a kind reaches, but those that hold structs. */
function reachableFields(): Set<string> {
  const fields = new Set<string>();
  const seen = new Set<SchemaName>();
  const visit = (type: SchemaName) => {
    if (seen.has(type)) return;
    seen.add(type);
    for (const [key, field] of fieldsOf(type)) {
      // What an object is, the decoder asks.
      const isIdentity = objects.has(type) && (key === 'kind' || key === 'apiVersion');
      if (field.type === 'object') visit(field.ref!);
      else if (!isIdentity) fields.add(`${type}.${key}`);
    }
  };
  for (const schema of objects) visit(schema);
  return fields;
}

const mutated = Object.entries(judged).flatMap(([type, fields]) =>
  fields.map((one) => `${type}.${typeof one === 'string' ? one : one.field}`),
);
const written = refusedCases.flatMap(({ fields }) => fields.split(' '));
const refused = new Set([...mutated, ...written]);
const taken = unjudged.flatMap(({ fields }) =>
  Object.entries(fields).flatMap(([type, keys]) => keys.split(' ').map((key) => `${type}.${key}`)),
);
/** A field may hold a struct, too: lists of rules and of selectors are judged as wholes. */
const isField = (id: string) => {
  const [type, key] = id.split('.') as [SchemaName, string];
  return fieldsOf(type).has(key);
};

describe('every field of every kind', () => {
  const reachable = reachableFields();

  test('is refused for a bad value, or known to be taken as it is', () => {
    const known = new Set([...refused, ...taken]);
    expect([...reachable].filter((id) => !known.has(id))).toEqual([]);
    // So that a walk that finds too few of them is seen.
    expect(reachable.size).toBe(902);
  });

  test('is in one of the two lists', () => {
    expect(taken.filter((id) => refused.has(id))).toEqual([]);
    expect(taken.filter((id, index) => taken.indexOf(id) !== index)).toEqual([]);
  });

  test('in a list is there', () => {
    expect([...refused].filter((id) => !isField(id))).toEqual([]);
    expect(taken.filter((id) => !reachable.has(id))).toEqual([]);
  });
});
