import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convertObject } from '../decode.ts';
import type { Pod } from '../generated/types.ts';
import type { KubernetesObject } from '../object.ts';
import { findResource, kinds } from '../registry.ts';
import { validBody } from '../testing/valid/valid-object.ts';
import { newOwners } from './new-owners.ts';
import { ownedTypeOf } from './owned-type.ts';
import { trackUpdate } from './track-update.ts';

const creation = { manager: 'kubectl-client-side-apply', wallTime: 1_767_225_600_000 };

/** What a create gets by way of sets of fields. */
function tracked(object: KubernetesObject, owned: ReturnType<typeof ownedTypeOf>): string {
  const entries = trackUpdate(owned, { ...creation, live: undefined, object, subresource: '' });
  return entries === undefined ? '' : JSON.stringify(entries);
}

describe.each(kinds.map((kind) => [kind.kind, kind] as const))('%s', (_name, kind) => {
  test('has the owners that its fields lead to, with defaults and without', () => {
    const owned = ownedTypeOf(kind);
    fc.assert(
      fc.property(validBody(kind), fc.boolean(), (value, hasDefaults) => {
        const { object } = convertObject({ value, duplicates: [] }, kind);
        if (hasDefaults) kind.setDefaults(object);
        expect(newOwners(owned, { ...creation, object })).toBe(tracked(object, owned));
      }),
      { numRuns: 60 },
    );
  });
});

const configMaps = findResource('', 'configmaps')!;
const pods = findResource('', 'pods')!;
const objectOf = (kind: typeof pods, value: object) =>
  convertObject({ value, duplicates: [] }, kind).object;

test.each([
  [
    'keys that JSON escapes',
    configMaps,
    { data: { 'a"b': '1', 'ö\u2028<&': '2', '10': '3', '9': '' } },
  ],
  ['nothing', configMaps, {}],
  [
    'status, which a create does not take',
    pods,
    { spec: { containers: [] }, status: { phase: 'x' } },
  ],
  [
    'a list that says one thing twice, and in no order',
    pods,
    {
      metadata: { finalizers: ['b/x', 'a/x', 'b/x'], labels: { __proto__: 'x', b: '', a: '' } },
      spec: {
        containers: [
          { name: 'b', ports: [{ containerPort: 90 }, { containerPort: 100, protocol: 'UDP' }] },
          { name: 'a', env: [{ name: 'B' }, { name: 'A' }, { name: 'B' }] },
          { name: 'a' },
        ],
      },
    },
  ],
])('%s', (_what, kind, value) => {
  const object = objectOf(kind, value);
  const owned = ownedTypeOf(kind);
  expect(newOwners(owned, { ...creation, object })).toBe(tracked(object, owned));
});

test('an object that cannot be walked has no owners', () => {
  const object = objectOf(pods, { spec: { containers: [{ name: 'a' }] } }) as Pod;
  // A decoder lets no such thing in.
  (object.spec.containers as unknown[]).push(null);
  const owned = ownedTypeOf(pods);
  expect(tracked(object, owned)).toBe('');
  expect(newOwners(owned, { ...creation, object })).toBe('');
});

test('entries of the client are for others to judge; a wish to forget them is not', () => {
  const owned = ownedTypeOf(pods);
  const spec = { containers: [{ name: 'a' }] };
  const given = (managedFields: object[]) => ({
    ...creation,
    object: objectOf(pods, { metadata: { managedFields }, spec }),
  });
  const entry = { manager: 'x', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1' };
  expect(newOwners(owned, given([entry]))).toBeUndefined();
  const forgotten = given([{}]);
  expect(newOwners(owned, forgotten)).toBe(tracked(forgotten.object, owned));
  expect(newOwners(owned, { ...forgotten, manager: '' })).toContain('"manager":"unknown"');
});
