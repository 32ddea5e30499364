/** What the three reviews of access share: the question as attributes, its checks, and the answer. */
import {
  goQuote,
  parseFieldRequirements,
  type FieldError,
  type FieldRequirement,
  type FieldSelectorAttributes,
  type NonResourceAttributes,
  type ObjectMeta,
  type ResourceAttributes,
  type SubjectAccessReviewSpec,
  type SubjectAccessReviewStatus,
} from '@drydock/api';
import type { Decision, RequestAttributes } from '../../authz/attributes.ts';
import type { Subject } from '../../authz/subject.ts';

/** The part of a spec that says what is asked. */
export type AccessQuestion = Pick<
  SubjectAccessReviewSpec,
  'resourceAttributes' | 'nonResourceAttributes'
>;

const error = (
  type: FieldError['type'],
  field: string,
  badValue: unknown,
  detail: string,
): FieldError => ({ type, field, badValue, detail });

export function validateQuestion(spec: AccessQuestion): FieldError[] {
  const { resourceAttributes: ofResource, nonResourceAttributes: ofPath } = spec;
  const errors: FieldError[] = [];
  if (ofResource !== undefined && ofPath !== undefined) {
    const why = 'cannot be specified in combination with resourceAttributes';
    errors.push(error('Invalid', 'spec.nonResourceAttributes', goNonResource(ofPath), why));
  }
  if (ofResource === undefined && ofPath === undefined) {
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    errors.push(error('Invalid', 'spec.resourceAttributes', undefined, why));
  }
  for (const name of ['fieldSelector', 'labelSelector'] as const) {
    errors.push(...validateSelector(ofResource, name));
  }
  return errors;
}

function validateSelector(
  attributes: ResourceAttributes | undefined,
  name: 'fieldSelector' | 'labelSelector',
): FieldError[] {
  const selector = attributes?.[name];
  if (selector === undefined) return [];
  const field = `spec.resourceAttributes.${name}`;
  const { rawSelector = '', requirements = [] } = selector;
  if (rawSelector !== '' && requirements.length > 0) {
    const why = 'may not specified at the same time as requirements';
    return [error('Invalid', `${field}.rawSelector`, rawSelector, why)];
  }
  if (rawSelector === '' && requirements.length === 0) {
    const why = `when ${field} is specified, requirements or rawSelector is required`;
    return [error('Required', `${field}.requirements`, '', why)];
  }
  return requirements.flatMap(({ key }, index) =>
    key === ''
      ? [error('Required', `${field}.requirements[${index}].key`, '', 'must be specified')]
      : [],
  );
}

export function validateWhom({ user = '', groups = [] }: SubjectAccessReviewSpec): FieldError[] {
  if (user !== '' || groups.length > 0) return [];
  return [error('Invalid', 'spec.user', '', 'at least one of user or group must be specified')];
}

export function validateNoMetadata(
  metadata: Partial<ObjectMeta>,
  why = 'must be empty',
): FieldError[] {
  const { managedFields: _fields, name = '', ...rest } = metadata;
  const isEmpty = name === '' && Object.keys(rest).length === 0;
  return isEmpty ? [] : [error('Invalid', 'metadata', metadata, why)];
}

export function goNonResource({ path = '', verb = '' }: NonResourceAttributes) {
  const fields = `Path:${goQuote(path)}, Verb:${goQuote(verb)}`;
  return { goLiteral: `authorization.NonResourceAttributes{${fields}}` };
}

export const subjectOf = (spec: SubjectAccessReviewSpec): Subject => ({
  user: spec.user ?? '',
  groups: spec.groups ?? [],
  ...(spec.uid === undefined ? {} : { uid: spec.uid }),
  ...(spec.extra === undefined ? {} : { extra: spec.extra }),
});

export function attributesOf(spec: AccessQuestion): RequestAttributes {
  const { resourceAttributes, nonResourceAttributes } = spec;
  if (resourceAttributes === undefined) {
    const { verb = '', path = '' } = nonResourceAttributes ?? {};
    return { verb, path, group: '', resource: '', subresource: '', namespace: '', name: '' };
  }
  const { verb, group, resource, subresource, namespace, name } = resourceAttributes;
  return {
    verb: verb ?? '',
    group: group ?? '',
    resource: resource ?? '',
    subresource: subresource ?? '',
    namespace: namespace ?? '',
    name: name ?? '',
    path: '',
    fields: fieldsOf(resourceAttributes.fieldSelector),
  };
}

/** What cannot be told as a requirement is left out: then less is asked for, and less allowed. */
function fieldsOf(selector: FieldSelectorAttributes | undefined): FieldRequirement[] {
  const { rawSelector = '', requirements = [] } = selector ?? {};
  if (rawSelector !== '') return parseFieldRequirements(rawSelector);
  return requirements.flatMap(({ key, operator, values = [] }) => {
    if (values.length !== 1 || (operator !== 'In' && operator !== 'NotIn')) return [];
    return [{ field: key, operator: operator === 'In' ? '=' : '!=', value: values[0]! } as const];
  });
}

export const statusOf = ({ allowed, reason }: Decision): SubjectAccessReviewStatus => ({
  allowed,
  ...(reason === '' ? {} : { reason }),
});
