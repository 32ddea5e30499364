/** ClusterRole: what may be done in all namespaces, to the cluster itself, and at other paths. */
import { defineKind, nameColumn } from '../../define-kind.ts';
import { required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { AggregationRule, ClusterRole } from '../../generated/types.ts';
import { pathSegmentProblems } from '../../names.ts';
import { createdAtColumn, rbacGroup, roleCells, validateRules } from '../shared/rbac.ts';
import { validateLabelSelector } from '../shared/selector-validation.ts';

const selectorsField = 'aggregationRule.clusterRoleSelectors';

function validateAggregation(rule: AggregationRule | undefined): FieldError[] {
  if (rule === undefined) return [];
  const selectors = rule.clusterRoleSelectors ?? [];
  if (selectors.length === 0) {
    const why = 'at least one clusterRoleSelector required if aggregationRule is non-nil';
    return [required(selectorsField, why)];
  }
  return selectors.flatMap((selector, index) =>
    validateLabelSelector(selector, `${selectorsField}[${index}]`),
  );
}

export const clusterRoles = defineKind<ClusterRole>({
  group: rbacGroup,
  kind: 'ClusterRole',
  resource: 'clusterroles',
  description:
    'A ClusterRole is a set of rules for the whole cluster, or for a namespace that binds it.',
  namespaced: false,
  allowCreateOnUpdate: true,
  nameProblems: pathSegmentProblems,
  validate: ({ rules, aggregationRule }) => [
    ...validateRules(rules, { namespaced: false }),
    ...validateAggregation(aggregationRule),
  ],
  columns: [nameColumn, createdAtColumn],
  cells: roleCells,
});
