/** Short ways to write roles and bindings, with the marks of what every cluster starts with. */
import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
  Subject,
} from '@drydock/api';

const group = 'rbac.authorization.k8s.io';
const apiVersion = `${group}/v1`;

const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
/** `false` keeps a role or binding as its owner has made it. */
export const autoUpdateAnnotation = 'rbac.authorization.kubernetes.io/autoupdate';
const annotations = { [autoUpdateAnnotation]: 'true' };

export const read = 'get list watch';
export const write = 'create delete deletecollection patch update';

const words = (text: string): string[] => text.split(' ').sort();

/** Space between words; the core group is written `core`, as an empty word would be lost. */
export function rule(
  verbs: string,
  groups: string,
  resources: string,
  names?: readonly string[],
): PolicyRule {
  return {
    verbs: words(verbs),
    apiGroups: groups.split(' ').map((one) => (one === 'core' ? '' : one)),
    resources: words(resources),
    ...(names === undefined ? {} : { resourceNames: [...names] }),
  };
}

export const paths = (nonResourceURLs: string): PolicyRule => ({
  verbs: ['get'],
  nonResourceURLs: words(nonResourceURLs),
});

export const recordEvents = rule('create patch update', 'core events.k8s.io', 'events');

interface RoleParts {
  /** The role whose rules these are a part of. */
  readonly aggregateTo?: 'admin' | 'edit' | 'view';
  /** Its rules are those of the roles that say so. */
  readonly aggregates?: 'admin' | 'edit' | 'view';
}

const aggregationLabel = (name: string) => ({
  [`rbac.authorization.k8s.io/aggregate-to-${name}`]: 'true',
});

export function clusterRole(
  name: string,
  rules: readonly PolicyRule[],
  { aggregateTo, aggregates }: RoleParts = {},
): ClusterRole {
  const more = aggregateTo === undefined ? {} : aggregationLabel(aggregateTo);
  return {
    kind: 'ClusterRole',
    apiVersion,
    metadata: { name, labels: { ...labels, ...more }, annotations: { ...annotations } },
    rules: [...rules],
    ...(aggregates === undefined
      ? {}
      : {
          aggregationRule: {
            clusterRoleSelectors: [{ matchLabels: aggregationLabel(aggregates) }],
          },
        }),
  };
}

export function role(namespace: string, name: string, rules: readonly PolicyRule[]): Role {
  return {
    kind: 'Role',
    apiVersion,
    metadata: { name, namespace, labels: { ...labels }, annotations: { ...annotations } },
    rules: [...rules],
  };
}

export const user = (name: string): Subject => ({ kind: 'User', apiGroup: group, name });
export const groupOf = (name: string): Subject => ({ kind: 'Group', apiGroup: group, name });
export const serviceAccount = (name: string): Subject => ({
  kind: 'ServiceAccount',
  name,
  namespace: 'kube-system',
});

export function clusterBinding(
  roleName: string,
  subjects: readonly Subject[],
  name = roleName,
): ClusterRoleBinding {
  return {
    kind: 'ClusterRoleBinding',
    apiVersion,
    metadata: { name, labels: { ...labels }, annotations: { ...annotations } },
    ...(subjects.length === 0 ? {} : { subjects: [...subjects] }),
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: roleName },
  };
}

export function binding(
  namespace: string,
  roleName: string,
  subjects: readonly Subject[],
  name = roleName,
): RoleBinding {
  return {
    kind: 'RoleBinding',
    apiVersion,
    metadata: { name, namespace, labels: { ...labels }, annotations: { ...annotations } },
    subjects: [...subjects],
    roleRef: { apiGroup: group, kind: 'Role', name: roleName },
  };
}
