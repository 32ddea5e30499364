/** A single rule against a single request (upstream's RuleAllows). */
import type { PolicyRule } from '@drydock/api';
import { describe, expect, test } from 'vitest';
import { attributesWith } from '../testing/attributes.ts';
import { matchesPath, ruleAllows } from './rules.ts';

const pods: PolicyRule = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };

describe('a rule for resources', () => {
  test.each<[string, Partial<PolicyRule>, Parameters<typeof attributesWith>[0], boolean]>([
    ['the verb, group and resource', {}, {}, true],
    ['another verb', {}, { verb: 'list' }, false],
    ['any verb', { verbs: ['*'] }, { verb: 'impersonate' }, true],
    ['another group', {}, { group: 'apps' }, false],
    ['any group', { apiGroups: ['*'] }, { group: 'apps' }, true],
    ['another resource', {}, { resource: 'nodes' }, false],
    ['any resource', { resources: ['*'] }, { resource: 'nodes', subresource: 'status' }, true],
    ['a subresource is a resource of its own', {}, { subresource: 'log' }, false],
    ['a named subresource', { resources: ['pods/log'] }, { subresource: 'log' }, true],
    ['a named subresource alone', { resources: ['pods/log'] }, {}, false],
    ['scale of anything', { resources: ['*/scale'] }, { subresource: 'scale' }, true],
    ['status is not scale', { resources: ['*/scale'] }, { subresource: 'status' }, false],
    ['*/scale is not the resource', { resources: ['*/scale'] }, {}, false],
    ['pods/* is no pattern', { resources: ['pods/*'] }, { subresource: 'log' }, false],
    ['a named object', { resourceNames: ['a'] }, { name: 'a' }, true],
    ['another object', { resourceNames: ['a'] }, { name: 'b' }, false],
    ['a list has no name', { verbs: ['list'], resourceNames: ['a'] }, { verb: 'list' }, false],
    ['no name is asked for', { resourceNames: [] }, { name: 'b' }, true],
    ['no pattern in names', { resourceNames: ['*'] }, { name: 'b' }, false],
    ['a path', {}, { resource: '', path: '/pods' }, false],
  ])('%s', (_title, rule, request, isAllowed) => {
    const attributes = attributesWith({ resource: 'pods', ...request });
    expect(ruleAllows({ ...pods, ...rule }, attributes)).toBe(isAllowed);
  });
});

describe('a rule for paths', () => {
  test.each([
    ['/metrics', '/metrics', true],
    ['/metrics', '/metrics/x', false],
    ['/apis/*', '/apis/apps/v1', true],
    ['/apis/*', '/apis', false],
    ['/api*', '/apis', true],
    ['*', '/anything', true],
    ['/a*b', '/axb', false],
  ])('%s matches %s: %s', (pattern, path, isMatch) => {
    expect(matchesPath(pattern, path)).toBe(isMatch);
    const rule = { verbs: ['get'], nonResourceURLs: [pattern] };
    expect(ruleAllows(rule, attributesWith({ resource: '', path }))).toBe(isMatch);
    expect(ruleAllows(rule, attributesWith({ resource: '', path, verb: 'post' }))).toBe(false);
  });

  test('says nothing of resources', () => {
    const rule = { verbs: ['*'], nonResourceURLs: ['*'] };
    expect(ruleAllows(rule, attributesWith({ resource: 'pods' }))).toBe(false);
  });
});
