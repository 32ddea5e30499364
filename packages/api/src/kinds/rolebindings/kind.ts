/** RoleBinding: who has the rules of a role, in one namespace. */
import { defineKind, nameColumn } from '../../define-kind.ts';
import type { RoleBinding } from '../../generated/types.ts';
import { pathSegmentProblems } from '../../names.ts';
import {
  bindingCells,
  bindingColumns,
  rbacGroup,
  setBindingDefaults,
  validateBinding,
  validateRoleRefUnchanged,
} from '../shared/rbac.ts';

export const roleBindings = defineKind<RoleBinding>({
  group: rbacGroup,
  kind: 'RoleBinding',
  resource: 'rolebindings',
  description:
    'A RoleBinding gives the rules of a role to users, groups and service accounts, in its namespace.',

  allowCreateOnUpdate: true,
  nameProblems: pathSegmentProblems,
  setDefaults: setBindingDefaults,
  validate: (binding) => validateBinding(binding, { namespaced: true }),
  validateUpdate: validateRoleRefUnchanged,
  columns: [nameColumn, ...bindingColumns],
  cells: bindingCells,
});
