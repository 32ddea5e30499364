/** What holds for every valid object of every kind, and for every field of it that holds a bad value. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { decodeObject } from '../decode.ts';
import { deepCopy } from '../equality.ts';
import { formatFieldError } from '../field-error.ts';
import type { FieldError } from '../field-error.ts';
import { groupVersion } from '../kind.ts';
import type { KindDefinition } from '../kind.ts';
import { decodeProtobufObject } from '../protobuf.ts';
import { kinds } from '../registry.ts';
import { typeFacts } from '../schema.ts';
import { beforeCreate, beforeUpdate } from '../strategy.ts';
import { encodeMessage, envelope } from '../testing/protobuf-encoder.ts';
import { judged } from '../testing/valid/judged.ts';
import { mutationsOf } from '../testing/valid/mutations.ts';
import { validBody } from '../testing/valid/valid-object.ts';

const context = { uid: 'u1', wallTime: Date.UTC(2026, 10, 21, 8), randomBelow: () => 0 };
const runs = { numRuns: 25 };

const decoded = (kind: KindDefinition, text: string, syntax: 'json' | 'yaml' = 'json') =>
  decodeObject(text, kind, { fieldValidation: 'Strict', syntax }).object;

/** As the server makes an object of a body. */
function create(kind: KindDefinition, body: object) {
  const object = decoded(kind, JSON.stringify(body));
  kind.setDefaults(object);
  const errors = beforeCreate(kind, object, context);
  object.metadata.resourceVersion = '1';
  return { object, errors };
}

const texts = (errors: readonly FieldError[]) => errors.map(formatFieldError);

/** Pods have many fields, and other kinds few. */
const holdsPods = ({ schema }: KindDefinition) =>
  ['apps', 'batch'].includes(typeFacts(schema).package.split('.')[0]!) || schema.startsWith('Pod');

/** How often each field was seen with a bad value. */
const seen = new Map<string, number>();

describe.each(kinds.map((kind) => [kind.kind, kind] as const))('valid %s', (_name, kind) => {
  const bodies = validBody(kind);

  test('objects are taken, and their defaults set again change nothing', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const once = decoded(kind, JSON.stringify(body));
        kind.setDefaults(once);
        const twice = deepCopy(once);
        kind.setDefaults(twice);
        expect(twice).toEqual(once);
        const { object, errors } = create(kind, body);
        expect(texts(errors)).toEqual([]);
        const again = deepCopy(object);
        kind.setDefaults(again);
        expect(again).toEqual(object);
      }),
      runs,
    );
  });

  test('objects are valid as an update of themselves, which changes nothing', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const old = create(kind, body).object;
        const object = decoded(kind, JSON.stringify(old));
        kind.setDefaults(object);
        expect(texts(beforeUpdate(kind, object, old))).toEqual([]);
        expect(object).toEqual(old);
      }),
      runs,
    );
  });

  test('objects say the same in JSON, in YAML and in protobuf', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const object = decoded(kind, JSON.stringify(body));
        expect(decoded(kind, stringify(body, { version: '1.1' }), 'yaml')).toEqual(object);
        const message = encodeMessage(object as unknown as Record<string, unknown>, kind.schema);
        const bytes = envelope(groupVersion(kind), kind.kind, message);
        expect(decodeProtobufObject(bytes, kind).object).toEqual(object);
      }),
      runs,
    );
  });

  test('objects are refused for a bad value in a field that is judged, under its path', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        for (const { id, path, errorPath, badValue, object } of mutationsOf(kind, body)) {
          seen.set(id, (seen.get(id) ?? 0) + 1);
          const { errors } = create(kind, object);
          const told = errors.some(({ field }) => field === errorPath);
          const what = `${path} = ${JSON.stringify(badValue)} should be refused at ${errorPath}`;
          expect(told ? '' : `${what}, not: ${texts(errors).join('; ')}`).toBe('');
        }
      }),
      // The same each time, so that the last test knows what was tried.
      { numRuns: holdsPods(kind) ? 60 : 300, seed: 1 },
    );
  });
});

test('every field of the table was tried with a bad value', () => {
  const wanted = Object.entries(judged).flatMap(([type, fields]) =>
    fields.map((one) => `${type}.${typeof one === 'string' ? one : one.field}`),
  );
  expect(wanted.filter((id) => !seen.has(id))).toEqual([]);
});
