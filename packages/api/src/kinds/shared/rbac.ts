/** What roles have in common, and bindings. Source: upstream's rbac validation and defaults. */
import { invalid, notSupported, required } from '../../field-error.ts';
import type { FieldError, GoLiteral } from '../../field-error.ts';
import { goQuote } from '../../field-error.ts';
import type { PolicyRule, RoleRef, Subject } from '../../generated/types.ts';
import { goStrings } from '../../go-literal.ts';
import { column } from '../../define-kind.ts';
import type { TableCell } from '../../kind.ts';
import type { KubernetesObject } from '../../object.ts';
import { deepEqual } from '../../equality.ts';
import { problemsAt } from '../../metadata.ts';
import { dns1123SubdomainProblems, pathSegmentProblems } from '../../names.ts';
import { age } from '../../time.ts';

export const rbacGroup = 'rbac.authorization.k8s.io';

const isEmpty = (list: readonly string[] | undefined) => (list ?? []).length === 0;

export function validateRules(
  rules: readonly PolicyRule[] | undefined,
  { namespaced }: { readonly namespaced: boolean },
): FieldError[] {
  return (rules ?? []).flatMap((rule, index) =>
    validateRule(rule, { namespaced, at: `rules[${index}]` }),
  );
}

function validateRule(
  rule: PolicyRule,
  { namespaced, at }: { readonly namespaced: boolean; readonly at: string },
): FieldError[] {
  const errors: FieldError[] = [];
  if (isEmpty(rule.verbs)) {
    errors.push(required(`${at}.verbs`, 'verbs must contain at least one value'));
  }
  if (!isEmpty(rule.nonResourceURLs)) {
    const field = `${at}.nonResourceURLs`;
    const urls = goStrings(rule.nonResourceURLs);
    if (namespaced) {
      errors.push(invalid(field, urls, 'namespaced rules cannot apply to non-resource URLs'));
    }
    const isMixed =
      !isEmpty(rule.apiGroups) || !isEmpty(rule.resources) || !isEmpty(rule.resourceNames);
    if (isMixed) {
      const why = 'rules cannot apply to both regular resources and non-resource URLs';
      errors.push(invalid(field, urls, why));
    }
    return errors;
  }
  if (isEmpty(rule.apiGroups)) {
    errors.push(required(`${at}.apiGroups`, 'resource rules must supply at least one api group'));
  }
  if (isEmpty(rule.resources)) {
    errors.push(required(`${at}.resources`, 'resource rules must supply at least one resource'));
  }
  return errors;
}

/** A binding of either kind. */
export interface Binding extends KubernetesObject {
  subjects?: Subject[];
  roleRef: RoleRef;
}

export function setBindingDefaults({ roleRef, subjects }: Binding): void {
  roleRef.apiGroup ||= rbacGroup;
  for (const subject of subjects ?? []) {
    const isPerson = subject.kind === 'User' || subject.kind === 'Group';
    if (isPerson && !subject.apiGroup) subject.apiGroup = rbacGroup;
  }
}

export function validateBinding(
  { roleRef, subjects }: Binding,
  { namespaced }: { readonly namespaced: boolean },
): FieldError[] {
  const errors: FieldError[] = [];
  const roleKinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (roleRef.apiGroup !== rbacGroup) {
    errors.push(notSupported('roleRef.apiGroup', roleRef.apiGroup, [rbacGroup]));
  }
  if (!roleKinds.includes(roleRef.kind)) {
    errors.push(notSupported('roleRef.kind', roleRef.kind, roleKinds));
  }
  if (roleRef.name === '') errors.push(required('roleRef.name'));
  else {
    errors.push(...problemsAt('roleRef.name', roleRef.name, pathSegmentProblems(roleRef.name)));
  }
  (subjects ?? []).forEach((subject, index) => {
    errors.push(...validateSubject(subject, { namespaced, at: `subjects[${index}]` }));
  });
  return errors;
}

function validateSubject(
  { kind, name, namespace = '', apiGroup = '' }: Subject,
  { namespaced, at }: { readonly namespaced: boolean; readonly at: string },
): FieldError[] {
  const errors = name === '' ? [required(`${at}.name`)] : [];
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '') {
        errors.push(...problemsAt(`${at}.name`, name, dns1123SubdomainProblems(name)));
      }
      if (apiGroup !== '') errors.push(notSupported(`${at}.apiGroup`, apiGroup, ['']));
      if (!namespaced && namespace === '') errors.push(required(`${at}.namespace`));
      return errors;
    case 'User':
    case 'Group':
      if (name === '') {
        errors.push(invalid(`${at}.name`, name, `${kind.toLowerCase()} name cannot be empty`));
      }
      if (apiGroup !== rbacGroup) {
        errors.push(notSupported(`${at}.apiGroup`, apiGroup, [rbacGroup]));
      }
      return errors;
    default:
      return [...errors, notSupported(`${at}.kind`, kind, ['ServiceAccount', 'User', 'Group'])];
  }
}

function goRoleRef({ apiGroup, kind, name }: RoleRef): GoLiteral {
  const fields = `APIGroup:${goQuote(apiGroup)}, Kind:${goQuote(kind)}, Name:${goQuote(name)}`;
  return { goLiteral: `rbac.RoleRef{${fields}}` };
}

/** Who is bound may change, what they are bound to may not: that would be another binding. */
export function validateRoleRefUnchanged(binding: Binding, old: Binding): FieldError[] {
  if (deepEqual(binding.roleRef, old.roleRef)) return [];
  return [invalid('roleRef', goRoleRef(binding.roleRef), 'cannot change roleRef')];
}

export const bindingColumns = [
  column('Role', 'The role that is bound.'),
  column('Age', 'The time since the object was created.'),
  column('Users', 'The users that it is bound to.', { wide: true }),
  column('Groups', 'The groups that it is bound to.', { wide: true }),
  column('ServiceAccounts', 'The service accounts that it is bound to.', { wide: true }),
];

export function bindingCells(binding: Binding, wallTime: number): TableCell[] {
  const { metadata, roleRef, subjects = [] } = binding;
  const named = (kind: string, show: (subject: Subject) => string) =>
    subjects
      .filter((subject) => subject.kind === kind)
      .map(show)
      .join(', ');
  return [
    metadata.name,
    `${roleRef.kind}/${roleRef.name}`,
    age(metadata.creationTimestamp, wallTime),
    named('User', ({ name }) => name),
    named('Group', ({ name }) => name),
    named('ServiceAccount', ({ namespace = '', name }) => `${namespace}/${name}`),
  ];
}

export const createdAtColumn = column('Created At', 'When the object was created.', {
  type: 'date',
});

/** Roles show when they were made, as kinds without columns of their own do upstream. */
export const roleCells = ({ metadata }: KubernetesObject): TableCell[] => [
  metadata.name,
  metadata.creationTimestamp ?? '',
];
