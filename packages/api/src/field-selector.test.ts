import { describe, expect, test } from 'vitest';
import { parseFieldSelector } from './field-selector.ts';
import type { Pod } from './generated/types.ts';
import { pods, services } from './registry.ts';

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default' },
  spec: { containers: [], nodeName: 'n1' },
  status: { phase: 'Running' },
};

describe('field selectors', () => {
  test.each([
    ['', true],
    ['spec.nodeName=n1', true],
    ['spec.nodeName==n1,status.phase!=Failed', true],
    ['spec.nodeName=n1,status.phase!=Running', false],
    ['metadata.name=web', true],
    ['metadata.namespace=other', false],
    ['spec.nodeName=', false],
  ])('%j', (text, expected) => {
    expect(parseFieldSelector(text, pods).matches(pod)).toBe(expected);
  });

  test('a field that the kind does not offer is a BadRequest', () => {
    expect(() => parseFieldSelector('spec.foo=1', pods)).toThrow(
      'field label not supported: spec.foo',
    );
    expect(() => parseFieldSelector('spec.nodeName=1', services)).toThrow('not supported');
    expect(() => parseFieldSelector('__proto__=1', pods)).toThrow('not supported');
  });

  test('text that is no selector is a BadRequest', () => {
    expect(() => parseFieldSelector('nonsense', pods)).toThrow(
      "invalid selector: 'nonsense'; can't understand 'nonsense'",
    );
    expect(() => parseFieldSelector('metadata.name=a=b', pods)).toThrow("can't understand");
  });

  test('commas, equals signs and backslashes are escaped by a backslash', () => {
    const odd = { ...pod, metadata: { name: 'a,b=c\\d' } };
    const selector = parseFieldSelector('metadata.name=a\\,b\\=c\\\\d', pods);
    expect(selector.matches(odd)).toBe(true);
    expect(parseFieldSelector(selector.toString(), pods).matches(odd)).toBe(true);
  });
});
