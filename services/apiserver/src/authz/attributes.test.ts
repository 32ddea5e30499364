import { expect, test } from 'vitest';
import { namedBy, refusalFor, withOwnNamespace } from './attributes.ts';
import { attributesWith } from './testing/attributes.ts';

test('a refusal has the words of upstream', () => {
  const more = { verb: 'create', resource: 'pods', subresource: 'exec', namespace: 'a', name: 'x' };
  expect(refusalFor('u', attributesWith(more)).message).toBe(
    'pods "x" is forbidden: User "u" cannot create resource "pods/exec" in API group "" in the namespace "a"',
  );
  const list = { verb: 'list', group: 'apps', resource: 'deployments' };
  expect(refusalFor('u', attributesWith(list), 'because').message).toBe(
    'deployments.apps is forbidden: User "u" cannot list resource "deployments" in API group "apps" at the cluster scope: because',
  );
  expect(refusalFor('u', attributesWith({ path: '/metrics' })).message).toBe(
    'forbidden: User "u" cannot get path "/metrics"',
  );
});

test('a request about a namespace is in it', () => {
  const one = attributesWith({ resource: 'namespaces', name: 'a' });
  expect(withOwnNamespace(one).namespace).toBe('a');
  const other = attributesWith({ resource: 'nodes', name: 'a' });
  expect(withOwnNamespace(other).namespace).toBe('');
});

test('a list of one name is about that object', () => {
  const field = 'metadata.name';
  expect(namedBy([{ field, operator: '=', value: 'a' }])).toBe('a');
  expect(namedBy([{ field, operator: '!=', value: 'a' }])).toBe('');
});
