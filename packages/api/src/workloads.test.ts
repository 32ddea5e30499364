import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deepCopy, deepEqual, differingPaths } from './equality.ts';
import type { DeploymentCondition, PodTemplateSpec } from './generated/types.ts';
import { resolveIntOrPercent, resolveRollingUpdate } from './int-or-string.ts';
import { generatedName } from './metadata.ts';
import { controllerOf, controllerReference, isControlledBy, withCondition } from './owners.ts';
import { podTemplateHash } from './template-hash.ts';

describe('shares of a count', () => {
  test('percentages are rounded as asked, numbers stay', () => {
    expect(resolveIntOrPercent('25%', { total: 10, roundUp: true })).toBe(3);
    expect(resolveIntOrPercent('25%', { total: 10, roundUp: false })).toBe(2);
    expect(resolveIntOrPercent(4, { total: 10, roundUp: true })).toBe(4);
    expect(resolveIntOrPercent('many', { total: 10, roundUp: true })).toBeUndefined();
  });

  test('a rolling update can always move', () => {
    expect(resolveRollingUpdate({ maxSurge: '25%', maxUnavailable: '25%' }, 3)).toEqual({
      maxSurge: 1,
      maxUnavailable: 0,
    });
    expect(resolveRollingUpdate({ maxSurge: 0, maxUnavailable: '10%' }, 3)).toEqual({
      maxSurge: 0,
      maxUnavailable: 1,
    });
  });
});

describe('template hash', () => {
  const template: PodTemplateSpec = {
    metadata: { labels: { a: '1', b: '2' } },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  };
  test('does not depend on the order of keys', () => {
    const other: PodTemplateSpec = {
      spec: { containers: [{ image: 'i', name: 'c' }] },
      metadata: { labels: { b: '2', a: '1' } },
    };
    expect(podTemplateHash(other)).toBe(podTemplateHash(template));
  });
  test('differs with the template and with the collision count', () => {
    const changed = deepCopy(template);
    changed.spec.containers[0]!.image = 'j';
    expect(podTemplateHash(changed)).not.toBe(podTemplateHash(template));
    expect(podTemplateHash(template, 1)).not.toBe(podTemplateHash(template));
  });
  test('has the alphabet and length of upstream names', () => {
    expect(podTemplateHash(template)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
  });
  test('is pinned: a hash that changed with a release would roll every Deployment', () => {
    expect(podTemplateHash(template)).toMatchInlineSnapshot(`"86679746b6"`);
  });
});

describe('generated names', () => {
  test('have five letters after the prefix, and fit 63', () => {
    let turn = 0;
    const randomBelow = (bound: number) => (turn += 7) % bound;
    expect(generatedName('web-', randomBelow)).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(generatedName('x'.repeat(80), randomBelow)).toHaveLength(63);
  });
});

describe('owners and conditions', () => {
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'rs', uid: 'u' } };
  test('an object is controlled by the uid in its controlling reference', () => {
    const pod = { metadata: { ownerReferences: [controllerReference(owner)] } };
    expect(controllerOf(pod)).toMatchObject({ name: 'rs', controller: true });
    expect(isControlledBy(pod, owner)).toBe(true);
    expect(isControlledBy(pod, { ...owner, metadata: { name: 'rs', uid: 'new' } })).toBe(false);
  });

  test('a condition keeps its transition time until its status changes', () => {
    const none: DeploymentCondition[] = [];
    const first = withCondition(none, { type: 'Available', status: 'False' }, 't1');
    expect(first).toEqual([{ type: 'Available', status: 'False', lastTransitionTime: 't1' }]);
    const explained = withCondition(
      first,
      { type: 'Available', status: 'False', reason: 'x' },
      't2',
    );
    expect(explained[0]).toMatchObject({ reason: 'x', lastTransitionTime: 't1' });
    const flipped = withCondition(explained, { type: 'Available', status: 'True' }, 't3');
    expect(flipped[0]).toMatchObject({ status: 'True', lastTransitionTime: 't3' });
    expect(withCondition(flipped, { type: 'Available', status: 'True' }, 't4')).toBe(flipped);
  });
});

describe('JSON values', () => {
  test('a copy equals its source, and differs nowhere', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const copy = deepCopy(value);
        expect(copy).toEqual(value);
        expect(deepEqual(copy, value)).toBe(true);
        expect(differingPaths(copy, value)).toEqual([]);
      }),
    );
  });
  test('equality agrees with that of the texts, keys sorted', () => {
    const canonical = (value: unknown): string =>
      JSON.stringify(value, (_key, one: unknown) =>
        typeof one === 'object' && one !== null && !Array.isArray(one)
          ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
          : one,
      );
    const small = fc.jsonValue({ maxDepth: 2 });
    fc.assert(
      fc.property(small, small, (left, right) => {
        expect(deepEqual(left, right)).toBe(canonical(left) === canonical(right));
      }),
    );
  });
  test('differences are named by their paths', () => {
    const left = { a: [{ b: 1 }], c: 1, d: [1] };
    const right = { a: [{ b: 2 }], c: 1, d: [1, 2], e: 1 };
    expect(differingPaths(left, right)).toEqual(['a[0].b', 'd', 'e']);
  });
});
