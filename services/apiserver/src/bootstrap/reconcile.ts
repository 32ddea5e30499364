/**
 * What a default role or binding becomes where one of its name is there already: what is missing is
 * added, what someone has added stays. Pure. Source: upstream's rbac reconciliation.
 */
import {
  deepEqual,
  type ClusterRole,
  type ClusterRoleBinding,
  type KubernetesObject,
  type Role,
  type RoleBinding,
} from '@drydock/api';
import { missingRules } from '../authz/rbac/coverage.ts';
import { autoUpdateAnnotation } from './policy/rules.ts';

/** Its owner wants it left as it is. */
export const isProtected = ({ metadata }: KubernetesObject): boolean =>
  metadata.annotations?.[autoUpdateAnnotation] === 'false';

export function reconcileRole(existing: ClusterRole | Role, expected: ClusterRole | Role) {
  const role: ClusterRole = { ...withMarks(existing, expected) };
  const { aggregationRule: wanted } = expected as ClusterRole;
  if (wanted === undefined) {
    delete role.aggregationRule;
    const missing = missingRules(role.rules ?? [], expected.rules ?? []);
    if (missing.length > 0) role.rules = [...(role.rules ?? []), ...missing];
    return role;
  }
  // The rules of an aggregated role are the controller's to write.
  const selectors = role.aggregationRule?.clusterRoleSelectors ?? [];
  const missing = (wanted.clusterRoleSelectors ?? []).filter(
    (one) => !selectors.some((known) => deepEqual(known, one)),
  );
  if (missing.length > 0) {
    role.aggregationRule = { clusterRoleSelectors: [...selectors, ...missing] };
  }
  return role;
}

/** `replace`: the role of a binding cannot be changed, so that it must be made anew. */
export function reconcileBinding(
  existing: ClusterRoleBinding | RoleBinding,
  expected: ClusterRoleBinding | RoleBinding,
): ClusterRoleBinding | RoleBinding | 'replace' {
  if (!deepEqual(existing.roleRef, expected.roleRef)) return 'replace';
  const binding = withMarks(existing, expected);
  const subjects = binding.subjects ?? [];
  const missing = (expected.subjects ?? []).filter(
    (one) => !subjects.some((known) => deepEqual(known, one)),
  );
  return missing.length === 0 ? binding : { ...binding, subjects: [...subjects, ...missing] };
}

function withMarks<T extends KubernetesObject>(existing: T, expected: KubernetesObject): T {
  const { labels, annotations } = existing.metadata;
  const metadata = {
    ...existing.metadata,
    labels: { ...expected.metadata.labels, ...labels },
    annotations: { ...expected.metadata.annotations, ...annotations },
  };
  return { ...existing, metadata };
}
