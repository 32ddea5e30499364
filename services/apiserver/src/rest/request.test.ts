import { describe, expect, test } from 'vitest';
import { ApiError } from '@drydock/api';
import { decodeContinue, encodeContinue, latestRevision } from './continue-token.ts';
import { parseListOptions } from './list-options.ts';
import { negotiate } from './negotiate.ts';
import { parseResourcePath, verbOf } from './path.ts';

describe('paths', () => {
  test.each([
    ['/api/v1/pods', { group: '', resource: 'pods', namespace: '', name: '' }],
    ['/api/v1/namespaces', { resource: 'namespaces', name: '' }],
    ['/api/v1/namespaces/a', { resource: 'namespaces', name: 'a', namespace: '' }],
    [
      '/api/v1/namespaces/a/finalize',
      { resource: 'namespaces', name: 'a', subresource: 'finalize' },
    ],
    ['/api/v1/namespaces/a/pods', { resource: 'pods', namespace: 'a', name: '' }],
    [
      '/api/v1/namespaces/a/pods/p/log',
      { resource: 'pods', namespace: 'a', name: 'p', subresource: 'log' },
    ],
    ['/apis/apps/v1/deployments/', { group: 'apps', version: 'v1', resource: 'deployments' }],
    [
      '/apis/apps/v1/namespaces/a/deployments/d/scale',
      { group: 'apps', namespace: 'a', name: 'd', subresource: 'scale' },
    ],
    ['/api/v1/nodes/a%2Eb', { resource: 'nodes', name: 'a.b' }],
  ])('%s', (path, expected) => {
    expect(parseResourcePath(path)).toMatchObject(expected);
  });

  test.each([
    '/',
    '/api',
    '/api/v1',
    '/apis/apps/v1',
    '/version',
    '/api/v1/pods//x',
    '/api/v1/a/b/c/d',
    '/api/v1/%zz',
  ])('%s names no resource', (path) => {
    expect(parseResourcePath(path)).toBeUndefined();
  });

  test('the verb follows from method, name and watch', () => {
    expect(verbOf('GET', { hasName: false, isWatch: true })).toBe('watch');
    expect(verbOf('GET', { hasName: true, isWatch: true })).toBe('get');
    expect(verbOf('DELETE', { hasName: false, isWatch: false })).toBe('deletecollection');
    expect(verbOf('BREW', { hasName: false, isWatch: false })).toBe('brew');
  });
});

describe('negotiation', () => {
  test.each([
    [undefined, 'json'],
    ['*/*', 'json'],
    ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json', 'table'],
    ['application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json', 'json'],
    ['application/vnd.kubernetes.protobuf,application/json', 'json'],
    ['application/yaml', 'yaml'],
    ['application/json;q=0.1, application/yaml', 'yaml'],
    ['application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1', 'partial'],
  ])('%s', (accept, form) => {
    expect(negotiate(accept)).toBe(form);
  });

  test('what nothing fits is 406', () => {
    expect(() => negotiate('text/html')).toThrow(ApiError);
  });
});

describe('list options', () => {
  const parse = (query: string) => parseListOptions(new URLSearchParams(query));

  test('reads what informers send', () => {
    expect(
      parse('watch=1&resourceVersion=12&allowWatchBookmarks=true&timeoutSeconds=300'),
    ).toMatchObject({
      watch: true,
      bookmarks: true,
      resourceVersion: 12,
      timeoutSeconds: 300,
    });
  });

  test.each([
    [
      'resourceVersionMatch=Exact',
      'resourceVersionMatch is forbidden unless resourceVersion is provided',
    ],
    ['resourceVersionMatch=Exact&resourceVersion=0', 'is forbidden for resourceVersion "0"'],
    ['resourceVersionMatch=Nope&resourceVersion=1', 'Unsupported value: "Nope"'],
    ['sendInitialEvents=true', 'sendInitialEvents is forbidden for list'],
    ['watch=true&sendInitialEvents=true', 'requires setting resourceVersionMatch to NotOlderThan'],
    ['resourceVersion=abc', 'Invalid value: "abc"'],
    ['limit=x', 'limit'],
    [
      'continue=x&resourceVersion=5',
      'specifying resource version is not allowed when using continue',
    ],
  ])('%s is refused', (query, why) => {
    expect(() => parse(query)).toThrow(why);
  });
});

test('a continue token leads back to its place, and nothing else is one', () => {
  const token = { revision: 42, after: 'default/web-1' };
  expect(decodeContinue(encodeContinue(token))).toEqual(token);
  const inconsistent = { revision: latestRevision, after: 'default/web-1' };
  expect(decodeContinue(encodeContinue(inconsistent))).toEqual(inconsistent);
  const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  for (const text of [
    '',
    'x',
    forged(null),
    forged({ v: 'meta.k8s.io/v1', rv: 0, start: 'a\0' }),
    forged({ v: 'meta.k8s.io/v1', rv: -2, start: 'a\0' }),
    forged({ v: 'meta.k8s.io/v1', rv: 1, start: '../secrets/a\0' }),
  ]) {
    expect(() => decodeContinue(text)).toThrow('continue key is not valid');
  }
});
