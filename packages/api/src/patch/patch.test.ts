import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Deployment } from '../generated/types.ts';
import { deployments } from '../registry.ts';
import { applyJsonPatch } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';
import { patchObject } from './patch-object.ts';

describe('JSON merge patch (RFC 7386, appendix A)', () => {
  test.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j', (target, patch, expected) => {
    expect(applyMergePatch(target, patch)).toEqual(expected);
  });

  test('applying a patch twice changes nothing more, and inputs stay as they are', () => {
    fc.assert(
      fc.property(fc.object({ maxDepth: 3 }), fc.object({ maxDepth: 3 }), (target, patch) => {
        const before = structuredClone([target, patch]);
        const once = applyMergePatch(target, patch);
        expect(applyMergePatch(once, patch)).toEqual(once);
        expect([target, patch]).toEqual(before);
      }),
    );
  });

  test('__proto__ stays a plain key', () => {
    const patch = JSON.parse('{"a":{"__proto__":{"polluted":1}}}') as unknown;
    const result = applyMergePatch({ a: {} }, patch) as { a: object };
    expect(Object.keys(result.a)).toEqual(['__proto__']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('JSON patch (RFC 6902, appendix A)', () => {
  test.each([
    [{ foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { foo: 'bar', baz: 'qux' }],
    [{ foo: ['a', 'b'] }, [{ op: 'add', path: '/foo/1', value: 'x' }], { foo: ['a', 'x', 'b'] }],
    [{ foo: ['a'] }, [{ op: 'add', path: '/foo/-', value: ['x'] }], { foo: ['a', ['x']] }],
    [{ foo: 1, bar: 2 }, [{ op: 'remove', path: '/foo' }], { bar: 2 }],
    [{ foo: ['a', 'b', 'c'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['a', 'c'] }],
    [{ foo: 1 }, [{ op: 'replace', path: '/foo', value: 2 }], { foo: 2 }],
    [
      { foo: { bar: 1 }, qux: {} },
      [{ op: 'move', from: '/foo/bar', path: '/qux/thud' }],
      { foo: {}, qux: { thud: 1 } },
    ],
    [
      { foo: ['a', 'b', 'c'] },
      [{ op: 'move', from: '/foo/0', path: '/foo/2' }],
      { foo: ['b', 'c', 'a'] },
    ],
    [
      { foo: { a: 1 } },
      [{ op: 'copy', from: '/foo', path: '/bar' }],
      { foo: { a: 1 }, bar: { a: 1 } },
    ],
    [{ foo: 'bar' }, [{ op: 'test', path: '/foo', value: 'bar' }], { foo: 'bar' }],
    [{ '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
    [{ a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
    [{ foo: null }, [{ op: 'replace', path: '/foo', value: 1 }], { foo: 1 }],
  ])('%j', (document, patch, expected) => {
    const before = structuredClone(document);
    expect(applyJsonPatch(document, patch)).toEqual(expected);
    expect(document).toEqual(before);
  });

  test.each([
    [{ foo: 'bar' }, [{ op: 'test', path: '/foo', value: 'x' }], 422],
    [{ foo: 'bar' }, [{ op: 'remove', path: '/baz' }], 422],
    [{ foo: 'bar' }, [{ op: 'replace', path: '/baz', value: 1 }], 422],
    [{ foo: 'bar' }, [{ op: 'add', path: '/baz/bat', value: 1 }], 422],
    [{ foo: [1] }, [{ op: 'add', path: '/foo/3', value: 1 }], 422],
    [{ foo: [1] }, [{ op: 'add', path: '/foo/01', value: 1 }], 422],
    [{ foo: { a: 1 } }, [{ op: 'move', from: '/foo', path: '/foo/a' }], 422],
    [{}, [{ op: 'remove', path: '/__proto__' }], 422],
    [{}, [{ op: 'add', path: 'x', value: 1 }], 400],
    [{}, [{ op: 'add', path: '/x' }], 400],
    [{}, [{ op: 'shout', path: '/x' }], 422],
    [{}, { op: 'add' }, 400],
    [{}, [3], 400],
  ])('%j refuses %j with %d', (document, patch, code) => {
    expect(() => applyJsonPatch(document, patch)).toThrow(expect.objectContaining({ code }));
  });

  test('a copy shares nothing with its source', () => {
    const patch = [
      { op: 'copy', from: '/a', path: '/b' },
      { op: 'add', path: '/b/x', value: 1 },
    ];
    expect(applyJsonPatch({ a: {} }, patch)).toEqual({ a: {}, b: { x: 1 } });
  });
});

describe('patchObject', () => {
  const web: Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default', resourceVersion: '7' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'a', image: 'a:1' }] },
      },
    },
    status: {},
  };

  test.each([
    ['application/merge-patch+json', '{"spec":{"replicas":5}}'],
    ['application/strategic-merge-patch+json', '{"spec":{"replicas":5}}'],
    ['application/json-patch+json', '[{"op":"replace","path":"/spec/replicas","value":5}]'],
  ])('%s gives a whole object with defaults', (mediaType, body) => {
    const { object } = patchObject(deployments, web, { mediaType, body });
    expect(object.spec.replicas).toBe(5);
    expect(object.spec.strategy?.type).toBe('RollingUpdate');
    expect(object.metadata.resourceVersion).toBe('7');
    expect(web.spec.strategy).toBeUndefined();
  });

  test('another media type is a 415', () => {
    expect(() => patchObject(deployments, web, { mediaType: 'text/plain', body: '' })).toThrow(
      expect.objectContaining({ code: 415 }),
    );
  });

  test('an unknown field in the result is refused when the client is strict', () => {
    const patch = { mediaType: 'application/merge-patch+json', body: '{"spec":{"foo":1}}' };
    expect(() => patchObject(deployments, web, { ...patch, fieldValidation: 'Strict' })).toThrow(
      'unknown field "spec.foo"',
    );
    expect(patchObject(deployments, web, patch).warnings).toEqual(['unknown field "spec.foo"']);
  });
});
