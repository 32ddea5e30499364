/** Laws of server-side apply that hold for every object and every configuration. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ApiError } from '../errors.ts';
import { convertObject } from '../decode.ts';
import type { KubernetesObject } from '../object.ts';
import { normalize } from '../normalize.ts';
import { findResource } from '../registry.ts';
import type { SchemaName } from '../schema.ts';
import { typedValue } from '../testing/typed-values.ts';
import { applyConfiguration } from './apply-configuration.ts';
import { compare, isSame } from './compare.ts';
import { intersection, isEmpty, noFields, union, type FieldSet } from './field-set.ts';
import { structType } from './field-type.ts';
import { merge } from './merge.ts';
import { fieldSetOf, withNamedFields } from './owned-fields.ts';
import { ownedTypeOf } from './owned-type.ts';
import { removeFields } from './remove.ts';
import { validateConfiguration } from './validate.ts';

const kind = findResource('', 'pods')!;
const owned = ownedTypeOf(kind);
const type = structType('Pod');
const words = ['a', 'b', 'web', 'TCP'];

/** The parts of a pod in which lists and maps of every sort are nested. */
const configuration = fc
  .record(
    {
      labels: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2'), { maxKeys: 2 }),
      finalizers: fc.uniqueArray(fc.constantFrom('x.io/a', 'x.io/b', 'x.io/c')),
      spec: fc.record(
        {
          containers: fc.array(container(), { maxLength: 3 }),
          hostAliases: listOf('HostAlias'),
          hostNetwork: fc.boolean(),
          nodeSelector: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2')),
          securityContext: typedValue('PodSecurityContext', { words }),
          tolerations: listOf('Toleration'),
          topologySpreadConstraints: listOf('TopologySpreadConstraint'),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  )
  .map(({ labels, finalizers, spec }) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'p',
      ...(labels === undefined ? {} : { labels }),
      ...(finalizers === undefined ? {} : { finalizers }),
    },
    ...(spec === undefined ? {} : { spec }),
  }))
  // The normal form has no empty text: an element whose key is one would be another afterwards.
  .filter((config) => !JSON.stringify(config).includes('""'))
  .filter((config) => validateConfiguration(type, config) === undefined);

function listOf(name: SchemaName) {
  return fc.array(typedValue(name, { words }), { maxLength: 2 });
}

function container() {
  return fc.record(
    {
      name: fc.constantFrom(...words),
      image: fc.constantFrom(...words),
      command: fc.array(fc.constantFrom(...words), { maxLength: 2 }),
      env: listOf('EnvVar'),
      ports: listOf('ContainerPort'),
      resources: typedValue('ResourceRequirements', { words }),
    },
    { requiredKeys: [] },
  );
}

/** Normal form, but no defaults: they would hide what an apply itself does. */
const finish = (value: unknown): KubernetesObject =>
  convertObject({ value, duplicates: [] }, kind, 'Strict').object;

interface Who {
  readonly manager: string;
  readonly force?: boolean;
}

function apply(
  live: KubernetesObject | undefined,
  config: unknown,
  { manager, force = false }: Who,
): KubernetesObject {
  const request = { live, config, manager, force, subresource: '', wallTime: 0 };
  return applyConfiguration(owned, request, finish);
}

/** What `object` lacks of what a configuration says, in normal form. */
function missing(config: unknown, object: KubernetesObject): FieldSet {
  const { removed, modified } = compare(type, normalize(config, 'Pod'), object);
  return intersection(union(removed, modified), fieldSetOf(type, config));
}

const isConflict = (error: unknown) => error instanceof ApiError && error.reason === 'Conflict';

/** The object after the apply; undefined when that conflicts. */
function tryApply(live: KubernetesObject, config: unknown, who: Who) {
  try {
    return apply(live, config, who);
  } catch (error) {
    if (isConflict(error)) return undefined;
    throw error;
  }
}

describe('apply', () => {
  test('twice is once', () => {
    fc.assert(
      fc.property(configuration, configuration, (first, second) => {
        const start = apply(undefined, first, { manager: 'a' });
        const once = apply(start, second, { manager: 'b', force: true });
        expect(apply(once, second, { manager: 'b' })).toEqual(once);
      }),
    );
  });

  test('leaves an object that holds what was applied', () => {
    fc.assert(
      fc.property(configuration, configuration, (first, second) => {
        const start = apply(undefined, first, { manager: 'a' });
        expect(missing(first, start)).toEqual(noFields);
        const next = apply(start, second, { manager: 'b', force: true });
        expect(missing(second, next)).toEqual(noFields);
      }),
    );
  });

  test('removes what its applier gives up and nobody else owns', () => {
    const least = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } };
    fc.assert(
      fc.property(configuration, (config) => {
        const { metadata, ...rest } = apply(apply(undefined, config, { manager: 'a' }), least, {
          manager: 'a',
        });
        expect({ ...rest, metadata }).toEqual(apply(undefined, least, { manager: 'a' }));
      }),
    );
  });

  test('without force leaves what others applied', () => {
    fc.assert(
      fc.property(configuration, configuration, configuration, (first, second, third) => {
        const start = apply(undefined, first, { manager: 'a' });
        const middle = tryApply(start, second, { manager: 'b' });
        if (middle === undefined) return;
        expect(missing(first, middle)).toEqual(noFields);
        const last = tryApply(middle, third, { manager: 'b' });
        if (last !== undefined) expect(missing(first, last)).toEqual(noFields);
      }),
    );
  });

  test('conflicts exactly when it would change what another owns', () => {
    fc.assert(
      fc.property(configuration, configuration, (first, second) => {
        const start = apply(undefined, first, { manager: 'a' });
        const forced = apply(start, second, { manager: 'b', force: true });
        const fieldsOf = (object: KubernetesObject) =>
          object.metadata.managedFields?.find(({ manager }) => manager === 'a')?.fieldsV1;
        const free = tryApply(start, second, { manager: 'b' });
        if (free !== undefined) expect(free).toEqual(forced);
        else expect(fieldsOf(forced)).not.toEqual(fieldsOf(start));
      }),
    );
  });
});

describe('the parts', () => {
  test('a value does not differ from itself, and differs as its fields do from nothing', () => {
    fc.assert(
      fc.property(configuration, (config) => {
        expect(isSame(compare(type, config, structuredClone(config)))).toBe(true);
        const { added, removed, modified } = compare(type, undefined, config);
        expect([removed, modified].every(isEmpty)).toBe(true);
        expect(compare(type, config, undefined).removed).toEqual(added);
      }),
    );
  });

  test('what is added from one side is removed from the other', () => {
    fc.assert(
      fc.property(configuration, configuration, (left, right) => {
        const there = compare(type, left, right);
        const back = compare(type, right, left);
        expect(back.added).toEqual(there.removed);
        expect(back.removed).toEqual(there.added);
        expect(back.modified).toEqual(there.modified);
      }),
    );
  });

  test('a merge is the same whatever the order of keys, and changes no input', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      const entries = Object.entries(value).reverse();
      return Object.fromEntries(entries.map(([key, one]) => [key, reversed(one)]));
    };
    fc.assert(
      fc.property(configuration, configuration, (live, config) => {
        const before = structuredClone([live, config]);
        const merged = merge(type, live, config);
        expect(merge(type, reversed(live), reversed(config))).toEqual(merged);
        expect([live, config]).toEqual(before);
      }),
    );
  });

  test('removing all fields leaves none, and removing none leaves all', () => {
    fc.assert(
      fc.property(configuration, (config) => {
        expect(removeFields(type, config, noFields)).toEqual(config);
        const left = removeFields(type, config, withNamedFields(fieldSetOf(type, config), type));
        expect(fieldSetOf(type, left)).toEqual(noFields);
      }),
    );
  });
});
