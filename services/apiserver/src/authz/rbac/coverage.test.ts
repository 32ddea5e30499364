/** Giving away no more than one has (upstream's policy_comparator and policy_compact). */
import type { PolicyRule } from '@drydock/api';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { attributesWith } from '../testing/attributes.ts';
import { describeRules, missingRules } from './coverage.ts';
import { ruleAllows } from './rules.ts';

const rule = (verbs: string, resources: string, more: Partial<PolicyRule> = {}): PolicyRule => ({
  verbs: verbs.split(' '),
  apiGroups: [''],
  resources: resources.split(' '),
  ...more,
});
const url = (nonResourceURLs: string, verbs = 'get'): PolicyRule => ({
  verbs: verbs.split(' '),
  nonResourceURLs: nonResourceURLs.split(' '),
});

test.each<[string, PolicyRule[], PolicyRule[], boolean]>([
  ['the same', [rule('get', 'pods')], [rule('get', 'pods')], true],
  ['a part', [rule('get list', 'pods nodes')], [rule('list', 'nodes')], true],
  [
    'in several rules',
    [rule('get', 'pods'), rule('list', 'pods')],
    [rule('get list', 'pods')],
    true,
  ],
  ['more verbs', [rule('get', 'pods')], [rule('get list', 'pods')], false],
  ['all verbs', [rule('get', 'pods')], [rule('*', 'pods')], false],
  [
    'by a star',
    [rule('*', '*', { apiGroups: ['*'] })],
    [rule('get', 'x', { apiGroups: ['y'] })],
    true,
  ],
  ['a subresource by its star', [rule('get', '*/scale')], [rule('get', 'pods/scale')], true],
  ['a resource by a subresource', [rule('get', '*/scale')], [rule('get', 'scale')], false],
  ['a name of any', [rule('get', 'pods')], [rule('get', 'pods', { resourceNames: ['a'] })], true],
  ['any of a name', [rule('get', 'pods', { resourceNames: ['a'] })], [rule('get', 'pods')], false],
  ['a path under a star', [url('/a/*')], [url('/a/b /a/*')], true],
  ['a path beyond it', [url('/a/*')], [url('/b')], false],
  ['a path with another verb', [url('/a')], [url('/a', 'post')], false],
  ['paths by rules for resources', [rule('*', '*')], [url('/a')], false],
])('held covers wanted: %s', (_title, held, wanted, isCovered) => {
  expect(missingRules(held, wanted).length === 0).toBe(isCovered);
});

test("what is missing is told by resource, in upstream's words", () => {
  const wanted = [
    rule('get list', 'pods secrets'),
    url('/metrics'),
    rule('get', 'nodes', { resourceNames: ['n'] }),
  ];
  expect(describeRules(missingRules([rule('get', 'pods')], wanted))).toBe(
    [
      '{APIGroups:[""], Resources:["nodes"], ResourceNames:["n"], Verbs:["get"]}',
      '{APIGroups:[""], Resources:["pods"], Verbs:["list"]}',
      '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}',
      '{NonResourceURLs:["/metrics"], Verbs:["get"]}',
    ].join('\n'),
  );
});

test('rules that are covered allow nothing that the held ones do not', () => {
  const someOf = (...values: string[]) => fc.subarray(values, { minLength: 1 });
  const anyRule: fc.Arbitrary<PolicyRule> = fc.record(
    {
      verbs: someOf('get', 'list', '*'),
      apiGroups: someOf('', 'apps', '*'),
      resources: someOf('pods', 'pods/scale', '*/scale', '*'),
      resourceNames: someOf('x', 'y'),
    },
    { requiredKeys: ['verbs', 'apiGroups', 'resources'] },
  );
  const anyRequest = fc
    .record({
      verb: fc.constantFrom('get', 'list', 'delete'),
      group: fc.constantFrom('', 'apps', 'batch'),
      resource: fc.constantFrom('pods', 'nodes'),
      subresource: fc.constantFrom('', 'scale'),
      name: fc.constantFrom('', 'x', 'z'),
    })
    .map(attributesWith);
  fc.assert(
    fc.property(fc.array(anyRule), fc.array(anyRule), anyRequest, (held, wanted, request) => {
      fc.pre(missingRules(held, wanted).length === 0);
      const allows = (rules: readonly PolicyRule[]) =>
        rules.some((one) => ruleAllows(one, request));
      expect(allows(wanted) && !allows(held)).toBe(false);
    }),
    { numRuns: 300 },
  );
});
