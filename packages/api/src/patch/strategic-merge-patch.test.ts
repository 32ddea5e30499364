import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SchemaName } from '../schema.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

interface Case {
  readonly what: string;
  readonly schema: SchemaName;
  readonly original: unknown;
  readonly patch: unknown;
  readonly expected: unknown;
}

const named = (...names: string[]) => names.map((name) => ({ name }));

const cases: readonly Case[] = [
  {
    what: 'maps merge, null deletes, an unmatched null is nothing',
    schema: 'ObjectMeta',
    original: { name: 'a', labels: { x: '1', y: '2' } },
    patch: { labels: { x: null, z: '3', gone: null }, annotations: { a: null } },
    expected: { name: 'a', labels: { y: '2', z: '3' }, annotations: {} },
  },
  {
    what: 'a list of maps merges by its key',
    schema: 'PodSpec',
    original: {
      containers: [
        { name: 'a', image: '1', tty: true },
        { name: 'b', image: '1' },
      ],
    },
    patch: { containers: [{ name: 'a', image: '2' }] },
    expected: {
      containers: [
        { name: 'a', image: '2', tty: true },
        { name: 'b', image: '1' },
      ],
    },
  },
  {
    what: 'an element that is new is put before those that the client does not mention',
    schema: 'PodSpec',
    original: { containers: named('a', 'b') },
    patch: { containers: [{ name: 'c', image: '1', command: null }] },
    expected: { containers: [{ name: 'c', image: '1' }, ...named('a', 'b')] },
  },
  {
    what: '$patch: delete removes an element',
    schema: 'PodSpec',
    original: { containers: named('a', 'b') },
    patch: {
      containers: [
        { name: 'a', $patch: 'delete' },
        { name: 'zzz', $patch: 'delete' },
      ],
    },
    expected: { containers: named('b') },
  },
  {
    what: '$patch: replace as an element replaces the list',
    schema: 'PodSpec',
    original: { containers: named('a', 'b') },
    patch: { containers: [{ name: 'c' }, { $patch: 'replace' }] },
    expected: { containers: named('c') },
  },
  {
    what: '$patch: replace in a map replaces the map',
    schema: 'DeploymentSpec',
    original: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } },
    patch: { strategy: { $patch: 'replace', type: 'Recreate' } },
    expected: { strategy: { type: 'Recreate' } },
  },
  {
    what: '$patch: delete in a map empties it',
    schema: 'PodSpec',
    original: { nodeSelector: { a: '1' }, hostname: 'x' },
    patch: { nodeSelector: { $patch: 'delete' } },
    expected: { nodeSelector: {}, hostname: 'x' },
  },
  {
    what: '$retainKeys drops what it does not name (a Deployment goes to Recreate)',
    schema: 'DeploymentSpec',
    original: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } },
    patch: { strategy: { $retainKeys: ['type'], type: 'Recreate' } },
    expected: { strategy: { type: 'Recreate' } },
  },
  {
    what: '$retainKeys in an element of a list (a volume changes its source)',
    schema: 'PodSpec',
    original: { volumes: [{ name: 'v', emptyDir: {} }] },
    patch: {
      volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: { name: 'c' } }],
    },
    expected: { volumes: [{ name: 'v', configMap: { name: 'c' } }] },
  },
  {
    what: 'a list without a merge strategy is replaced',
    schema: 'PodSpec',
    original: { tolerations: [{ key: 'a' }, { key: 'b' }] },
    patch: { tolerations: [{ key: 'c' }] },
    expected: { tolerations: [{ key: 'c' }] },
  },
  {
    what: 'scalars merge as a set',
    schema: 'ObjectMeta',
    original: { finalizers: ['a', 'b'] },
    patch: { finalizers: ['b', 'c'] },
    expected: { finalizers: ['a', 'b', 'c'] },
  },
  {
    what: '$deleteFromPrimitiveList removes scalars, also beside an addition',
    schema: 'ObjectMeta',
    original: { finalizers: ['a', 'b'] },
    patch: {
      '$deleteFromPrimitiveList/finalizers': ['a'],
      '$setElementOrder/finalizers': ['c', 'b'],
      finalizers: ['c'],
    },
    expected: { finalizers: ['c', 'b'] },
  },
  {
    what: '$setElementOrder orders the client elements',
    schema: 'PodSpec',
    original: { containers: named('a', 'b', 'c') },
    patch: {
      '$setElementOrder/containers': named('c', 'a', 'b'),
      containers: [{ name: 'a', image: '2' }],
    },
    expected: { containers: [{ name: 'c' }, { name: 'a', image: '2' }, { name: 'b' }] },
  },
  {
    what: '$setElementOrder alone reorders',
    schema: 'PodSpec',
    original: { containers: named('a', 'b') },
    patch: { '$setElementOrder/containers': named('b', 'a') },
    expected: { containers: named('b', 'a') },
  },
  {
    what: 'an element that only the server knows keeps its place (an injected sidecar)',
    schema: 'PodSpec',
    original: { containers: named('injected', 'a', 'b') },
    patch: {
      '$setElementOrder/containers': named('a', 'b'),
      containers: [{ name: 'a', image: '2' }],
    },
    expected: { containers: [{ name: 'injected' }, { name: 'a', image: '2' }, { name: 'b' }] },
  },
  {
    what: 'ports merge by containerPort, env by name, conditions by type',
    schema: 'PodSpec',
    original: {
      containers: [
        {
          name: 'a',
          ports: [{ containerPort: 80, name: 'http' }],
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
        },
      ],
    },
    patch: {
      containers: [
        {
          name: 'a',
          ports: [{ containerPort: 80, hostPort: 8080 }],
          env: [{ name: 'B', value: '3' }],
        },
      ],
    },
    expected: {
      containers: [
        {
          name: 'a',
          ports: [{ containerPort: 80, name: 'http', hostPort: 8080 }],
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '3' },
          ],
        },
      ],
    },
  },
  {
    what: 'a list that is wholly new loses its directives',
    schema: 'PodSpec',
    original: {},
    patch: {
      '$setElementOrder/volumes': named('v'),
      volumes: [
        { name: 'v', $retainKeys: ['name', 'emptyDir'], emptyDir: {}, configMap: null },
        { name: 'w', $patch: 'delete' },
      ],
    },
    expected: { volumes: [{ name: 'v', emptyDir: {} }] },
  },
  {
    what: 'a field of another type replaces',
    schema: 'PodSpec',
    original: { containers: 'nonsense' },
    patch: { containers: named('a') },
    expected: { containers: named('a') },
  },
  {
    what: 'unknown fields merge as plain JSON',
    schema: 'PodSpec',
    original: { foo: { a: 1, list: [1] } },
    patch: { foo: { b: 2, list: [2] } },
    expected: { foo: { a: 1, b: 2, list: [2] } },
  },
];

describe('strategic merge patch', () => {
  test.each(cases.map((one) => [one.what, one] as const))('%s', (_what, one) => {
    const before = structuredClone([one.original, one.patch]);
    expect(applyStrategicMergePatch(one.original, one.patch, one.schema)).toEqual(one.expected);
    expect([one.original, one.patch]).toEqual(before);
  });

  test.each([
    ['PodSpec', { containers: [{ image: 'x' }] }, 'does not contain declared merge key: name'],
    ['PodSpec', { containers: ['x'] }, 'must be a map'],
    ['PodSpec', { nodeSelector: { $patch: 'explode' } }, 'unknown patch type found: "explode"'],
    ['DeploymentSpec', { strategy: { $retainKeys: ['a'], type: 'b' } }, '$retainKeys'],
    [
      'PodSpec',
      { '$setElementOrder/containers': named('a', 'b'), containers: named('b', 'a') },
      "doesn't match $setElementOrder list",
    ],
    ['PodSpec', 'text', 'is an object'],
  ] as const)('%s refuses %j', (schema, patch, why) => {
    const original = { containers: named('a'), nodeSelector: { a: '1' }, strategy: { type: 'b' } };
    expect(() => applyStrategicMergePatch(original, patch, schema)).toThrow(why);
  });

  test('a malformed patch is a BadRequest', () => {
    expect(() => applyStrategicMergePatch({}, [], 'Pod')).toThrow(
      expect.objectContaining({ code: 400 }),
    );
  });

  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const containers = fc
    .uniqueArray(fc.record({ name, image: fc.constantFrom('1', '2') }), {
      selector: (one) => one.name,
    })
    .filter((list) => list.length > 0);

  test('a patch that lists and orders everything makes the list the client wants', () => {
    fc.assert(
      fc.property(containers, containers, (original, wanted) => {
        const kept = new Set(wanted.map((one) => one.name));
        const deletions = original
          .filter((one) => !kept.has(one.name))
          .map((one) => ({ name: one.name, $patch: 'delete' }));
        const patch = {
          '$setElementOrder/containers': wanted.map((one) => ({ name: one.name })),
          containers: [...wanted, ...deletions],
        };
        const result = applyStrategicMergePatch({ containers: original }, patch, 'PodSpec');
        expect(result).toEqual({ containers: wanted });
      }),
    );
  });

  test('no directive survives, and applying again changes nothing', () => {
    fc.assert(
      fc.property(containers, containers, (original, wanted) => {
        const patch = {
          '$setElementOrder/containers': wanted.map((one) => ({ name: one.name })),
          containers: wanted.map((one) => ({ ...one, $retainKeys: ['name', 'image'] })),
        };
        const once = applyStrategicMergePatch({ containers: original }, patch, 'PodSpec');
        expect(JSON.stringify(once)).not.toContain('$');
        expect(applyStrategicMergePatch(once, patch, 'PodSpec')).toEqual(once);
      }),
    );
  });
});
