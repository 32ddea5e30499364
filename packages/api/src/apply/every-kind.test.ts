/** Laws of patches and applies that hold for every kind, tried with whole valid objects. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convertObject } from '../decode.ts';
import { ApiError } from '../errors.ts';
import type { KindDefinition } from '../kind.ts';
import { normalize } from '../normalize.ts';
import type { KubernetesObject } from '../object.ts';
import { patchObject } from '../patch/patch-object.ts';
import { kinds } from '../registry.ts';
import { validBody } from '../testing/valid/valid-object.ts';
import { applyConfiguration } from './apply-configuration.ts';
import { compare } from './compare.ts';
import { intersection, noFields, union } from './field-set.ts';
import { structType } from './field-type.ts';
import { fieldSetOf } from './owned-fields.ts';
import { ownedTypeOf } from './owned-type.ts';

const runs = { numRuns: 25 };

/** Normal form, without the defaults that would hide what an apply does. */
const normal = (kind: KindDefinition, value: unknown): KubernetesObject =>
  convertObject({ value, duplicates: [] }, kind, 'Strict').object;

function apply(
  kind: KindDefinition,
  live: KubernetesObject | undefined,
  { config, manager }: { readonly config: unknown; readonly manager: string },
): KubernetesObject {
  const request = { live, config, manager, force: true, subresource: '', wallTime: 0 };
  return applyConfiguration(ownedTypeOf(kind), request, (value) => normal(kind, value));
}

describe.each(kinds.map((kind) => [kind.kind, kind] as const))('%s', (_name, kind) => {
  const bodies = validBody(kind);

  test('an apply is held by the object, and changes nothing the second time', () => {
    const type = structType(kind.schema);
    fc.assert(
      fc.property(bodies, bodies, (first, unmarked) => {
        const metadata = unmarked['metadata'] as { readonly labels?: object };
        const labels = { ...metadata.labels, mark: 'b' };
        const second = { ...unmarked, metadata: { ...metadata, labels } };
        const start = apply(kind, undefined, { config: first, manager: 'a' });
        const once = apply(kind, start, { config: second, manager: 'b' });
        expect(apply(kind, once, { config: second, manager: 'b' })).toEqual(once);
        const { removed, modified } = compare(type, normalize(second, kind.schema), once);
        const lacking = intersection(union(removed, modified), fieldSetOf(type, second));
        expect(lacking).toEqual(noFields);
        const owners = once.metadata.managedFields?.map(({ manager }) => manager) ?? [];
        expect(owners).toContain('b');
      }),
      runs,
    );
  });

  test.each(['application/merge-patch+json', 'application/strategic-merge-patch+json'])(
    '%s twice is once',
    (mediaType) => {
      const patched = (object: KubernetesObject, body: object) =>
        patchObject(kind, object, { mediaType, body: JSON.stringify(body) }).object;
      fc.assert(
        fc.property(bodies, bodies, (first, second) => {
          const once = attempt(() => patched(normal(kind, first), second));
          // Two valid objects may make what is no patch: a list that needs keys and has none.
          if (once !== undefined) expect(patched(once, second)).toEqual(once);
        }),
        runs,
      );
    },
  );

  test('an object patched with itself is itself', () => {
    const mediaType = 'application/strategic-merge-patch+json';
    fc.assert(
      fc.property(bodies, (body) => {
        const object = normal(kind, body);
        kind.setDefaults(object);
        const text = JSON.stringify(object);
        // In a patch null takes a key away, also of data that may hold one.
        if (text.includes('null')) return;
        expect(patchObject(kind, object, { mediaType, body: text }).object).toEqual(object);
      }),
      runs,
    );
  });
});

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof ApiError && error.code === 400) return undefined;
    throw error;
  }
}
