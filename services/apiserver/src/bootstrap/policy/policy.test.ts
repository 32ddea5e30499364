/** Who may do what on the first day: by the default roles alone. */
import { beforeCreate, findKind } from '@drydock/api';
import { describe, expect, test } from 'vitest';
import type { RequestAttributes } from '../../authz/attributes.ts';
import { Policy } from '../../authz/rbac/policy.ts';
import { attributesWith } from '../../authz/testing/attributes.ts';
import { defaultPolicy } from './policy.ts';

const policy = new Policy();
for (const role of defaultPolicy.roles) policy.setRole(role);
for (const binding of defaultPolicy.bindings) policy.setBinding(binding);

const member = (user: string, ...groups: string[]) => ({
  user,
  groups: [...groups, 'system:authenticated'],
});
const jane = member('jane');
const scheduler = member('system:kube-scheduler');
const controllers = member('system:kube-controller-manager');
const proxy = member('system:kube-proxy');
const node = member('system:node:n', 'system:nodes');
const lease = { group: 'coordination.k8s.io', resource: 'leases', namespace: 'kube-system' };
const reviews = { group: 'authorization.k8s.io', verb: 'create' };

describe('the default roles', () => {
  test.each<[string, ReturnType<typeof member>, Partial<RequestAttributes>, boolean]>([
    [
      'a member of masters deletes nodes',
      member('a', 'system:masters'),
      { verb: 'delete', resource: 'nodes' },
      true,
    ],
    [
      'a member of masters reads metrics',
      member('a', 'system:masters'),
      { path: '/metrics' },
      true,
    ],
    ['anyone reads discovery', jane, { path: '/apis/apps/v1' }, true],
    ['anyone asks what he may do', jane, { ...reviews, resource: 'selfsubjectrulesreviews' }, true],
    [
      'anyone asks what others may do',
      jane,
      { ...reviews, resource: 'subjectaccessreviews' },
      false,
    ],
    ['anyone reads pods', jane, { resource: 'pods' }, false],
    ['anyone reads metrics', jane, { path: '/metrics' }, false],
    [
      'a stranger asks for health',
      { user: 'system:anonymous', groups: ['system:unauthenticated'] },
      { path: '/livez' },
      true,
    ],
    [
      'a stranger reads discovery',
      { user: 'system:anonymous', groups: ['system:unauthenticated'] },
      { path: '/api' },
      false,
    ],
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
      { ...lease, verb: 'update', name: 'kube-scheduler' },
      true,
    ],
    [
      'the scheduler holds another lease',
      scheduler,
      { ...lease, namespace: 'default', verb: 'update', name: 'x' },
      false,
    ],
    ['the scheduler records events', scheduler, { verb: 'patch', resource: 'events' }, true],
    [
      'controllers hold their lease',
      controllers,
      { ...lease, verb: 'update', name: 'kube-controller-manager' },
      true,
    ],
    ['controllers create pods', controllers, { verb: 'create', resource: 'pods' }, true],
    [
      'controllers watch anything',
      controllers,
      { verb: 'watch', group: 'any', resource: 'thing' },
      true,
    ],
    [
      'controllers empty a namespace',
      controllers,
      { verb: 'deletecollection', group: 'any', resource: 'thing' },
      true,
    ],
    [
      'controllers finalize namespaces',
      controllers,
      { verb: 'patch', resource: 'namespaces', subresource: 'finalize' },
      true,
    ],
    [
      'controllers scale deployments',
      controllers,
      { verb: 'update', group: 'apps', resource: 'deployments', subresource: 'scale' },
      true,
    ],
    [
      'controllers gather rules that they lack',
      controllers,
      { verb: 'escalate', group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
      true,
    ],
    [
      'controllers create namespaces',
      controllers,
      { verb: 'create', resource: 'namespaces' },
      false,
    ],
    ['controllers impersonate', controllers, { verb: 'impersonate', resource: 'users' }, false],
    [
      'kube-proxy watches slices',
      proxy,
      { verb: 'watch', group: 'discovery.k8s.io', resource: 'endpointslices' },
      true,
    ],
    ['kube-proxy watches nodes', proxy, { verb: 'watch', resource: 'nodes' }, true],
    ['kube-proxy reads secrets', proxy, { resource: 'secrets' }, false],
    [
      'a node watches all nodes, to route to them',
      node,
      { verb: 'watch', resource: 'nodes' },
      true,
    ],
    ['a node reads secrets by a role', node, { resource: 'secrets', name: 's' }, false],
    [
      'a controller of upstream has the role of its account',
      member('system:serviceaccount:kube-system:job-controller'),
      { verb: 'create', resource: 'pods' },
      true,
    ],
  ])('%s', (_title, subject, request, allowed) => {
    expect(policy.decide(subject, attributesWith(request)).allowed).toBe(allowed);
  });

  test('are valid, named once, and bind roles that are there', () => {
    const names = new Set<string>();
    for (const object of [...defaultPolicy.roles, ...defaultPolicy.bindings]) {
      const { namespace = '', name } = object.metadata;
      names.add(`${object.kind} ${namespace}/${name}`);
      const kind = findKind(object.apiVersion, object.kind)!;
      const context = { uid: 'u', wallTime: 0, randomBelow: () => 0 };
      expect(beforeCreate(kind, structuredClone(object), context)).toEqual([]);
    }
    expect(names.size).toBe(defaultPolicy.roles.length + defaultPolicy.bindings.length);
    for (const { roleRef, metadata } of defaultPolicy.bindings) {
      const place = roleRef.kind === 'Role' ? (metadata.namespace ?? '') : '';
      expect(names).toContain(`${roleRef.kind} ${place}/${roleRef.name}`);
    }
  });

  test('let every controller that lists watch, too: a list may be served as a watch', () => {
    const lacking = defaultPolicy.roles.flatMap(({ metadata, rules }) =>
      (rules ?? [])
        .filter(({ verbs }) => verbs.includes('list') && !verbs.includes('watch'))
        .map(({ resources }) => `${metadata.name} ${String(resources)}`),
    );
    expect(lacking).toEqual([]);
  });

  test('carry the marks of upstream', () => {
    const admin = defaultPolicy.roles.find(({ metadata }) => metadata.name === 'admin');
    expect(admin).toEqual({
      kind: 'ClusterRole',
      apiVersion: 'rbac.authorization.k8s.io/v1',
      metadata: {
        name: 'admin',
        labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
        annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
      },
      rules: [],
      aggregationRule: {
        clusterRoleSelectors: [
          { matchLabels: { 'rbac.authorization.k8s.io/aggregate-to-admin': 'true' } },
        ],
      },
    });
  });
});
