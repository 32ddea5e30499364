import { describe, expect, test } from 'vitest';
import { refusalFor, type RequestAttributes } from './attributes.ts';
import { isAllowed } from './policy.ts';

const attributes = (more: Partial<RequestAttributes>): RequestAttributes => ({
  verb: 'get',
  group: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
  path: '',
  ...more,
});
const nobody = { user: 'nobody', groups: [] };
const scheduler = { user: 'system:kube-scheduler', groups: [] };
const controllers = { user: 'system:kube-controller-manager', groups: [] };
const node = { user: 'system:node:n', groups: ['system:nodes'] };
const proxy = { user: 'system:kube-proxy', groups: [] };
const admin = { user: 'anyone', groups: ['system:masters'] };

describe('the table of roles', () => {
  test.each([
    ['an admin deletes nodes', admin, { verb: 'delete', resource: 'nodes' }, true],
    ['an admin reads metrics', admin, { path: '/metrics' }, true],
    ['nobody reads pods', nobody, { resource: 'pods' }, false],
    ['nobody reads metrics', nobody, { path: '/metrics' }, false],
    ['anyone reads discovery', nobody, { path: '/apis/apps/v1' }, true],
    [
      'the scheduler binds',
      scheduler,
      { verb: 'create', resource: 'pods', subresource: 'binding' },
      true,
    ],
    ['the scheduler creates pods', scheduler, { verb: 'create', resource: 'pods' }, false],
    ['the scheduler reads secrets', scheduler, { resource: 'secrets' }, false],
    [
      'the scheduler holds its lease',
      scheduler,
      {
        verb: 'update',
        group: 'coordination.k8s.io',
        resource: 'leases',
        namespace: 'kube-system',
      },
      true,
    ],
    [
      'the scheduler writes a lease elsewhere',
      scheduler,
      { verb: 'update', group: 'coordination.k8s.io', resource: 'leases', namespace: 'default' },
      false,
    ],
    ['controllers create pods', controllers, { verb: 'create', resource: 'pods' }, true],
    [
      'controllers finalize namespaces',
      controllers,
      { verb: 'update', resource: 'namespaces', subresource: 'finalize' },
      true,
    ],
    [
      'controllers bind pods',
      controllers,
      { verb: 'create', resource: 'pods', subresource: 'binding' },
      false,
    ],
    [
      'a node writes the status of pods',
      node,
      { verb: 'patch', resource: 'pods', subresource: 'status' },
      true,
    ],
    [
      'a node creates deployments',
      node,
      { verb: 'create', group: 'apps', resource: 'deployments' },
      false,
    ],
    [
      'kube-proxy watches slices',
      proxy,
      { verb: 'watch', group: 'discovery.k8s.io', resource: 'endpointslices' },
      true,
    ],
    ['kube-proxy reads secrets', proxy, { resource: 'secrets' }, false],
    [
      'a user named as a prototype',
      { user: '__proto__', groups: ['constructor'] },
      { resource: 'pods' },
      false,
    ],
  ])('%s', (_title, subject, more, allowed) => {
    expect(isAllowed(subject, attributes(more))).toBe(allowed);
  });
});

test('a refusal has the words of upstream', () => {
  const more = { verb: 'create', resource: 'pods', subresource: 'exec', namespace: 'a', name: 'x' };
  expect(refusalFor('u', attributes(more)).message).toBe(
    'pods "x" is forbidden: User "u" cannot create resource "pods/exec" in API group "" in the namespace "a"',
  );
  expect(refusalFor('u', attributes({ path: '/metrics' })).message).toBe(
    'forbidden: User "u" cannot get path "/metrics"',
  );
});
