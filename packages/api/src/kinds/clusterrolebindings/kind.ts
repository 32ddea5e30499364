/** ClusterRoleBinding: who has the rules of a role, in the whole cluster. */
import { defineKind, nameColumn } from '../../define-kind.ts';
import type { ClusterRoleBinding } from '../../generated/types.ts';
import { pathSegmentProblems } from '../../names.ts';
import {
  bindingCells,
  bindingColumns,
  rbacGroup,
  setBindingDefaults,
  validateBinding,
  validateRoleRefUnchanged,
} from '../shared/rbac.ts';

export const clusterRoleBindings = defineKind<ClusterRoleBinding>({
  group: rbacGroup,
  kind: 'ClusterRoleBinding',
  resource: 'clusterrolebindings',
  description:
    'A ClusterRoleBinding gives the rules of a ClusterRole to users, groups and service accounts.',
  namespaced: false,
  allowCreateOnUpdate: true,
  nameProblems: pathSegmentProblems,
  setDefaults: setBindingDefaults,
  validate: (binding) => validateBinding(binding, { namespaced: false }),
  validateUpdate: validateRoleRefUnchanged,
  columns: [nameColumn, ...bindingColumns],
  cells: bindingCells,
});
