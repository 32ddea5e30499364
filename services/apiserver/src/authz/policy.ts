/**
 * Who may do what: upstream's bootstrap roles as one table. Pure.
 *
 * 1. What no rule allows is forbidden.
 * 2. A subject is a user's name or one of the user's groups; rules of all subjects add up.
 * 3. What a node may write is narrowed further by the objects themselves (registry/admission).
 */
import type { RequestAttributes } from './attributes.ts';

interface Rule {
  readonly groups: readonly string[];
  /** `pods`, `pods/status`, or `*`. */
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Only in this namespace. */
  readonly namespace?: string;
}

interface Role {
  readonly rules: readonly Rule[];
  /** Paths that are no resources; `*` at the end matches the rest. Read only. */
  readonly paths?: readonly string[];
}

const core = [''];
const apps = ['apps'];
const read = ['get', 'list', 'watch'];
const record = ['create', 'patch', 'update'];
const write = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const any = ['*'];
const events: Rule = { groups: ['', 'events.k8s.io'], resources: ['events'], verbs: record };
const electionLeases: Rule = {
  groups: ['coordination.k8s.io'],
  resources: ['leases'],
  verbs: [...read, ...record],
  namespace: 'kube-system',
};

const roles: Readonly<Record<string, Role>> = {
  'system:masters': { rules: [{ groups: any, resources: any, verbs: any }], paths: ['*'] },

  'system:authenticated': {
    rules: [],
    paths: [
      '/api',
      '/api/*',
      '/apis',
      '/apis/*',
      '/healthz',
      '/livez',
      '/livez/*',
      '/openapi',
      '/openapi/*',
      '/readyz',
      '/readyz/*',
      '/version',
      '/version/',
    ],
  },

  'system:serviceaccounts': {
    rules: [],
    paths: [
      '/.well-known/openid-configuration',
      '/.well-known/openid-configuration/',
      '/openid/v1/jwks',
      '/openid/v1/jwks/',
    ],
  },

  'system:kube-scheduler': {
    rules: [
      { groups: core, resources: ['nodes', 'namespaces', 'services'], verbs: read },
      { groups: core, resources: ['pods'], verbs: [...read, 'delete'] },
      { groups: core, resources: ['pods/binding', 'bindings'], verbs: ['create'] },
      { groups: core, resources: ['pods/status'], verbs: ['patch', 'update'] },
      { groups: apps, resources: ['replicasets'], verbs: read },
      electionLeases,
      events,
    ],
  },

  // Upstream gives each controller a service account; here one process runs them all.
  'system:kube-controller-manager': {
    rules: [
      { groups: any, resources: any, verbs: [...read, 'delete', 'deletecollection'] },
      {
        groups: any,
        resources: [
          'namespaces',
          'namespaces/status',
          'namespaces/finalize',
          'nodes',
          'nodes/status',
          'pods',
          'pods/status',
          'services',
          'services/status',
          'serviceaccounts',
          'configmaps',
          'secrets',
          'deployments',
          'deployments/status',
          'deployments/scale',
          'replicasets',
          'replicasets/status',
          'replicasets/scale',
          'endpointslices',
          'leases',
          'events',
          'pods/eviction',
        ],
        verbs: write,
      },
    ],
  },

  'system:nodes': {
    rules: [
      {
        groups: core,
        resources: ['nodes', 'pods', 'services', 'configmaps', 'secrets', 'serviceaccounts'],
        verbs: read,
      },
      { groups: core, resources: ['nodes'], verbs: ['create', 'patch', 'update'] },
      { groups: core, resources: ['nodes/status'], verbs: ['patch', 'update'] },
      { groups: core, resources: ['pods'], verbs: ['delete'] },
      { groups: core, resources: ['pods/status'], verbs: ['get', 'patch', 'update'] },
      { groups: core, resources: ['pods/eviction'], verbs: ['create'] },
      { groups: core, resources: ['serviceaccounts/token'], verbs: ['create'] },
      { groups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
      {
        groups: ['coordination.k8s.io'],
        resources: ['leases'],
        verbs: [...read, ...write],
        namespace: 'kube-node-lease',
      },
      events,
    ],
  },

  'system:kube-proxy': {
    rules: [
      { groups: core, resources: ['services', 'nodes'], verbs: read },
      { groups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
      events,
    ],
  },
};

const has = (list: readonly string[], value: string) => list.includes('*') || list.includes(value);

function allows(rule: Rule, attributes: RequestAttributes): boolean {
  const { subresource, resource } = attributes;
  const whole = subresource === '' ? resource : `${resource}/${subresource}`;
  return (
    has(rule.groups, attributes.group) &&
    has(rule.resources, whole) &&
    has(rule.verbs, attributes.verb) &&
    (rule.namespace === undefined || rule.namespace === attributes.namespace)
  );
}

function matchesPath(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

export interface Subject {
  readonly user: string;
  readonly groups: readonly string[];
}

export function isAllowed(subject: Subject, attributes: RequestAttributes): boolean {
  for (const name of [subject.user, ...subject.groups, 'system:authenticated']) {
    const role = Object.hasOwn(roles, name) ? roles[name]! : undefined;
    if (role === undefined) continue;
    if (attributes.resource === '') {
      if (role.paths?.some((pattern) => matchesPath(pattern, attributes.path)) === true)
        return true;
    } else if (role.rules.some((rule) => allows(rule, attributes))) return true;
  }
  return false;
}
