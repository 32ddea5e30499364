/** Role: what may be done in one namespace. */
import { defineKind, nameColumn } from '../../define-kind.ts';
import type { Role } from '../../generated/types.ts';
import { pathSegmentProblems } from '../../names.ts';
import { createdAtColumn, rbacGroup, roleCells, validateRules } from '../shared/rbac.ts';

export const roles = defineKind<Role>({
  group: rbacGroup,
  kind: 'Role',
  resource: 'roles',
  description: 'A Role is a set of rules that say what may be done in its namespace.',
  allowCreateOnUpdate: true,
  nameProblems: pathSegmentProblems,
  validate: ({ rules }) => validateRules(rules, { namespaced: true }),
  columns: [nameColumn, createdAtColumn],
  cells: roleCells,
});
